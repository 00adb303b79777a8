"""The tables of a comparison: contenders by rank, all pairs of them, means over sources."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from vmafx_cli.tune.compare.bd import Method
from vmafx_cli.tune.compare.comparison import Comparison, Contender, means
from vmafx_cli.tune.report.points import target_name
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.report.views import words
from vmafx_core.report.views.datatable import Column, DataTable

type _Cell = Callable[[Comparison, Contender], Any]


def _signed(digits: int, unit: str = "") -> Callable[[float | None], str]:
    """A difference, with its sign."""

    def form(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return "-"
        # What is added makes a plus of -0.
        return f"{round(value, digits) + 0.0:+.{digits}f}{unit}"

    return form


_PERCENT = _signed(1, " %")
_QUALITY = _signed(2)


def comparison_table(comparisons: Sequence[Comparison], names: Sequence[str]) -> DataTable:
    """Contenders, a row each, the one with the fewest bits at equal quality first.

    Args:
        comparisons: One a source; targets and metric are the same in all.
        names: What to call the sources.
    """
    first = comparisons[0]
    columns: list[tuple[Column, _Cell]] = [
        (Column("name", "encoder", words=True), lambda _, c: c.name)
    ]
    if first.targets:
        columns += _at_targets(first)
    if any(c.curve for one in comparisons for c in one.contenders):
        columns += _on_curves()
    columns += [
        (Column("encode_fps", "enc. fps", words.fixed(1)), lambda _, c: c.encode_fps),
        (Column("points", "points", spare=True), lambda _, c: len(c.points)),
    ]
    heads = [column for column, _ in columns]
    rows = [
        (name, *(cell(comparison, c) for _, cell in columns))
        for comparison, name in zip(comparisons, names, strict=True)
        for c in comparison.ranked()
    ]
    source = Column("source", "source", words=True)
    if len(comparisons) == 1:
        return DataTable(tuple(heads), tuple(row[1:] for row in rows), frozenset({0}))
    return DataTable((source, *heads), tuple(rows))


def _at_targets(first: Comparison) -> list[tuple[Column, _Cell]]:
    """What each contender takes to meet the targets."""

    def quality(comparison: Comparison, contender: Contender) -> float | None:
        pick = comparison.pick(contender)
        return pick.setting.quality if pick else None

    def value(index: int) -> _Cell:
        def cell(comparison: Comparison, contender: Contender) -> float | None:
            pick = comparison.pick(contender)
            return pick.value(comparison.targets[index]) if pick else None

        return cell

    knobs = {find_encoder(c.setting.encoder).knob.name for c in first.contenders}
    heading = knobs.pop() if len(knobs) == 1 else "quality"
    scores = [
        (Column(target_name(t), target_name(t), words.score), value(i))
        for i, t in enumerate(first.targets)
    ]
    return [
        (Column("quality", heading, words.general), quality),
        *scores,
        (Column("bit_rate", "bit rate", words.bit_rate), lambda one, c: one.bit_rate(c)),
        (Column("percent", "vs first", _PERCENT), lambda one, c: one.saving(c)),
    ]


def _on_curves() -> list[tuple[Column, _Cell]]:
    """How curves differ from the anchor's."""

    def delta(method: Method, name: str) -> _Cell:
        return lambda one, c: getattr(one.delta(c, one.anchor, method), name)

    return [
        (Column("bd_rate", "BD-rate", _PERCENT), delta(Method.PCHIP, "rate")),
        (Column("bd_quality", "BD-qual.", _QUALITY), delta(Method.PCHIP, "quality")),
        (
            Column("bd_rate_akima", "(Akima)", _PERCENT, spare=True),
            delta(Method.AKIMA, "rate"),
        ),
        (
            Column("bd_quality_akima", "(Akima)", _QUALITY, spare=True),
            delta(Method.AKIMA, "quality"),
        ),
    ]


def matrix_table(comparison: Comparison) -> DataTable | None:
    """The BD-rate of every contender against every other; None for fewer than three curves."""
    curves = [c for c in comparison.contenders if c.curve]
    if len(curves) < 3:
        return None
    heads = [Column("name", "", words=True), *(Column(c.name, c.name, _PERCENT) for c in curves)]
    rows = tuple(
        (one.name, *(comparison.delta(one, other).rate for other in curves)) for one in curves
    )
    return DataTable(tuple(heads), rows)


def means_table(comparisons: Sequence[Comparison]) -> DataTable:
    """The means over all sources, a row a contender."""
    columns = (
        Column("name", "encoder", words=True),
        Column("sources", "sources"),
        Column("percent", "vs first", _PERCENT),
        Column("bd_rate", "BD-rate", _PERCENT),
        Column("bd_quality", "BD-qual.", _QUALITY),
    )
    rows = tuple(
        (m.name, m.sources, m.percent, m.delta.rate, m.delta.quality) for m in means(comparisons)
    )
    return DataTable(columns, rows)
