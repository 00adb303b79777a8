"""How the values of options are written: sizes, rectangles, rates, times and offsets."""

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from vmafx_core.errors import UsageError
from vmafx_core.media.types import Crop
from vmafx_core.scoring.request import Sync

if TYPE_CHECKING:
    from vmafx_core.scoring.requirements import Requirement

MOST_FRAMES = 2**31 - 1
"""What a number of frames can be; FFmpeg's own counts end there too."""
MOST_STREAMS = 65535
LARGEST_SIDE = 65535
_LONGEST = 10_000 * 3600
"""Seconds; the clocks of all containers can count as far."""

_SIZE = re.compile(r"(\d{1,9})[xX](\d{1,9})")
_CROP = re.compile(r"(\d{1,9})[xX](\d{1,9})\+(\d{1,9})\+(\d{1,9})")
_BIT_RATE = re.compile(r"(\d{0,9}\.?\d{1,9})([kKmMgG]?)(?:bps|b/s|bit/s)?")
_BYTE_COUNT = re.compile(r"[0-9]{1,18}")
_PREFIXES = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9}
_RATE = re.compile(r"\d{0,9}\.?\d{1,9}|\d{1,9}\.|\d{1,9}/\d{1,9}")
_CLOCK = re.compile(r"(?:(?:(?P<hours>\d+):)?(?P<minutes>\d+):)?(?P<seconds>\d+(?:\.\d*)?|\.\d+)")


class Size(NamedTuple):
    """Width and height in samples."""

    width: int
    height: int


class Assignment(NamedTuple):
    """The name of something, and its value."""

    key: str
    value: str


_BYTES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def size(text: str) -> Size:
    """Read WIDTHxHEIGHT, such as "1920x1080".

    Raises:
        UsageError: If the text is anything else, or a side is 0.
    """
    found = _SIZE.fullmatch(text)
    if found is None or not (int(found[1]) and int(found[2])):
        raise UsageError(f"{text!r} is not a size; write WIDTHxHEIGHT, such as 1920x1080")
    return Size(int(found[1]), int(found[2]))


def crop(text: str) -> Crop:
    """Read WIDTHxHEIGHT+X+Y, such as "1920x800+0+140".

    Raises:
        UsageError: If the text is anything else, or a side is 0.
    """
    found = _CROP.fullmatch(text)
    if found is None or not (int(found[1]) and int(found[2])):
        raise UsageError(f"{text!r} is not a crop; write WIDTHxHEIGHT+X+Y, such as 1920x800+0+140")
    return Crop(*map(int, found.groups()))


def frame_rate(text: str) -> Fraction:
    """Read a frame rate: "25", "29.97" or "30000/1001".

    Raises:
        UsageError: If the text is no positive number or ratio.
    """
    try:
        rate = Fraction(text) if _RATE.fullmatch(text) else Fraction(0)
    except ZeroDivisionError:
        rate = Fraction(0)
    # FFmpeg has 32 bits for either half of a ratio.
    if rate <= 0 or max(rate.as_integer_ratio()) >= 2**31:
        raise UsageError(f"{text!r} is not a frame rate; write one such as 25 or 30000/1001")
    return rate


def seconds(text: str) -> float:
    """Read a time: "12.5" seconds, "1:30" or "1:02:30.5".

    Raises:
        UsageError: If the text is anything else, or is longer than any video.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is not a time; write seconds, MM:SS or HH:MM:SS")
    minutes = 60 * float(found["hours"] or 0) + float(found["minutes"] or 0)
    value = 60 * minutes + float(found["seconds"])
    if value > _LONGEST:
        raise UsageError(f"{text!r} is too long a time; at most 10000 hours can be given")
    return value


def positive_seconds(text: str) -> float:
    """Read a time that is longer than nothing.

    Raises:
        UsageError: If the text is no time, or is 0.
    """
    value = seconds(text)
    if math.isclose(value, 0):
        raise UsageError(f"{text!r} must be more than 0")
    return value


def positive(text: str) -> float:
    """Read a number that is more than 0.

    Raises:
        UsageError: If the text is no finite number, or is 0 or less.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise UsageError(f"{text!r} is not a number above 0")
    return value


def bit_rate(text: str) -> float:
    """Read bits a second: "6M", "800k", "2500000".

    Raises:
        UsageError: If the text is anything else, or 0.
    """
    found = _BIT_RATE.fullmatch(text)
    value = float(found[1]) * _PREFIXES[found[2].lower()] if found else 0.0
    if value <= 0:
        raise UsageError(f"{text!r} is not a bit rate; write one such as 6M or 800k")
    return value


def byte_size(text: str) -> int:
    """Read a number of bytes: 500000, 64K, 256M, 2G.

    Raises:
        UsageError: If the text is anything else.
    """
    number, unit = (text[:-1], text[-1:].upper()) if text[-1:].isalpha() else (text, "")
    if not _BYTE_COUNT.fullmatch(number) or unit not in _BYTES or not int(number):
        raise UsageError(f"{text!r} is no size", "Write bytes, or such as 64K, 256M, 2G.")
    return int(number) * _BYTES[unit]


def assignment(text: str) -> Assignment:
    """Read KEY=VALUE; the value may hold further signs of equality.

    Raises:
        UsageError: If there is no key, or no sign of equality.
    """
    key, sign, value = text.partition("=")
    if not (key and sign):
        raise UsageError(f"{text!r} is not an option with its value; write KEY=VALUE")
    return Assignment(key, value)


def sync(text: str) -> Sync:
    """Read how starts are aligned: "off", "auto", or an offset in frames such as "3" or "-2".

    Raises:
        UsageError: If the text is anything else.
    """
    if text == "off":
        return Sync()
    if text == "auto":
        return Sync(auto=True)
    try:
        offset = int(text)
    except ValueError:
        raise UsageError(f"{text!r} is not off, auto or a number of frames") from None
    if abs(offset) > MOST_FRAMES:
        raise UsageError(f"{text!r} is too many frames; at most {MOST_FRAMES} can be given")
    return Sync(offset=offset)


def target(text: str) -> "Requirement":
    """Read a target: a requirement such as "vmaf:p5>=88", or a number for the mean VMAF.

    Raises:
        UsageError: If the text is neither, or names no pool that there is.
    """
    from vmafx_core.probing.targets import parse_target  # loads libvmaf's catalogue

    return parse_target(text)


def encoder(text: str) -> str:
    """Read the name of an encoder.

    Raises:
        UnknownNameError: If there is none of that name.
    """
    from vmafx_core.encoders.catalogue import find_encoder  # few commands encode

    return find_encoder(text).name


def pixel_format(text: str) -> str:
    """Read a pixel format by FFmpeg's name.

    Raises:
        UnknownNameError: If there is none of that name that can be scored.
    """
    from vmafx_core.media.pixels import pixels  # loads FFmpeg

    pixels(text)
    return text
