"""How much of a source is read is known beforehand, as far as its container says it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from support.results import video
from vmafx_core.media.extent import frames_read, length_read
from vmafx_core.media.types import InputSpec

_WHOLE = InputSpec(location="movie.mkv")
_ABOUT = replace(video("movie.mkv"), frame_rate=Fraction(25), frame_count=250, duration=10.0)


@pytest.mark.parametrize(
    ("part", "seconds", "frames"),
    [
        ({}, 10.0, 250),
        ({"start": 4.0}, 6.0, 150),
        ({"start": 4.0, "duration": 2.0}, 2.0, 50),
        ({"start": 9.0, "duration": 5.0}, 1.0, 25),
        ({"start": 11.0}, 0.0, 0),
        ({"skip": 30}, 10.0, 220),
        ({"duration": 1.0, "skip": 30}, 1.0, 25),
    ],
)
def test_a_part_is_as_long_as_it_can_be(
    part: dict[str, float], seconds: float, frames: int
) -> None:
    source = replace(_WHOLE, **part)  # type: ignore[arg-type]
    assert length_read(source, _ABOUT) == seconds
    assert frames_read(source, _ABOUT) == frames


def test_what_a_container_does_not_say_is_computed_or_unknown() -> None:
    assert frames_read(_WHOLE, replace(_ABOUT, frame_count=None)) == 250
    assert length_read(_WHOLE, replace(_ABOUT, duration=None)) == 10.0
    lacking = replace(_ABOUT, frame_count=None, duration=None)
    assert (length_read(_WHOLE, lacking), frames_read(_WHOLE, lacking)) == (None, None)
    assert frames_read(replace(_WHOLE, duration=2.0), lacking) == 50
    assert frames_read(_WHOLE, replace(_ABOUT, frame_rate=None)) == 250
