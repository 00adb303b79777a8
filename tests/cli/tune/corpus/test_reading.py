"""A corpus is read back as it was written, and what is wrong with it is told by line and key."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.findings import point
from vmafx_cli.tune.corpus.reading import read_corpus
from vmafx_cli.tune.corpus.row import (
    CorpusRow,
    SourceFacts,
    measuring_dict,
    reading_dict,
    row_text,
)
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import InputError
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.media.types import Crop, InputSpec
from vmafx_core.probing.request import Measuring, Sampling
from vmafx_core.probing.windows import WHOLE, Window

_SOURCE = SourceFacts(
    location="movie.mkv",
    sha256="ab" * 32,
    width=1280,
    height=720,
    pix_fmt="yuv420p10le",
    frame_rate=29.97,
    duration=None,
    transfer="smpte2084",
)
_SPEC = InputSpec(location="movie.mkv", start=2.5, crop=Crop(1280, 720, 0, 4))
_MEASURING = Measuring(
    features=(FeatureSpec("psnr"),), sampling=Sampling(windows=2, seconds=3.0), display=(1280, 720)
)


def _row(quality: float = 28, **setting: Any) -> CorpusRow:
    made = point(quality)
    found = EncodeSetting(encoder="libx264", quality=quality, preset="slow", pix_fmt="yuv420p")
    return CorpusRow(
        source=_SOURCE,
        point=replace(made, setting=replace(found, **setting)),
        reading=reading_dict(_SPEC),
        measuring=measuring_dict(_MEASURING),
        windows=(Window(1.0, 3.0), Window(20.0, None)),
        whole=False,
        made=dict.fromkeys(
            ("timestamp", "vmafx_version", "libvmaf_version", "ffmpeg_version"), "1"
        ),
    )


def _written(path: Path, *rows: CorpusRow) -> Path:
    path.write_text("".join(map(row_text, rows)), encoding="utf-8")
    return path


def _changed(path: Path, **changes: Any) -> Path:
    """A corpus of which the second line has other values; None leaves one out."""
    data = json.loads(row_text(_row())) | changes
    data = {key: value for key, value in data.items() if value is not ...}
    path.write_text(row_text(_row()) + json.dumps(data) + "\n", encoding="utf-8")
    return path


def test_a_row_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    row = _row(24, size=(640, 360), options=(("g", "50"), ("x264-params", "a=1:b=2")))
    [read] = read_corpus(_written(tmp_path / "c.jsonl", row))
    assert read.source == row.source
    assert read.windows == row.windows
    assert (read.reading, read.measuring) == (row.reading, row.measuring)
    assert (read.key, read.sample) == (row.key, row.sample)
    assert read.point.setting == row.point.setting
    assert read.point.bit_rate == row.point.bit_rate
    assert read.point.encode_seconds == row.point.encode_seconds
    pooled = {name: m.pooled for name, m in row.point.metrics.items()}
    assert {name: m.pooled for name, m in read.point.metrics.items()} == pooled
    assert row_text(read) == row_text(row)


def test_a_row_has_the_keys_that_tools_look_for(tmp_path: Path) -> None:
    path = _written(tmp_path / "c.jsonl", _row(options=(("g", "50"),)))
    data = json.loads(path.read_text(encoding="utf-8"))
    known = {
        "src": "movie.mkv",
        "width": 1280,
        "height": 720,
        "framerate": 29.97,
        "encoder": "libx264",
        "preset": "slow",
        "crf": 28.0,
        "knob": "crf",
        "extra_params": ["g=50"],
        "encode_width": 1280,
        "encode_size_bytes": _row().point.video_bytes,
        "encode_time_ms": 2000.0,
        "vmaf_model": "vmaf_v0.6.1",
        "clip_mode": "sample_3s",
        "hdr_transfer": "pq",
    }
    assert {key: data[key] for key in known} == known
    assert data["bitrate_kbps"] == pytest.approx(_row().point.bit_rate / 1000)
    assert data["vmaf_score"] == pytest.approx(96)


def test_values_that_are_no_numbers_are_null_and_nan_again(tmp_path: Path) -> None:
    row = _row()
    metric = row.point.metrics["vmaf"]
    broken = replace(metric, pooled=replace(metric.pooled, harmonic_mean=math.nan))
    row.point.metrics["vmaf"] = broken
    path = _written(tmp_path / "c.jsonl", row)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["metrics"]["vmaf"]["pooled"]["harmonic_mean"] is None
    assert math.isnan(read_corpus(path)[0].point.metrics["vmaf"].pooled.harmonic_mean)


def test_rows_differ_in_their_keys_by_whatever_makes_another_encode() -> None:
    rows = [
        _row(),
        _row(29),
        _row(preset="fast"),
        _row(size=(640, 360)),
        _row(options=(("g", "50"),)),
        _row(keyframe_interval=100),
    ]
    assert len({row.key for row in rows}) == len(rows)
    assert len({row.sample for row in rows}) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"sampling": Sampling(windows=3, seconds=3.0)},
        {"display": None},
        {"features": ()},
        {"models": ()},
    ],
    ids=["windows", "display", "features", "models"],
)
def test_points_that_were_measured_otherwise_are_another_sample(other: dict[str, Any]) -> None:
    changed = replace(_row(), measuring=measuring_dict(replace(_MEASURING, **other)))
    assert changed.sample != _row().sample


def test_threads_and_the_cache_make_no_other_sample() -> None:
    changed = replace(_MEASURING, threads=3, cache=False)
    assert measuring_dict(changed) == measuring_dict(_MEASURING)


def test_a_file_is_known_by_its_content_and_a_url_by_its_place_without_secrets() -> None:
    url = replace(_SOURCE, location="https://***@cdn.example/a.mp4?***", sha256="")
    assert replace(_SOURCE, location="elsewhere.mkv").identity == _SOURCE.identity
    assert url.identity == url.location


def test_empty_lines_and_unknown_keys_are_passed_over(tmp_path: Path) -> None:
    path = _changed(tmp_path / "c.jsonl", colour="blue")
    path.write_text(path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert len(read_corpus(path)) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"crf": "23"}, "line 2: 'crf' is \"23\", not a number"),
        ({"crf": True}, "line 2: 'crf' is true, not a number"),
        ({"crf": ...}, "line 2: has no 'crf'"),
        ({"width": 0}, "line 2: 'width' is 0, not a whole number above 0"),
        ({"width": 12.5}, "line 2: 'width' is 12.5, not a whole number above 0"),
        ({"encode_duration_s": 0}, "line 2: 'encode_duration_s' is 0, not a number above 0"),
        ({"encoder": "libx999"}, "line 2: 'encoder' is \"libx999\", not one of"),
        ({"src": None}, "line 2: 'src' is null, not a text"),
        ({"extra_params": "g=50"}, "line 2: 'extra_params' is \"g=50\", not a list"),
        ({"extra_params": ["g"]}, "line 2: 'extra_params' is [\"g\"], not a list of NAME=VALUE"),
        ({"windows": [3]}, "line 2: 'windows' is [3], not a list of objects"),
        ({"windows": [{"start": 1}]}, "line 2: has no 'windows[0].duration'"),
        ({"metrics": {"vmaf": {}}}, "line 2: has no 'metrics.vmaf.kind'"),
        ({"metrics": {"vmaf": {"kind": "sum"}}}, "line 2: 'metrics.vmaf.kind' is \"sum\", not one"),
        ({"schema": "other"}, "line 2: 'schema' is \"other\", not 'vmafx.corpus'"),
        ({"schema_version": 2}, "line 2: 'schema_version' is 2, not 1"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_row_is_told_by_line_and_key(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    path = _changed(tmp_path / "c.jsonl", **changes)
    with pytest.raises(InputError) as raised:
        read_corpus(path)
    assert f"{path}: {told}" in raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize("line", ['{"crf": 2', "[1, 2]", "nonsense", "\udcff"])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(f"{row_text(_row())}{line}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"line 2: is no (JSON|text)"):
        read_corpus(path)


def test_a_corpus_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match=r"gone\.jsonl: cannot be read: No such file"):
        read_corpus("gone.jsonl")


def test_a_long_value_is_cut_short_in_a_message(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read_corpus(_changed(tmp_path / "c.jsonl", src=["x" * 500]))
    assert len(raised.value.message) < len(str(tmp_path)) + 200


def test_all_of_a_source_is_one_window_without_an_end(tmp_path: Path) -> None:
    row = replace(_row(), windows=WHOLE, whole=True)
    [read] = read_corpus(_written(tmp_path / "c.jsonl", row))
    assert (read.windows, read.whole) == (WHOLE, True)
