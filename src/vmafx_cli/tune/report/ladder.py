"""What `tune ladder` found, in all forms."""

from dataclasses import asdict, fields
from itertools import pairwise
from typing import Any

from vmafx_cli.tune.ladder.build import LadderResult
from vmafx_cli.tune.ladder.hull_search import size_of
from vmafx_cli.tune.ladder.media import Packaging
from vmafx_cli.tune.report.facts import encoder_line, sample_line, source_line
from vmafx_cli.tune.report.points import (
    point_dict,
    points_table,
    quality_name,
    setting_dict,
    target_name,
)
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.notice import counted
from vmafx_core.packaging.presentation import DESCRIPTION, MASTER
from vmafx_core.packaging.tracks import Track
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import range_of
from vmafx_core.report.account import Line
from vmafx_core.report.naming import short_names, shown_location
from vmafx_core.report.plain import plain
from vmafx_core.report.views import words
from vmafx_core.report.views.blocks import Dot, Facts, RdChart, Series, TableSection, Verdict
from vmafx_core.report.views.datatable import Column, DataTable
from vmafx_core.report.views.view import View


def ladder_view(result: LadderResult) -> View:
    """How the result of `tune ladder` is shown."""
    ladder = result.ladder
    table = _rungs_table(result)
    verdict = _verdict(result)
    chart = _chart(result)
    facts = Facts("What was done", tuple(_facts(result)))
    tries = sorted(ladder.points, key=lambda p: (size_of(p), -p.bit_rate), reverse=True)
    name = short_names([result.request.source.location])[0]
    return View(
        kind="ladder",
        title=f"Ladder for {name}",
        printed=(verdict, TableSection("", table), chart, facts),
        table=table,
        body=_body(result),
        blocks=(
            verdict,
            TableSection("Rungs", table),
            chart,
            TableSection("Tries", points_table(tries, chosen=ladder.rungs)),
            facts,
        ),
    )


def _rungs_table(result: LadderResult) -> DataTable:
    """A row a rung, from the lowest rate."""
    rungs, top = result.ladder.rungs, result.request.top
    knob = find_encoder(result.request.setting.encoder).knob.name
    ratios = [None, *(b.bit_rate / a.bit_rate for a, b in pairwise(rungs))]
    filled: list[tuple[Column, list[Any]]] = [
        (Column("rung", "rung", words.general), list(range(1, len(rungs) + 1))),
        (Column("size", "picture", words=True), ["{}x{}".format(*size_of(p)) for p in rungs]),
        (Column("quality", knob, words.general), [p.setting.quality for p in rungs]),
        (
            Column(target_name(top), target_name(top), words.score),
            [p.value(top) for p in rungs],
        ),
        (Column("bit_rate", "bit rate", words.bit_rate), [p.bit_rate for p in rungs]),
        (Column("ratio", "step", _ratio), ratios),
    ]
    if result.presentation:
        videos = result.presentation.videos
        filled += [
            (
                Column("average_bit_rate", "encoded", words.bit_rate),
                [v.average_bit_rate for v in videos],
            ),
            (Column("peak_bit_rate", "peak", words.bit_rate), [v.peak_bit_rate for v in videos]),
            (Column("codecs", "codecs", words=True), [v.codecs for v in videos]),
        ]
    columns = tuple(column for column, _ in filled)
    return DataTable(columns, tuple(zip(*(values for _, values in filled), strict=True)))


def _ratio(value: float | None) -> str:
    return "" if value is None else f"x{value:.2f}"


def _verdict(result: LadderResult) -> Verdict:
    rungs, top = result.ladder.rungs, result.request.top
    ends = " to ".join(dict.fromkeys(_named(p, result) for p in (rungs[0], rungs[-1])))
    probes = counted(len(result.ladder.points), "setting")
    why = f"{ends}; {probes} of {result.ladder.steps} measured"
    short = rungs[-1].value(top)
    if not result.reaches_top:
        why += f"; nothing within bounds has {top.text}, the best has {words.score(short)}"
    return Verdict(counted(len(rungs), "rung"), why, good=result.reaches_top)


