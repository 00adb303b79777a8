"""What the timestamps of a stream tell: an even rate or not, holes, and an end that is too early.

Demuxers look for the next sound packet after a damaged one and say nothing. Where a container
declares when its pictures end, an earlier end is an error. A hole in the middle is a warning only:
recordings of live video have true ones.
"""

import re
from fractions import Fraction
from itertools import islice, pairwise

import av
from av.video.stream import VideoStream

from vmafx_core.errors import InputError
from vmafx_core.media.locations import name_of
from vmafx_core.media.opened import Opened
from vmafx_core.notice import Notice, counted, warning

# How far, in frames, timestamps of an even stream stray from the grid that they are rounded to.
_UNEVEN = 0.1
# Frames that have to be missing at the end, and in the middle, to be missed.
_SHORT, _HOLE = 1.5, 0.6
_AV_SECOND = 1_000_000
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


class Timeline:
    """Follows the timestamps of the pictures that come out of a decoder.

    Args:
        opened: The input.
        location: What to call it.
    """

    def __init__(self, opened: Opened, location: str) -> None:
        self._opened = opened
        self._name = name_of(location)
        rate = rate_of(opened.stream)
        self._interval = 1 / float(rate) if rate else 0.0
        self._even = bool(rate) and not is_variable(opened.stream)
        self._last: float | None = None
        self._longest = 0.0
        self._told = False

    def add(self, frame: av.VideoFrame) -> Notice | None:
        """Take the next picture into account; returns a warning at the first hole."""
        now, last = frame.time if frame.pts is not None else None, self._last
        self._last = now
        if last is None and comes_in_fields(self._opened.stream, frame):
            self._interval = 2 / float(rate_of(self._opened.stream) or 1)
        if now is None or last is None:
            return None
        self._longest = max(self._longest, now - last)
        if not self._even or self._told:
            return None
        missing = (now - last) / self._interval - 1
        if missing < _HOLE:
            return None
        self._told = True
        count = round(missing)
        lost = f"{counted(count, 'picture')} {'seems' if count == 1 else 'seem'} to be missing"
        text = f"{self._name}: {lost} {last:.2f} s into it"
        return warning("gap", text)

    def check_end(self) -> None:
        """Check, after the last picture, that it is the last one that the container declares.

        Raises:
            InputError: It is not.
        """
        declared = _declared_end(self._opened)
        if declared is None or self._last is None or not self._interval:
            return
        # The last of unevenly spaced pictures may be shown for as long as any other.
        interval = self._interval if self._even else max(self._interval, self._longest)
        end = self._last + interval
        if declared - end > _SHORT * interval:
            raise InputError(
                f"{self._name}: its pictures end at {end:.2f} s, and it says that they last until "
                f"{declared:.2f} s",
                "It is damaged or cut short; --duration can end before that.",
            )


def rate_of(stream: VideoStream) -> Fraction | None:
    """Frames a second of a stream, as its container has it; None where it says nothing.

    AVI that counts time in ticks finer than a frame has empty places between its frames. FFmpeg
    takes each tick for a frame then, and only its guess looks at the frames themselves.
    """
    average, guess = stream.average_rate, stream.guessed_rate
    ticks = bool(average) and average * stream.time_base == 1
    rate = guess if not average or (ticks and guess and guess < average) else average
    return Fraction(rate.numerator, rate.denominator) if rate else None


def comes_in_fields(stream: VideoStream, frame: av.VideoFrame) -> bool:
    """Whether a container counts both fields of each picture, as of H.264 with a packet for each.

    Args:
        stream: The stream.
        frame: Its first picture.
    """
    told, coded = rate_of(stream), stream.codec_context.framerate
    return bool(
        frame.interlaced_frame
        and told
        and coded
        and told == 2 * Fraction(coded.numerator, coded.denominator)
    )


def is_variable(stream: VideoStream) -> bool:
    """Whether the frames of a stream are unevenly spaced, as far as its container tells."""
    entries = stream.index_entries
    if stream.frames and len(entries) == stream.frames:
        # An edit list may cut into the first and the last frame. NumPy is not loaded yet, and
        # would be before anything can be decoded.
        times = islice((entry.timestamp for entry in entries), 1, len(entries) - 1)
        steps = sorted(after - before for before, after in pairwise(times))
        return bool(steps) and steps[-1] - steps[0] > _UNEVEN * max(steps[len(steps) // 2], 1)
    average, base = rate_of(stream), stream.base_rate
    if not average or not base:
        return False
    ratio = float(base) / float(average)
    # Interlaced streams tick once a field: twice the frame rate is as even as once.
    return min(abs(ratio - 1), abs(ratio - 2)) > _UNEVEN


def _declared_end(opened: Opened) -> float | None:
    """Seconds at which the container says that its pictures end; None where it does not."""
    stream, container = opened.stream, opened.container
    name = container.format.name
    if name in {"avi", "mxf"} and stream.duration:
        base = stream.time_base
        return float(stream.duration * Fraction(base.num, base.den))
    if "matroska" in name and (clock := _CLOCK.match(stream.metadata.get("DURATION", ""))):
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
    if ("matroska" in name or name in {"flv", "nut"}) and len(container.streams) == 1:
        return container.duration / _AV_SECOND if container.duration else None
    return None
