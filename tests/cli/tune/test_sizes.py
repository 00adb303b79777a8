"""The sizes of a ladder."""

from dataclasses import replace
from fractions import Fraction

import pytest

from vmafx_cli.tune.sizes import ladder_sizes, parse_resolutions
from vmafx_core.errors import UsageError
from vmafx_core.media.types import Chroma, VideoInfo

_SOURCE = VideoInfo(
    location="movie.mkv",
    container="matroska",
    codec="h264",
    width=1920,
    height=1080,
    coded_width=1920,
    coded_height=1088,
    pix_fmt="yuv420p",
    chroma=Chroma.C420,
    depth=8,
    frame_rate=Fraction(25),
    variable_rate=False,
    frame_count=None,
    duration=None,
    bit_rate=None,
    color_range=None,
    matrix=None,
    primaries=None,
    transfer=None,
    rotation=0,
    interlaced=False,
    sample_aspect=Fraction(1),
)


def test_heights_and_sizes_can_be_mixed() -> None:
    assert parse_resolutions("1080, 720p,960x540") == (1080, 720, (960, 540))


@pytest.mark.parametrize("text", ["", "1080,", "full", "0", "0x540", "1080i", "-720"])
def test_what_is_no_resolution_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a resolution"):
        parse_resolutions(text)


def test_standard_sizes_begin_with_the_source() -> None:
    sizes, notices = ladder_sizes((), _SOURCE)

    assert sizes == ((1920, 1080), (1280, 720), (960, 540), (640, 360), (480, 270), (320, 180))
    assert notices == ()


def test_widths_follow_the_aspect_and_all_sides_are_even() -> None:
    wide = replace(_SOURCE, width=641, height=273)

    assert ladder_sizes((273, 135), wide)[0] == ((640, 272), (318, 136))


def test_the_height_of_upright_video_is_its_width() -> None:
    upright = replace(_SOURCE, width=1080, height=1920)

    assert ladder_sizes((720,), upright)[0] == ((720, 1280),)


def test_what_is_above_the_source_becomes_its_size_once_with_a_notice() -> None:
    sizes, notices = ladder_sizes((2160, 1440, 720), _SOURCE)

    assert sizes == ((1920, 1080), (1280, 720))
    assert [n.text for n in notices] == [
        "movie.mkv: 2160 is above its 1920x1080, which is used",
        "movie.mkv: 1440 is above its 1920x1080, which is used",
    ]


def test_a_size_that_no_encoder_takes_is_refused() -> None:
    with pytest.raises(UsageError, match=r"movie\.mkv: 16 is too small"):
        ladder_sizes((1080, 16), _SOURCE)
