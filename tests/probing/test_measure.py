from collections.abc import Generator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encode import Encoded, encode
from vmafx_core.errors import InputError, UsageError, WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.probing import measure
from vmafx_core.probing.events import Advanced, Probed, Sampled, TuneEvent
from vmafx_core.probing.measure import SampleMeasurer, prepared
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring, Sampling
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.api import score
from vmafx_core.scoring.events import Told
from vmafx_core.testing import write_clip

_FAST = EncodeSetting(encoder="libx264", quality=30, preset="ultrafast")
_UNCACHED = Measuring(cache=False)


def _ended[Result](
    running: Generator[TuneEvent[Any], None, Result],
) -> tuple[Result, list[TuneEvent[Any]]]:
    events = []
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            result: Result = end.value
            return result, events


def _measurer(
    path: Path, measuring: Measuring = _UNCACHED, windows: tuple[Window, ...] | None = None
) -> SampleMeasurer:
    return _ended(prepared(InputSpec(location=str(path)), measuring, windows))[0]


def _probed(measurer: SampleMeasurer, setting: EncodeSetting = _FAST) -> Point:
    return _ended(measurer.probe(setting))[0]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mkv", frames=40, width=160, height=120)


def test_a_probe_says_what_was_encoded_and_scored(clip: Path) -> None:
    measurer, events = _ended(prepared(InputSpec(location=str(clip)), _UNCACHED))
    assert isinstance(events[-1], Sampled)
    assert measurer.sample.whole
    point, told = _ended(measurer.probe(_FAST))
    assert isinstance(told[-1], Probed)
    assert (point.frames, point.pix_fmt) == (40, "yuv420p")
    assert point.duration == pytest.approx(1.6)
    assert point.bit_rate == point.video_bytes * 8 / point.duration
    assert len(point.metrics["vmaf"].values) == 40


def test_coarser_encodes_are_smaller_and_worse(clip: Path) -> None:
    measurer = _measurer(clip)
    fine, coarse = (
        _probed(measurer, EncodeSetting(encoder="libx264", quality=q, preset="ultrafast"))
        for q in (20, 45)
    )
    assert fine.video_bytes > coarse.video_bytes
    assert fine.metrics["vmaf"].pooled.mean > coarse.metrics["vmaf"].pooled.mean


def test_probes_leave_the_sample_as_it_is(clip: Path) -> None:
    measurer = _measurer(clip)
    first, again = (_ended(measurer._measured(_FAST))[0] for _ in range(2))
    assert first.video_bytes == again.video_bytes
    assert np.array_equal(first.metrics["vmaf"].values, again.metrics["vmaf"].values)


def test_a_window_is_scored_as_in_the_whole(clip: Path) -> None:
    whole = score(clip, clip).pairs[0]
    part = _probed(_measurer(clip, windows=(Window(0.4, 0.4), Window(0.8, None))))
    motion = part.metrics["integer_motion2"].values
    assert part.frames == 30
    assert np.array_equal(motion, whole.metrics["integer_motion2"].values[10:])


def test_what_is_not_held_is_decoded_again(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = (Window(0.2, 0.4), Window(1.0, 0.4))
    held = _measurer(clip, windows=windows)
    monkeypatch.setattr(measure, "memory_budget", lambda: 800_000)
    spec = InputSpec(location=str(clip))
    lean, events = _ended(prepared(spec, _UNCACHED, windows))
    assert [w.held is None for w in lean.sample.windows] == [False, True]
    codes = [e.notice.code for e in events if isinstance(e, Told)]
    assert codes == ["sample-not-held"]
    assert lean.sample.digest == held.sample.digest
    a, b = _probed(held), _probed(lean)
    assert a.video_bytes == b.video_bytes
    assert np.array_equal(a.metrics["vmaf"].values, b.metrics["vmaf"].values)


def test_the_duration_is_by_timestamps(tmp_path: Path) -> None:
    times = [0, 1, 2, 3, 10, 11, 12, 20, 21, 22]
    path = write_clip(
        tmp_path / "vfr.mkv", frames=10, width=160, height=120, timed=times, rate=Fraction(25)
    )
    sample = _measurer(path).sample
    # Twenty-two intervals of 40 ms, and the last picture's own.
    assert sample.duration == pytest.approx(0.88, abs=0.1)
    part = _measurer(path, windows=(Window(0.0, 0.4), Window(0.4, None))).sample
    assert [w.count for w in part.windows] == [4, 6]
    assert part.windows[0].duration == pytest.approx(0.4, abs=0.002)


def test_a_rate_that_pictures_do_not_have_is_found_out(tmp_path: Path) -> None:
    timed = [n * 40 + 13 * (n % 3) for n in range(30)]
    for name, times in (("uneven.mkv", timed), ("even.mkv", [n * 40 for n in range(30)])):
        write_clip(tmp_path / name, width=160, height=120, timed=times, ticks=1000)
    assert _measurer(tmp_path / "uneven.mkv").info.variable_rate
    assert not _measurer(tmp_path / "even.mkv").info.variable_rate


def test_closing_a_probe_ends_it_soon(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "_EVERY", 0.0)  # told at once, however fast the machine is
    slow = EncodeSetting(encoder="libx264", quality=20, preset="placebo")
    running = _measurer(clip).probe(slow)
    assert isinstance(next(running), Advanced)
    running.close()
    with pytest.raises(StopIteration):
        next(running)


def test_long_sources_are_sampled_and_the_start_is_kept(clip: Path) -> None:
    spec = InputSpec(location=str(clip), start=0.4)
    measuring = Measuring(cache=False, sampling=Sampling(windows=2, seconds=0.2))
    sample = _ended(prepared(spec, measuring))[0].sample
    assert not sample.whole
    assert [w.count for w in sample.windows] == [5, 5]
    assert sample.windows[0].spec.start >= 0.4


@pytest.mark.parametrize("broken", [b"nothing that can be read", None])
def test_an_encode_that_cannot_be_decoded_is_named(
    clip: Path, monkeypatch: pytest.MonkeyPatch, broken: bytes | None
) -> None:
    def encoded(*given: Any, **options: Any) -> Encoded:
        made = encode(*given, **options)
        return replace(made, data=broken or made.data[: len(made.data) // 2])

    monkeypatch.setattr(measure, "encode", encoded)
    with pytest.raises(WorkError, match=r"libx264, preset ultrafast, crf 30") as caught:
        _probed(_measurer(clip))
    assert "another preset" in caught.value.hint


def test_a_pipe_is_refused() -> None:
    with pytest.raises(UsageError, match="more than once"):
        _ended(prepared(InputSpec(location="-"), _UNCACHED))


def test_windows_behind_the_end_are_refused(clip: Path) -> None:
    with pytest.raises(InputError):
        _measurer(clip, windows=(Window(30.0, 1.0),))
