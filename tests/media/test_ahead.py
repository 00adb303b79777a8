import threading
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from vmafx_core.errors import InputError
from vmafx_core.media import ahead
from vmafx_core.media.ahead import Ahead
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.inputs import Inputs, expect
from vmafx_core.testing import write_clip


def source(path: Path) -> VideoSource:
    return VideoSource(InputSpec(location=str(path)))


def test_pictures_that_were_decoded_early_come_first_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=12)
    monkeypatch.setattr(ahead, "_MOST_BYTES", 5 * 320 * 240)
    early = Ahead(source(clip))
    early.fill()
    assert [frame.time for frame in early.frames()] == pytest.approx([i / 25 for i in range(12)])
    early.close()


def test_pictures_that_were_decoded_early_do_not_wait_for_the_next_one(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=12)
    stands_still, go_on = threading.Event(), threading.Event()

    class Slow(VideoSource):
        def frames(self) -> Iterator[av.VideoFrame]:
            for number, frame in enumerate(super().frames()):
                if number == 5:
                    stands_still.set()
                    go_on.wait(60)
                yield frame

    early = Ahead(Slow(InputSpec(location=str(clip))))
    filling = threading.Thread(target=early.fill)
    filling.start()
    assert stands_still.wait(60)
    frames = early.frames()
    assert [next(frames).time for _ in range(5)] == pytest.approx([i / 25 for i in range(5)])
    assert not go_on.is_set()
    go_on.set()
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(5, 12)])
    filling.join()
    early.close()


def test_damage_that_is_met_early_is_told_in_its_place(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.ts", frames=12)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    early = Ahead(source(clip))
    early.fill()
    frames = early.frames()
    assert next(frames).time == 0
    with pytest.raises(InputError):
        list(frames)
    early.close()


def test_what_was_expected_in_vain_is_closed_and_the_rest_is_used(tmp_path: Path) -> None:
    wanted, unwanted = (write_clip(tmp_path / f"{n}.mp4", frames=4) for n in ("a", "b"))
    expect([str(wanted), str(unwanted), str(tmp_path / "missing.mp4")])
    spec = InputSpec(location=str(wanted))
    with Inputs(spec, (spec,)) as inputs:
        reference, (distorted,) = inputs.opened()
        assert reference is not distorted
        assert len(list(reference.frames())) == len(list(distorted.frames())) == 4
