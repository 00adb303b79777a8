"""Measured points as plain data and as a table."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import meets
from vmafx_core.report.plain import plain, plain_metric
from vmafx_core.report.views import words
from vmafx_core.report.views.datatable import Column, DataTable
from vmafx_core.scoring.requirements import Requirement


def setting_dict(setting: EncodeSetting) -> dict[str, Any]:
    """A setting as plain data, with the name of its quality knob and the preset that it means."""
    encoder = find_encoder(setting.encoder)
    data = {f.name: plain(getattr(setting, f.name)) for f in fields(setting)}
    return data | {
        "knob": encoder.knob.name,
        "preset": setting.preset or encoder.default_preset,
        "options": [[key, plain(value)] for key, value in setting.options],
    }


def point_dict(point: Point) -> dict[str, Any]:
    """A point as plain data; of every metric the pooled values."""
    return {
        "setting": setting_dict(point.setting),
        "encoder_version": plain(point.encoder_version),
        "pix_fmt": point.pix_fmt,
        "frames": point.frames,
        "duration": plain(point.duration),
        "video_bytes": point.video_bytes,
        "bit_rate": plain(point.bit_rate),
        "encode_seconds": plain(point.encode_seconds),
        "encode_fps": plain(encode_fps(point)),
        "score_seconds": plain(point.score_seconds),
        "cached": point.cached,
        "metrics": {name: plain_metric(m, frames=False) for name, m in point.metrics.items()},
    }


def encode_fps(point: Point) -> float:
    """Frames encoded a second; nan where it took no time that could be measured."""
    return point.frames / point.encode_seconds if point.encode_seconds > 0 else float("nan")


def quality_name(point: Point) -> str:
    """The value of a point's quality knob: "crf 28"."""
    return f"{find_encoder(point.setting.encoder).knob.name} {point.setting.quality:g}"


def points_table(
    points: Sequence[Point],
    targets: Sequence[Requirement] = (),
    *,
    duration: float | None = None,
    source_bit_rate: float | None = None,
    chosen: Sequence[Point] = (),
) -> DataTable:
    """The table of tries, a row a point.

    Encoder, preset and size have a column where they differ between points.

    Args:
        points: The points, in the order of the rows.
        targets: What they were to meet, a column each; the first metric's mean where there is none.
        duration: Seconds of the whole source, for the size that is predicted.
        source_bit_rate: Bits a second of the source, for the share of it.
        chosen: Points that stand out.
    """
    columns = [*_settings(points), *_scores(points, targets)]
    columns.append((_RATE, [p.bit_rate for p in points]))
    if duration:
        columns.append((_SIZE, [p.bit_rate * duration / 8 for p in points]))
    if source_bit_rate:
        columns.append((_PERCENT, [100 * p.bit_rate / source_bit_rate for p in points]))
    columns.append((_SPEED, [encode_fps(p) for p in points]))
    if targets:
        met = [all(meets(t, p.value(t)) for t in targets) for p in points]
        columns.append((_MET, met))
    if any(p.cached for p in points):
        columns.append((_CACHED, [p.cached for p in points]))
    heads = tuple(column for column, _ in columns)
    rows = tuple(zip(*(values for _, values in columns), strict=True))
    standing_out = {id(p) for p in chosen}
    marked = frozenset(i for i, p in enumerate(points) if id(p) in standing_out)
    return DataTable(heads, rows, marked)


_RATE = Column("bit_rate", "bit rate", words.bit_rate)
_SIZE = Column("predicted_bytes", "size", words.size)
_PERCENT = Column("percent", "of source", words.fixed(0, "%"))
_SPEED = Column("encode_fps", "enc. fps", words.fixed(1), spare=True)
_MET = Column("met", "target", lambda met: "met" if met else "missed", words=True)
_CACHED = Column("cached", "from", lambda c: "cache" if c else "probe", words=True, spare=True)

type _Filled = tuple[Column, list[Any]]


def _settings(points: Sequence[Point]) -> list[_Filled]:
    """The columns that say what was encoded."""
    settings = [p.setting for p in points]
    knobs = dict.fromkeys(find_encoder(s.encoder).knob.name for s in settings)
    described: list[_Filled] = [
        (Column("encoder", "encoder", words=True), [s.encoder for s in settings]),
        (
            Column("preset", "preset", words=True),
            [s.preset or find_encoder(s.encoder).default_preset for s in settings],
        ),
        (
            Column("size", "picture", lambda size: size or "source", words=True),
            ["{}x{}".format(*s.size) if s.size else "" for s in settings],
        ),
    ]
    differing = [(column, values) for column, values in described if len(set(values)) > 1]
    heading = next(iter(knobs)) if len(knobs) == 1 else "quality"
    return [*differing, (Column("quality", heading, words.general), [s.quality for s in settings])]


def _scores(points: Sequence[Point], targets: Sequence[Requirement]) -> list[_Filled]:
    """The columns that say how good it was."""
    if not targets:
        name = next(iter(points[0].metrics)) if points else "vmaf"
        means = [p.metrics[name].pooled.mean if name in p.metrics else None for p in points]
        return [(Column(name, name, words.score), means)]
    named = {target_name(t): t for t in targets}
    return [
        (Column(name, name, words.score), [p.value(t) for p in points]) for name, t in named.items()
    ]


def target_name(target: Requirement) -> str:
    """What a target is about: "vmaf", "vmaf:p5"."""
    return target.metric if target.pool == "mean" else f"{target.metric}:{target.pool}"
