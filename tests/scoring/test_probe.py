"""What is said of a video before it is scored."""

import os
import threading
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import pytest

from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.raw import frame_bytes
from vmafx_core.media.types import Chroma, Crop, Deinterlace, InputSpec, PictureFormat
from vmafx_core.scoring.api import score
from vmafx_core.scoring.probe import Probe, probe
from vmafx_core.testing import frame, write_clip

MODEL = "vmaf_v1.0.16_3d0h"


def probed(path: Path | str, **options: object) -> Probe:
    return probe(InputSpec(location=str(path), **options))  # type: ignore[arg-type]


def codes(told: Probe) -> list[str]:
    return [notice.code for notice in told.notices]


def write_raw(path: Path, *, width: int = 320, height: int = 240, frames: int = 3) -> Path:
    path.write_bytes(bytes(frames * frame_bytes(width, height, "yuv420p")))
    return path


def write_interlaced(path: Path) -> Path:
    options = {"x264-params": "tff=1:bframes=0"}
    return write_clip(path, frames=4, options=options)


def test_what_it_is_and_what_would_be_done_are_those_of_scoring_it(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=6)
    told = probe(clip)
    assert told == probed(clip)
    scored = score(clip, clip, models=["auto"])
    (pair,) = scored.pairs
    assert told.info == scored.reference
    assert told.plan.model == pair.models[0].version == MODEL
    assert told.plan.picture == pair.picture == PictureFormat(320, 240, Chroma.C420, 10)
    assert told.plan.filters == pair.reference_filters
    assert told.plan.frames == pair.frames.scored == 6
    assert told.plan.frame_rate == Fraction(25)
    assert not told.plan.deinterlaced
    assert codes(told) == ["depth"]


@pytest.mark.parametrize(
    ("size", "rate", "model"),
    [
        ((2562, 1440), 25, "vmaf_v1.0.16_3d0h_2160"),
        ((640, 480), 60, "vmaf_v1.0.16_hfr_3d0h"),
    ],
)
def test_the_model_is_by_size_and_rate(
    tmp_path: Path, size: tuple[int, int], rate: int, model: str
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=2, width=size[0], height=size[1], rate=rate)
    assert probed(clip).plan.model == model


def test_of_a_part_the_frames_are_those_of_the_part(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=50)
    assert probed(clip, start=1.0, skip=5).plan.frames == 20
    assert probed(clip, duration=0.4).plan.frames == 10


def test_a_crop_decides_the_size(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=2)
    told = probed(clip, crop=Crop(200, 100, 8, 4))
    assert (told.info.width, told.info.height) == (200, 100)
    assert (told.plan.picture.width, told.plan.picture.height) == (200, 100)
    assert told.plan.filters.startswith("crop=200:100:8:4")


def test_raw_video_says_what_was_assumed_of_it(tmp_path: Path) -> None:
    told = probed(write_raw(tmp_path / "clip_320x240.yuv"))
    assert (told.info.codec, told.info.pix_fmt, told.info.frame_rate) == (
        "rawvideo",
        "yuv420p",
        None,
    )
    assert (told.plan.frame_rate, told.plan.frames) == (Fraction(25), 3)
    assert codes(told) == ["raw-format", "depth", "assumed-rate"]


def test_raw_video_of_which_everything_is_said_has_nothing_assumed(tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    told = probed(
        write_raw(tmp_path / "clip.yuv"), width=320, height=240, pix_fmt="yuv420p", frame_rate=rate
    )
    assert told.plan.frame_rate == told.info.frame_rate == rate
    assert codes(told) == ["depth"]


def test_raw_video_without_a_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither options nor the name say its size"):
        probed(write_raw(tmp_path / "clip.yuv"))


def test_interlaced_pictures_are_deinterlaced(tmp_path: Path) -> None:
    clip = write_interlaced(tmp_path / "clip.mkv")
    told = probed(clip)
    assert told.info.interlaced
    assert told.plan.deinterlaced
    assert "bwdif" in told.plan.filters
    assert "deinterlaced" in codes(told)
    left = probed(clip, deinterlace=Deinterlace.OFF)
    assert not left.plan.deinterlaced
    assert "interlaced" in codes(left)


def test_pictures_are_turned_as_the_file_says(tmp_path: Path) -> None:
    clip = tmp_path / "turned.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.set_display_rotation(90)
        shown = frame(0, 320, 240)
        shown.pts = 0
        container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    told = probed(clip)
    assert told.info.rotation in {90, 270}
    assert (told.plan.picture.width, told.plan.picture.height) == (240, 320)
    assert "transpose" in told.plan.filters
    assert "rotated" in codes(told)


def test_pictures_that_are_too_small_for_the_model_are_told_of(tmp_path: Path) -> None:
    told = probed(write_clip(tmp_path / "clip.mp4", frames=2, width=16, height=16))
    (unfit,) = [notice for notice in told.notices if notice.code == "unfit"]
    assert MODEL in unfit.text
    assert "16x16" in unfit.text


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        probed(tmp_path / "absent.mp4")


def test_a_file_that_is_no_video_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("not a video at all\n" * 100)
    with pytest.raises(InputError, match="is text, not video"):
        probed(path)


def test_a_stream_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=2)
    with pytest.raises(UsageError, match="has no video stream 3"):
        probed(clip, stream=3)


def test_what_breaks_behind_the_first_picture_is_not_looked_at(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.ts", frames=60, options={"g": "1", "crf": "5"})
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    assert probed(clip).info.width == 320


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_of_a_pipe_the_beginning_is_read_and_that_is_said(tmp_path: Path) -> None:
    pipe = tmp_path / "clip.y4m"
    os.mkfifo(pipe)
    head, one = b"YUV4MPEG2 W320 H240 F25:1 C420jpeg\n", b"FRAME\n" + bytes(115_200)
    written: list[int] = []

    def write() -> None:
        with pipe.open("wb", buffering=0) as file:
            file.write(head)
            with suppress(BrokenPipeError):
                written.extend(file.write(one) for _ in range(1000))

    writer = threading.Thread(target=write)
    writer.start()
    told = probed(pipe)
    writer.join(timeout=30)
    assert not writer.is_alive()
    assert len(written) < 1000
    assert (told.info.width, told.plan.frames) == (320, None)
    (once,) = [notice for notice in told.notices if notice.code == "read-once"]
    assert "can be read only once" in once.text
