"""Opening the inputs of a request together."""

import os
import threading
from fractions import Fraction
from pathlib import Path

import pytest

from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.raw import frame_bytes
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.inputs import Inputs
from vmafx_core.testing import write_clip


def raw(folder: Path, name: str) -> InputSpec:
    path = folder / f"{name}_16x16_yuv420p.yuv"
    path.write_bytes(bytes(2 * frame_bytes(16, 16, "yuv420p")))
    return InputSpec(location=str(path))


def clip(folder: Path, rate: int) -> InputSpec:
    path = write_clip(folder / f"at{rate}.mp4", frames=2, width=16, height=16, rate=rate)
    return InputSpec(location=str(path))


def test_raw_video_takes_the_rate_of_the_reference(tmp_path: Path) -> None:
    with Inputs(clip(tmp_path, 50), (raw(tmp_path, "dis"),)) as inputs:
        _, (distorted,) = inputs.opened()
        assert distorted.info.frame_rate == Fraction(50)


def test_a_raw_reference_takes_the_rate_of_a_distorted_video(tmp_path: Path) -> None:
    with Inputs(raw(tmp_path, "ref"), (raw(tmp_path, "dis"), clip(tmp_path, 30))) as inputs:
        reference, _ = inputs.opened()
        assert reference.info.frame_rate == Fraction(30)


def test_of_two_inputs_that_are_missing_the_reference_is_told_of(tmp_path: Path) -> None:
    missing = (InputSpec(location=str(tmp_path / name)) for name in ("ref.mp4", "dis.yuv"))
    with Inputs(next(missing), tuple(missing)) as inputs, pytest.raises(InputError, match=r"ref"):
        inputs.opened()


def test_standard_input_is_read_once() -> None:
    with pytest.raises(UsageError, match="standard input can be read only once"):
        Inputs(InputSpec(location="-"), (InputSpec(location="-"),))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_inputs_that_do_not_answer_can_be_closed_and_are_freed_when_they_do(
    tmp_path: Path,
) -> None:
    pipe = tmp_path / "pipe.y4m"
    os.mkfifo(pipe)
    with Inputs(clip(tmp_path, 25), (InputSpec(location=str(pipe)),)):
        waiting = [t for t in threading.enumerate() if t.name == "vmafx-open"]
    assert waiting
    pipe.write_bytes(b"YUV4MPEG2 W16 H16 F25:1 C420jpeg\n" + (b"FRAME\n" + bytes(384)) * 2)
    for thread in waiting:
        thread.join(timeout=10)
    assert not any(thread.is_alive() for thread in waiting)
