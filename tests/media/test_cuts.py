"""Scene cuts are found where they are, and not where there is motion, noise, a fade or a flash."""

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
import pytest

from support.data import shared
from vmafx_core.media.cuts import CutDetector, shortest_shot
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import frame

_SHORTEST = 12
_SIZE = (160, 120)
_GENERATOR = np.random.default_rng(1)


def _solid(luma: int, count: int, chroma: int = 128, noise: int = 0) -> Iterator[av.VideoFrame]:
    for _ in range(count):
        samples = np.full((180, 160), chroma, np.int16)
        samples[:120] = luma
        if noise:
            samples[:120] += _GENERATOR.integers(-noise, noise + 1, (120, 160), np.int16)
        yield av.VideoFrame.from_ndarray(samples.clip(0, 255).astype(np.uint8), format="yuv420p")


def _waves(first: int, count: int, pix_fmt: str = "yuv420p") -> Iterator[av.VideoFrame]:
    for index in range(first, first + count):
        yield frame(index, *_SIZE, pix_fmt)


def _media(name: str, start: float = 0.0, count: int = 1000) -> Iterator[av.VideoFrame]:
    spec = InputSpec(location=str(shared(f"media/{name}")), start=start)
    with VideoSource(spec, threads=2) as source:
        for _, picture in zip(range(count), source.frames(), strict=False):
            yield picture


def _cuts(*clips: Iterator[av.VideoFrame]) -> list[int]:
    detector = CutDetector(_SHORTEST)
    pictures = (picture for clip in clips for picture in clip)
    cuts = [cut for picture in pictures if (cut := detector.push(picture)) is not None]
    return cuts + detector.flush()


def test_the_cuts_of_joined_clips_are_the_joints() -> None:
    clips = (
        _media("carphone_pristine.mp4", count=40),
        _media("bigbuckbunny.mp4", count=30),
        _media("bikes.mp4", start=0.0, count=25),
    )
    assert _cuts(*clips) == [40, 70]


def test_the_cuts_of_an_edited_film_are_found() -> None:
    assert _cuts(_media("bikes.mp4")) == [30, 76, 137, 187, 242]


@pytest.mark.parametrize("name", ["bigbuckbunny.mp4", "carphone_pristine.mp4"])
def test_one_shot_has_no_cut(name: str) -> None:
    assert _cuts(_media(name)) == []


def test_pictures_of_any_depth_are_compared_alike() -> None:
    assert _cuts(_solid(40, 20), _waves(0, 20, "yuv420p10le")) == [20]


def test_a_change_of_colour_alone_is_a_cut() -> None:
    assert _cuts(_solid(100, 20, chroma=90), _solid(100, 20, chroma=160)) == [20]


def test_a_cut_near_the_end_is_found() -> None:
    assert _cuts(_waves(0, 20), _solid(16, 1)) == [20]


def test_a_fade_is_no_cut() -> None:
    fade = (picture for luma in range(200, 16, -8) for picture in _solid(luma, 1))
    assert _cuts(_solid(200, 20), fade, _solid(16, 20)) == []


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_flash_is_no_cut(length: int) -> None:
    assert _cuts(_waves(0, 20), _solid(235, length), _waves(20, 20)) == []


def test_a_still_has_no_cut() -> None:
    assert _cuts(_solid(90, 40)) == []


def test_noise_is_no_cut_and_hides_none() -> None:
    assert _cuts(_solid(80, 20, noise=60), _solid(180, 20, noise=60)) == [20]


def test_fast_motion_is_no_cut() -> None:
    fast = (frame(index * 9, *_SIZE) for index in range(40))
    assert _cuts(fast) == []


def test_a_shot_is_never_shorter_than_asked() -> None:
    flicker = (picture for i in range(12) for picture in _solid(30 + 180 * (i % 2), 5))
    cuts = _cuts(flicker)
    shots = np.diff([0, *cuts])
    assert cuts
    assert (shots >= _SHORTEST).all()


def test_cuts_are_told_while_pictures_stream() -> None:
    detector = CutDetector(_SHORTEST)
    told = [detector.push(p) for clip in (_waves(0, 20), _solid(16, 20)) for p in clip]
    assert [(at, cut) for at, cut in enumerate(told) if cut is not None] == [(23, 20)]
    assert detector.flush() == []


def test_nothing_is_cut_in_nothing() -> None:
    assert _cuts() == []
    assert _cuts(_solid(50, 1)) == []


def test_the_shortest_shot_is_half_a_second() -> None:
    assert shortest_shot(None) == 12
    assert shortest_shot(Fraction(60)) == 30