def _named(point: Point, result: LadderResult) -> str:
    top = result.request.top
    width, height = size_of(point)
    value = words.score(point.value(top))
    return f"{width}x{height} at {words.bit_rate(point.bit_rate)} ({target_name(top)} {value})"


def _chart(result: LadderResult) -> RdChart:
    ladder, top = result.ladder, result.request.top
    chosen = {id(rung) for rung in ladder.rungs}

    def dots(points: list[Point]) -> tuple[Dot, ...]:
        ordered = sorted(points, key=lambda p: p.bit_rate)
        return tuple(
            Dot(p.bit_rate, p.value(top), _label(p, result), chosen=id(p) in chosen)
            for p in ordered
        )

    sizes = [
        Series("{}x{}".format(*size), dots([p for p in ladder.points if size_of(p) == size]))
        for size in ladder.sizes
    ]
    hull = Series("hull", dots(list(ladder.hull)), hull=True)
    return RdChart(
        title="Quality over bit rate",
        series=(*sizes, hull),
        y_name=target_name(top),
        lines=((top.value, "top"),),
        y_most=range_of(top, result.request.measuring.models)[1],
    )


def _label(point: Point, result: LadderResult) -> str:
    return f"{quality_name(point)}, {_named(point, result)}"


def _facts(result: LadderResult) -> list[Line]:
    request, ladder = result.request, result.ladder
    lines = [
        source_line(result.source),
        sample_line(result.windows, ladder.points, whole=result.whole),
        encoder_line(ladder.rungs[0]),
        ("display", "{}x{}: all sizes are scaled to it and measured there".format(*result.display)),
        ("time", words.clock(result.seconds)),
    ]
    if request.packaging:
        lines.append(("packaged", _packaged(request.packaging)))
    return lines


def _packaged(packaging: Packaging) -> str:
    written = [MASTER] if packaging.hls else []
    written += [DESCRIPTION] if packaging.dash else []
    what = "with all segments" if packaging.media else "without media, by encodes of the sample"
    return f"{shown_location(str(packaging.folder))}: {' and '.join(written)}, {what}"


def _body(result: LadderResult) -> dict[str, Any]:
    request, ladder = result.request, result.ladder
    return {
        "source": plain(result.source),
        "setting": setting_dict(request.setting),
        "top": asdict(request.top),
        "rules": plain(request.rules),
        "windows": plain(result.windows),
        "whole": result.whole,
        "display": list(result.display),
        "sizes": [list(size) for size in ladder.sizes],
        "rungs": [_dict(p, result) for p in ladder.rungs],
        "hull": [_dict(p, result) for p in ladder.hull],
        "points": [_dict(p, result) for p in ladder.points],
        "steps": ladder.steps,
        "reaches_top": result.reaches_top,
        "presentation": _presentation(result),
        "seconds": plain(result.seconds),
    }


def _presentation(result: LadderResult) -> dict[str, Any] | None:
    """What was packaged: the tracks, a video for each rung, without the list of segments."""
    packaging, presentation = result.request.packaging, result.presentation
    if packaging is None or presentation is None:
        return None

    def track(one: Track) -> dict[str, Any]:
        data = {f.name: plain(getattr(one, f.name)) for f in fields(one) if f.name != "segments"}
        return data | {
            "segments": len(one.segments),
            "duration": float(one.duration),
            "average_bit_rate": one.average_bit_rate,
            "peak_bit_rate": one.peak_bit_rate,
        }

    return {
        "folder": plain(str(packaging.folder)),
        "hls": MASTER if packaging.hls else None,
        "dash": DESCRIPTION if packaging.dash else None,
        "media": packaging.media,
        "videos": [track(video) for video in presentation.videos],
        "audios": [track(audio) for audio in presentation.audios],
    }


def _dict(point: Point, result: LadderResult) -> dict[str, Any]:
    return point_dict(point) | {"value": plain(point.value(result.request.top))}
