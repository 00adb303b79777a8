"""Pictures are divided into stretches that end with a scene."""

from collections.abc import Iterator
from itertools import pairwise

import av
import numpy as np

from vmafx_core.chunks.dividing import divided


def _shots(*lengths: int) -> Iterator[av.VideoFrame]:
    """Shots of plain grey, each lighter than the one before; pictures have their number as pts."""
    number = 0
    for shot, length in enumerate(lengths):
        for _ in range(length):
            picture = np.full((48, 32), 20 + 60 * (shot % 4), np.uint8)
            taken = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            taken.pts = number
            number += 1
            yield taken


def _stretches(pictures: Iterator[av.VideoFrame]) -> list[list[int | None]]:
    parts = divided(pictures, shortest=20, longest=40, shot=5)
    return [[picture.pts for picture in part] for part in parts]


def _numbers(*lengths: int) -> list[list[int]]:
    borders = np.cumsum([0, *lengths]).tolist()
    return [list(range(*pair)) for pair in pairwise(borders)]


def test_a_stretch_ends_with_the_scene_that_goes_on_when_it_is_long_enough() -> None:
    assert _stretches(_shots(12, 15, 30, 20)) == _numbers(27, 30, 20)


def test_a_scene_that_goes_on_and_on_is_divided_all_the_same() -> None:
    assert _stretches(_shots(90)) == _numbers(40, 40, 10)


def test_what_is_shorter_than_a_stretch_is_one() -> None:
    assert _stretches(_shots(3)) == _numbers(3)
    assert _stretches(_shots(30)) == _numbers(30)
    assert _stretches(_shots(40)) == _numbers(40)


def test_nothing_makes_no_stretch() -> None:
    assert _stretches(_shots()) == []


def test_what_follows_a_stretch_is_divided_as_if_all_were_read() -> None:
    lengths = (12, 15, 30, 40, 60)
    whole = _stretches(_shots(*lengths))
    for done in range(1, len(whole)):
        first = whole[done][0]
        rest = (picture for picture in _shots(*lengths) if (picture.pts or 0) >= (first or 0))
        assert _stretches(rest) == whole[done:]
