"""A grid is measured row by row, and goes on where it was stopped."""

import json
import os
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.findings import point
from vmafx_cli.tune.corpus.file import CorpusFile
from vmafx_cli.tune.corpus.grid import GridRequest, GridResult, grid_events
from vmafx_cli.tune.corpus.reading import read_corpus
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import ComponentError, InputError, UsageError, WorkError
from vmafx_core.locking import locked
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Done, Probed, Probing, TuneEvent
from vmafx_core.probing.measure import SampleMeasurer
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.scoring.events import Told
from vmafx_core.testing import write_clip

_MEASURING = Measuring(threads=1, cache=False)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "a.mkv", frames=6, width=96, height=64)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "b.mkv"
    return write_clip(path, frames=5, width=96, height=64, first=40)


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> list[EncodeSetting]:
    """Measures nothing: points are made up; returns what was to be measured."""
    asked: list[EncodeSetting] = []

    def probe(_: SampleMeasurer, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        asked.append(setting)
        if setting.encoder == "libx265":
            raise ComponentError("libx265 is not usable here", "Install it.")
        made = replace(point(setting.quality), setting=setting)
        yield Probed(made)
        return made

    monkeypatch.setattr(SampleMeasurer, "probe", probe)
    return asked


def _request(path: Path, *sources: Path, values: tuple[float, ...] = (20, 30)) -> GridRequest:
    return GridRequest(
        sources=tuple(InputSpec(location=str(s)) for s in sources),
        settings=tuple(
            EncodeSetting(encoder="libx264", preset="ultrafast", quality=v) for v in values
        ),
        path=path,
        measuring=_MEASURING,
    )


def _run(request: GridRequest) -> tuple[GridResult, list[TuneEvent[GridResult]]]:
    events = list(grid_events(request))
    assert isinstance(events[-1], Done)
    return events[-1].result, events


def test_every_source_and_quality_is_a_row_that_was_really_measured(
    clip: Path, other: Path, tmp_path: Path
) -> None:
    path = tmp_path / "c.jsonl"
    result, events = _run(_request(path, clip, other))
    rows = read_corpus(path)
    assert [row.key for row in rows] == [row.key for row in result.rows]
    assert [(Path(r.source.location).name, r.point.setting.quality) for r in rows] == [
        *(("a.mkv", 20), ("a.mkv", 30)),
        *(("b.mkv", 20), ("b.mkv", 30)),
    ]
    assert [r.point.frames for r in rows] == [6, 6, 5, 5]
    assert rows[0].point.bit_rate > rows[1].point.bit_rate
    assert rows[0].point.metrics["vmaf"].pooled.mean > rows[1].point.metrics["vmaf"].pooled.mean
    assert rows[0].source.sha256 != rows[2].source.sha256
    numbers = [(e.number, e.likely) for e in events if isinstance(e, Probing)]
    assert numbers == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_rows_that_are_there_are_not_measured_again(
    clip: Path, tmp_path: Path, probed: list[EncodeSetting]
) -> None:
    path = tmp_path / "c.jsonl"
    _run(_request(path, clip))
    before = path.read_bytes()
    result, _ = _run(_request(path, clip, values=(20, 25, 30)))
    assert (len(result.rows), result.there) == (1, 2)
    assert [s.quality for s in probed] == [20, 30, 25]
    assert path.read_bytes().startswith(before)
    again, events = _run(_request(path, clip, values=(20, 25, 30)))
    assert (again.rows, again.there) == ((), 3)
    assert not any(isinstance(e, Probing) for e in events)


@pytest.mark.usefixtures("probed")
def test_a_moved_source_is_still_known(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    _run(_request(path, clip))
    moved = tmp_path / "moved.mkv"
    moved.write_bytes(clip.read_bytes())
    result, _ = _run(_request(path, moved))
    assert (result.rows, result.there) == ((), 2)


@pytest.mark.usefixtures("probed")
def test_sizes_are_part_of_the_grid(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    _run(replace(_request(path, clip), resolutions=((96, 64), (48, 32))))
    assert [row.point.setting.size for row in read_corpus(path)] == [None, None, *[(48, 32)] * 2]
    result, _ = _run(_request(path, clip))
    assert result.there == 2


def test_a_stopped_run_keeps_its_rows(
    clip: Path, tmp_path: Path, probed: list[EncodeSetting]
) -> None:
    path = tmp_path / "c.jsonl"
    events = grid_events(_request(path, clip, values=(20, 30, 40)))
    for event in events:
        if isinstance(event, Probing) and event.number == 2:
            break
    events.close()
    assert [row.point.setting.quality for row in read_corpus(path)] == [20]
    probed.clear()
    result, _ = _run(_request(path, clip, values=(20, 30, 40)))
    assert [s.quality for s in probed] == [30, 40]
    assert result.there == 1


def test_a_line_that_a_crash_cut_off_is_mended_with_a_warning(
    clip: Path, tmp_path: Path, probed: list[EncodeSetting]
) -> None:
    path = tmp_path / "c.jsonl"
    _run(_request(path, clip))
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    probed.clear()
    _, events = _run(_request(path, clip))
    told = [e.notice for e in events if isinstance(e, Told)]
    assert [(n.code, "line 2" in n.text) for n in told] == [("corpus-mended", True)]
    assert [s.quality for s in probed] == [30]
    assert len(read_corpus(path)) == 2
    assert path.read_bytes().count(b"\n") == 2


def test_a_last_line_without_an_end_is_ended(
    clip: Path, tmp_path: Path, probed: list[EncodeSetting]
) -> None:
    path = tmp_path / "c.jsonl"
    _run(_request(path, clip))
    path.write_bytes(path.read_bytes()[:-1])
    probed.clear()
    _run(_request(path, clip, values=(20, 30, 40)))
    assert [s.quality for s in probed] == [40]
    assert len(read_corpus(path)) == 3


def test_a_file_that_is_no_corpus_is_left_as_it_is(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("milk\nbread", encoding="utf-8")
    with pytest.raises(InputError, match=r"notes\.txt: line 1: is no JSON"):
        _run(_request(path, clip))
    assert path.read_text(encoding="utf-8") == "milk\nbread"


def test_a_source_that_cannot_be_read_is_told_before_any_work(
    clip: Path, tmp_path: Path, probed: list[EncodeSetting]
) -> None:
    path = tmp_path / "c.jsonl"
    with pytest.raises(InputError, match=r"gone\.mkv: no such file"):
        _run(_request(path, clip, tmp_path / "gone.mkv"))
    assert probed == []
    assert not path.exists()


def test_an_encoder_that_fails_is_left_out_and_told_of(
    clip: Path, other: Path, tmp_path: Path, probed: list[EncodeSetting]
) -> None:
    path = tmp_path / "c.jsonl"
    request = _request(path, clip, other)
    bad = tuple(replace(s, encoder="libx265") for s in request.settings)
    result, events = _run(replace(request, settings=(*bad, *request.settings)))
    assert len(result.rows) == len(read_corpus(path)) == 4
    assert [(f.encoder, f.error.exit_code) for f in result.failures] == [("libx265", 5)] * 2
    told = [e.notice.text for e in events if isinstance(e, Told)]
    assert all("libx265 is not usable here" in text for text in told)
    assert len(told) == 2
    # Once it has failed on a source, it is not tried there again.
    assert sum(s.encoder == "libx265" for s in probed) == 2


def test_two_runs_on_one_corpus_are_refused(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    with locked(path, path), pytest.raises(UsageError, match="is being written by another run"):
        _run(_request(path, clip))
    with CorpusFile(path) as corpus:
        assert corpus.keys == set()


def test_a_corpus_that_gets_no_rows_is_not_left_empty(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    with CorpusFile(path):
        assert path.exists()
    assert not path.exists()


def test_a_full_disk_leaves_whole_rows_only(
    clip: Path, tmp_path: Path, probed: list[EncodeSetting], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.jsonl"
    _run(_request(path, clip))
    before = path.read_bytes()
    probed.clear()

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("vmafx_cli.tune.corpus.file.os.fsync", full)
    with pytest.raises(WorkError, match="No space left"):
        _run(_request(path, clip, values=(20, 30, 40)))
    assert path.read_bytes() == before
    assert [s.quality for s in probed] == [40]


def test_a_setting_that_the_encoder_cannot_follow_is_refused_at_once(
    clip: Path, tmp_path: Path
) -> None:
    path = tmp_path / "c.jsonl"
    with pytest.raises(UsageError, match="crf 60 is out of the range of libx264"):
        _run(_request(path, clip, values=(20, 60)))
    assert not path.exists()


@pytest.mark.usefixtures("probed")
def test_a_row_says_when_and_by_what_it_was_made(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    _run(_request(path, clip))
    data = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert data["timestamp"].endswith("+00:00")
    assert all(data[f"{part}_version"] for part in ("vmafx", "libvmaf", "ffmpeg"))
    assert data["duration_s"] == pytest.approx(0.24, abs=0.05)
    assert data["clip_mode"] == "full"
