"""What `tune compare` found, in all forms."""

import math
from dataclasses import asdict
from typing import Any

from vmafx_cli.tune.compare.bd import Method
from vmafx_cli.tune.compare.comparison import Comparison, Contender, means
from vmafx_cli.tune.compare.encoders import CompareResult
from vmafx_cli.tune.report.comparisons import (
    comparison_table,
    matrix_table,
    means_table,
)
from vmafx_cli.tune.report.facts import sample_line, source_line
from vmafx_cli.tune.report.points import (
    encode_fps,
    point_dict,
    quality_name,
    setting_dict,
    target_name,
)
from vmafx_core.notice import counted
from vmafx_core.report.account import Line
from vmafx_core.report.naming import short_names
from vmafx_core.report.plain import plain
from vmafx_core.report.views import words
from vmafx_core.report.views.blocks import (
    Dot,
    Facts,
    RdChart,
    Series,
    TableSection,
    Verdict,
)
from vmafx_core.report.views.view import View

type _Shown = RdChart | TableSection | Verdict | Facts


def compare_view(result: CompareResult) -> View:
    """How the result of `tune compare` is shown."""
    comparisons = result.comparisons
    names = short_names([c.source.location for c in comparisons])
    table = TableSection("Encoders", comparison_table(comparisons, names))
    several = len(comparisons) > 1
    page: list[_Shown] = [TableSection("Mean over sources", means_table(comparisons))] * several
    if several:
        page.append(table)
    for comparison, name in zip(comparisons, names, strict=True):
        page.append(_verdict(comparison, name if several else ""))
        page += [_chart(comparison, name)] if several else [table, _chart(comparison, name)]
        if matrix := matrix_table(comparison):
            page.append(TableSection("BD-rate of each row against each column", matrix))
        page.append(Facts(f"What was done with {name}", tuple(_facts(comparison))))
    # A terminal has room for one source in full; of several it shows the verdicts.
    brief = [b for b in page if not several or not isinstance(b, RdChart | Facts)]
    brief.sort(key=lambda block: not isinstance(block, Verdict))
    return View(
        kind="compare",
        title=f"Encoders on {len(names)} sources" if several else f"Encoders on {names[0]}",
        printed=tuple(brief),
        table=table.table,
        body=_body(result),
        blocks=tuple(page),
    )


def _verdict(comparison: Comparison, name: str) -> Verdict:
    """The best encoder, and by how much.

    Args:
        comparison: The comparison.
        name: The source, where there are several; "" otherwise.
    """
    best, anchor = comparison.ranked()[0], comparison.anchor
    wanted = " and ".join(t.text for t in comparison.targets)
    on = f"{name}: " if name else ""
    gain = comparison.saving(best) if wanted else comparison.delta(best, anchor).rate
    if math.isnan(comparison.bit_rate(best) if wanted else gain):
        why = f"none meets {wanted}" if wanted else "their curves have no quality in common"
        return Verdict(f"{on}no encoder comes first", why, good=False)
    figure = f"{on}{best.name} takes the fewest bits"
    if best is anchor:
        return Verdict(figure, f"none of the others takes fewer at {wanted or 'equal quality'}")
    if math.isnan(gain):
        return Verdict(figure, f"{anchor.name} does not meet {wanted}")
    return Verdict(figure, f"{-gain:.1f} % fewer than {anchor.name} at {wanted or 'equal quality'}")


def _chart(comparison: Comparison, name: str) -> RdChart:
    metric = comparison.targets[0] if comparison.targets else comparison.metric
    series = []
    for contender in comparison.contenders:
        pick = comparison.pick(contender)
        dots = [
            Dot(
                p.bit_rate,
                p.value(metric),
                f"{contender.name} {quality_name(p)}: {words.score(p.value(metric))}, "
                f"{words.bit_rate(p.bit_rate)}, {words.fixed(1)(encode_fps(p))} fps",
                chosen=p is pick,
            )
            for p in reversed(contender.points)
        ]
        if dots:
            series.append(Series(contender.name, tuple(dots)))
    return RdChart(
        title=f"Quality over bit rate of {name}",
        series=tuple(series),
        y_name=target_name(metric),
        lines=tuple((t.value, "target") for t in comparison.targets[:1]),
    )


def _facts(comparison: Comparison) -> list[Line]:
    points = [p for c in comparison.contenders for p in c.points]
    before = sum(p.cached for p in points)
    lines = [
        source_line(comparison.source),
        sample_line(comparison.windows, points, whole=comparison.whole),
        ("points", f"{counted(len(points), 'point')}, {before} of them known before"),
    ]
    lines += [(c.name, f"left out: {c.failure}") for c in comparison.contenders if c.failure]
    versions = dict.fromkeys(p.encoder_version for p in points if p.encoder_version)
    return [*lines, ("encoders", ", ".join(versions))]


def _body(result: CompareResult) -> dict[str, Any]:
    return {
        "comparisons": [_comparison_dict(c) for c in result.comparisons],
        "means": plain(means(result.comparisons)),
        "notices": plain(result.notices),
        "seconds": plain(result.seconds),
    }


def _comparison_dict(comparison: Comparison) -> dict[str, Any]:
    return {
        "source": plain(comparison.source),
        "windows": plain(comparison.windows),
        "whole": comparison.whole,
        "targets": [asdict(t) for t in comparison.targets],
        "metric": target_name(comparison.metric),
        "anchor": comparison.anchor.name,
        "ranking": [c.name for c in comparison.ranked()],
        "contenders": [_contender_dict(comparison, c) for c in comparison.contenders],
    }


def _contender_dict(comparison: Comparison, contender: Contender) -> dict[str, Any]:
    pick = comparison.pick(contender)
    setting = setting_dict(contender.setting)
    del setting["quality"]
    return {
        "name": contender.name,
        "setting": setting,
        "failure": plain(contender.failure) or None,
        "pick": pick and point_dict(pick),
        "bit_rate": plain(comparison.bit_rate(contender)),
        "percent": plain(comparison.saving(contender)),
        "encode_fps": plain(contender.encode_fps),
        "shared": plain(comparison.shared(contender)),
        "bd": {
            anchor.name: {
                method.value: plain(comparison.delta(contender, anchor, method))
                for method in Method
            }
            for anchor in comparison.contenders
        },
        "points": [point_dict(p) for p in contender.points],
    }
