"""What `tune crf` found, in all forms."""

from dataclasses import asdict
from typing import Any

from vmafx_cli.tune.report.command import ffmpeg_command
from vmafx_cli.tune.report.facts import encoder_line, sample_line, source_line
from vmafx_cli.tune.report.points import (
    encode_fps,
    point_dict,
    points_table,
    quality_name,
    setting_dict,
    target_name,
)
from vmafx_cli.tune.search.crf import CrfResult
from vmafx_cli.tune.search.quality import Reason
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.notice import counted
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import range_of
from vmafx_core.report.account import Line
from vmafx_core.report.naming import short_names
from vmafx_core.report.plain import plain
from vmafx_core.report.views import words
from vmafx_core.report.views.blocks import Dot, Facts, RdChart, Series, TableSection, Verdict
from vmafx_core.report.views.view import View


def crf_view(result: CrfResult) -> View:
    """How the result of `tune crf` is shown."""
    found, request = result.found, result.request
    chosen = [found.pick] if found.pick else []
    table = points_table(
        found.points,
        request.targets,
        duration=result.length,
        source_bit_rate=result.source_bit_rate,
        chosen=chosen,
    )
    verdict = _verdict(result)
    chart = _chart(result)
    facts = Facts("What was done", tuple(_facts(result)))
    name = short_names([request.source.location])[0]
    return View(
        kind="crf",
        title=f"{find_encoder(request.setting.encoder).knob.name} for {name}",
        printed=(verdict, TableSection("", table), chart, facts),
        table=table,
        body=_body(result),
        blocks=(verdict, chart, TableSection("Tries", table), facts),
    )


def _verdict(result: CrfResult) -> Verdict:
    found, request = result.found, result.request
    if found.pick is None:
        wanted = " and ".join(t.text for t in request.targets)
        small = " and is small enough" if found.reason is Reason.TOO_LARGE else ""
        figure = f"nothing meets {wanted}{small}, nearest is {quality_name(found.nearest)}"
        return Verdict(figure, found.why, good=False)
    command = ffmpeg_command(request.source, result.source, found.pick.setting, found.pick.pix_fmt)
    return Verdict(quality_name(found.pick), found.why, code=command)


def _chart(result: CrfResult) -> RdChart:
    found, target = result.found, result.request.targets[0]
    dots = tuple(
        Dot(p.bit_rate, p.value(target), _label(p, p.value(target)), chosen=p is found.pick)
        for p in reversed(found.points)
    )
    return RdChart(
        title="Quality over bit rate",
        series=(Series(result.request.setting.encoder, dots),),
        y_name=target_name(target),
        lines=((target.value, "target"),),
        y_most=range_of(target, result.request.measuring.models)[1],
    )


def _label(point: Point, value: float) -> str:
    rate = words.bit_rate(point.bit_rate)
    speed = words.fixed(1)(encode_fps(point))
    return f"{quality_name(point)}: {words.score(value)}, {rate}, {speed} fps"


def _facts(result: CrfResult) -> list[Line]:
    found = result.found
    lines = [
        source_line(result.source),
        sample_line(result.windows, found.points, whole=result.whole),
        encoder_line(found.nearest),
        ("time", f"{counted(found.probes, 'probe')} in {words.clock(result.seconds)}"),
    ]
    if result.verified and found.pick:
        lines.append(("verified", _verified(result, found.pick, result.verified)))
    elif result.request.verify and result.whole:
        lines.append(("verified", "the sample is all of the source"))
    return lines


def _verified(result: CrfResult, pick: Point, whole: Point) -> str:
    told = []
    for target in result.request.targets:
        full, sampled = whole.value(target), pick.value(target)
        told.append(
            f"{target_name(target)} {words.score(full)} over all frames, "
            f"{words.score(sampled)} on the sample ({full - sampled:+.2f})"
        )
    rate = f"{words.bit_rate(whole.bit_rate)} against {words.bit_rate(pick.bit_rate)}"
    return "; ".join([*told, rate])


def _body(result: CrfResult) -> dict[str, Any]:
    found, request = result.found, result.request
    return {
        "source": plain(result.source),
        "source_bit_rate": result.source_bit_rate,
        "setting": setting_dict(request.setting),
        "targets": [asdict(t) for t in request.targets],
        "windows": plain(result.windows),
        "whole": result.whole,
        "pick": _costed(result, found.pick),
        "nearest": _costed(result, found.nearest),
        "reason": found.reason.value,
        "why": found.why,
        "monotone": found.monotone,
        "probes": found.probes,
        "points": [_costed(result, p) for p in found.points],
        "verified": _costed(result, result.verified),
        "command": _verdict(result).code or None,
        "seconds": plain(result.seconds),
    }


def _costed(result: CrfResult, point: Point | None) -> dict[str, Any] | None:
    """A point as plain data, with what it means for the whole source."""
    if point is None:
        return None
    return point_dict(point) | {
        "values": [plain(point.value(t)) for t in result.request.targets],
        "predicted_bytes": plain(result.predicted_bytes(point)),
        "percent": plain(result.percent(point)),
    }
