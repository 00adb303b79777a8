import re
from fractions import Fraction

import pytest

from vmafx_cli.options import values
from vmafx_core.errors import UsageError
from vmafx_core.media.types import Crop
from vmafx_core.scoring.request import Sync


def test_a_size_is_width_by_height() -> None:
    assert values.size("1920x1080") == (1920, 1080)


def test_a_crop_is_a_size_and_a_place() -> None:
    assert values.crop("1920x800+0+140") == Crop(1920, 800, 0, 140)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("25", Fraction(25)), ("29.97", Fraction(2997, 100)), ("30000/1001", Fraction(30000, 1001))],
)
def test_a_frame_rate_is_a_number_or_a_ratio(text: str, rate: Fraction) -> None:
    assert values.frame_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "time"),
    [("0", 0.0), ("12.5", 12.5), (".5", 0.5), ("1:30", 90.0), ("01:02:03.25", 3723.25)],
)
def test_a_time_is_seconds_or_a_clock(text: str, time: float) -> None:
    assert values.seconds(text) == time


@pytest.mark.parametrize(
    ("text", "sync"),
    [("off", Sync()), ("auto", Sync(auto=True)), ("3", Sync(offset=3)), ("-2", Sync(offset=-2))],
)
def test_sync_is_off_auto_or_a_number_of_frames(text: str, sync: Sync) -> None:
    assert values.sync(text) == sync


@pytest.mark.parametrize(
    ("text", "rate"),
    [("6M", 6e6), ("800k", 8e5), ("2500000", 2.5e6), ("1.5Mbps", 1.5e6), (".5G", 5e8)],
)
def test_a_bit_rate_may_have_a_prefix(text: str, rate: float) -> None:
    assert values.bit_rate(text) == rate


def test_an_assignment_is_a_key_and_all_behind_the_first_sign() -> None:
    assert values.assignment("x265-params=aq-mode=3") == ("x265-params", "aq-mode=3")
    assert values.assignment("tune=") == ("tune", "")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.size, "1920"),
        (values.size, "0x1080"),
        (values.size, "1920x-1"),
        (values.crop, "1920x800"),
        (values.crop, "0x800+0+0"),
        (values.frame_rate, "0"),
        (values.frame_rate, "25/0"),
        (values.frame_rate, "fast"),
        (values.seconds, "-1"),
        (values.seconds, "1:"),
        (values.seconds, "nan"),
        (values.positive_seconds, "0"),
        (values.size, "9999999999x2"),
        (values.crop, "2x2+9999999999+0"),
        (values.frame_rate, "1e999999999"),
        (values.frame_rate, "99999999999"),
        (values.frame_rate, "3000000000/1"),
        (values.frame_rate, "2999999999.5"),
        (values.seconds, "999999999999999999999999999"),
        (values.seconds, "10000:00:01"),
        (values.seconds, "9" * 5000 + ":00:00"),
        (values.sync, "99999999999"),
        (values.sync, "on"),
        (values.sync, "1.5"),
        (values.bit_rate, "fast"),
        (values.bit_rate, "0k"),
        (values.bit_rate, "-1M"),
        (values.bit_rate, "6T"),
        (values.positive, "0"),
        (values.positive, "nan"),
        (values.positive, "inf"),
        (values.assignment, "crf"),
        (values.assignment, "=5"),
    ],
)
def test_anything_else_is_refused_by_its_own_words(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(UsageError, match=re.escape(repr(text))):
        read(text)
