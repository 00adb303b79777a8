from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from support.data import shared
from vmafx_core.errors import MismatchError, UsageError
from vmafx_core.media.sync import (
    HEIGHT,
    WIDTH,
    Offset,
    Thumbnail,
    best_shift,
    find_offset,
    thumbnail,
)
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import frame, write_clip


def thumbnails(first: int, count: int, width: int = 320, height: int = 180) -> list[Thumbnail]:
    """Thumbnails of pictures first, first+1, ..., made at 320x180 and scaled."""
    shown = (frame(i, 320, 180).reformat(width, height) for i in range(first, first + count))
    return [thumbnail(f) for f in shown]


def search(reference: Path, distorted: Path, skip_ref: int = 0, skip_dis: int = 0) -> Offset:
    return find_offset(
        InputSpec(location=str(reference), skip=skip_ref),
        InputSpec(location=str(distorted), skip=skip_dis),
        window=2.0,
    )


def test_a_thumbnail_is_the_average_of_what_it_shrinks() -> None:
    shown = av.VideoFrame.from_ndarray(
        np.kron(np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) % 251, np.ones((4, 4))).astype(
            np.uint8
        ),
        format="gray",
    )
    expected = np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) % 251
    assert (thumbnail(shown) == expected).all()


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le", "yuv444p", "nv12", "rgb24", "gray"])
def test_thumbnails_of_all_formats_show_the_same(pix_fmt: str) -> None:
    plain, other = thumbnail(frame(3, 322, 182)), thumbnail(frame(3, 322, 182, pix_fmt))
    assert other.shape == (HEIGHT, WIDTH)
    assert np.corrcoef(plain.ravel(), other.ravel())[0, 1] > 0.999


def test_tiny_pictures_have_thumbnails_too() -> None:
    assert thumbnail(frame(0, 16, 16)).shape == (HEIGHT, WIDTH)


@pytest.mark.parametrize("shift", [-9, -1, 0, 1, 12])
def test_a_shift_is_found_whatever_the_sizes(shift: int) -> None:
    found = best_shift(thumbnails(20 + shift, 40), thumbnails(20, 40, 160, 90), 25)
    assert (found.frames, found.certain) == (shift, True)


def test_a_shift_beyond_the_window_is_not_certain() -> None:
    assert not best_shift(thumbnails(30, 40), thumbnails(0, 40), 10).certain


def test_still_pictures_leave_the_shift_uncertain() -> None:
    still = [thumbnail(frame(0, 160, 90))] * 40
    found = best_shift(still, still, 10)
    assert (found.frames, found.certain) == (0, False)


def test_black_pictures_leave_the_shift_uncertain() -> None:
    black = [np.full((HEIGHT, WIDTH), 16, np.float32)] * 30
    assert not best_shift(black, black, 10).certain


def test_different_videos_have_no_certain_shift() -> None:
    noise = np.random.default_rng(1)
    strange = [noise.random((HEIGHT, WIDTH), dtype=np.float32) * 200 for _ in range(40)]
    assert not best_shift(thumbnails(0, 40), strange, 10).certain


def test_too_few_frames_leave_the_shift_uncertain() -> None:
    assert not best_shift(thumbnails(0, 3), thumbnails(0, 3), 10).certain
    assert not best_shift([], [], 10).certain


def test_an_offset_survives_heavy_compression_scaling_and_brightness(tmp_path: Path) -> None:
    reference = write_clip(tmp_path / "ref.mkv", frames=60, width=320, height=180)
    distorted = tmp_path / "dis.mp4"
    with av.open(str(distorted), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        stream.options = {"crf": "42", "preset": "ultrafast"}
        for i in range(55):
            bright = frame(i + 5, 320, 180).reformat(160, 90, "gray").to_ndarray()
            dimmed = (bright.astype(np.float32) * 0.7 + 40).astype(np.uint8)
            shown = av.VideoFrame.from_ndarray(dimmed, format="gray").reformat(format="yuv420p")
            shown.pts = i
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    assert search(reference, distorted) == Offset(frames=-5, seconds=-0.2, certain=True)


def test_a_given_skip_is_part_of_the_search(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", frames=50, width=160, height=90)
    assert search(clip, clip, skip_ref=4) == Offset(frames=4, seconds=0.16, certain=True)
    assert search(clip, clip, skip_ref=4, skip_dis=7).frames == -3


def test_offsets_are_found_between_different_frame_rates(tmp_path: Path) -> None:
    reference = write_clip(tmp_path / "ref.mkv", frames=50, width=160, height=90)
    doubled = tmp_path / "dis.mkv"
    with av.open(str(doubled), "w") as container:
        stream = container.add_stream("libx264", rate=50)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for i in range(90):
            shown = frame(i // 2 + 5, 160, 90)
            shown.pts = i
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    assert search(reference, doubled) == Offset(frames=-5, seconds=-0.2, certain=True)


def test_turned_pictures_are_compared_as_they_are_shown(tmp_path: Path) -> None:
    upright = write_clip(tmp_path / "ref.mkv", frames=40, width=160, height=90)
    turned = tmp_path / "dis.mp4"
    with av.open(str(turned), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        stream.set_display_rotation(180)
        for i in range(40):
            shown = frame(i + 3, 160, 90).to_ndarray(format="gray")[::-1, ::-1].copy()
            upside_down = av.VideoFrame.from_ndarray(shown, format="gray")
            upside_down = upside_down.reformat(format="yuv420p")
            upside_down.pts = i
            container.mux(stream.encode(upside_down))
        container.mux(stream.encode(None))
    assert search(upright, turned) == Offset(frames=-3, seconds=-0.12, certain=True)


def test_raw_video_is_searched_at_the_rate_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "clip_160x90_gray.yuv"
    frames = [frame(i, 160, 90, "gray").to_ndarray() for i in range(40)]
    path.write_bytes(b"".join(f.tobytes() for f in frames))
    spec, late = (InputSpec(location=str(path), skip=n) for n in (0, 6))
    found = find_offset(late, spec, window=0.5, default_rate=Fraction(50))
    assert found == Offset(frames=6, seconds=0.12, certain=True)


def test_a_pipe_cannot_be_searched() -> None:
    with pytest.raises(UsageError, match="standard input: a pipe is read only once"):
        find_offset(InputSpec(location="-"), InputSpec(location="a.mp4"), window=5)


@pytest.mark.parametrize("skip", [0, 7])
def test_the_golden_pair_is_found_in_step(skip: int) -> None:
    reference = shared("golden/Seeking_30_480_1050.mp4")
    distorted = shared("golden/Seeking_10_288_375.mp4")
    found = search(reference, distorted, skip_dis=skip)
    assert (found.frames, found.certain) == (-skip, True)


def test_a_start_after_the_end_is_refused(tmp_path: Path) -> None:
    one = write_clip(tmp_path / "one.mkv", frames=12, width=64, height=48)
    other = write_clip(tmp_path / "other.mkv", frames=12, width=64, height=48, rate=50)
    specs = (InputSpec(location=str(path), start=60) for path in (one, other))
    with pytest.raises(MismatchError, match="before what is wanted"):
        find_offset(*specs, window=2)


def test_a_search_that_would_take_all_memory_is_refused() -> None:
    clip = InputSpec(location="clip.mkv")
    with pytest.raises(UsageError, match="up to 3600 s is too far"):
        find_offset(clip, clip, window=3600)
