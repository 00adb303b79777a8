"""The part of a source that probes encode and measure: contiguous windows, decoded once."""

import hashlib
import math
from bisect import bisect_left
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

import av
import numpy as np

from vmafx_core.encoders.pictures import are_even
from vmafx_core.errors import InputError, MismatchError
from vmafx_core.limits import memory_available
from vmafx_core.media.frames import FramesSource, Source
from vmafx_core.media.locations import name_of
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import ASSUMED_RATE, InputSpec, VideoInfo
from vmafx_core.notice import Notice, info
from vmafx_core.probing.windows import Window

# Containers round timestamps, some to a millisecond.
_ROUNDING = 2e-3
# Of the memory that is left, and at most, for the pictures of a sample.
_MEMORY_SHARE, _MOST_MEMORY = 1 / 4, 2 << 30


@dataclass(frozen=True, slots=True)
class Margins:
    """Pictures at either end of what is decoded that are only looked at.

    With them a window is scored as in the whole: what moves is seen from picture to picture.

    Attributes:
        before: Pictures before the first one that is encoded.
        after: Pictures after the last one.
    """

    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleWindow:
    """One window, decoded.

    Attributes:
        window: Where it is.
        spec: What it is read by.
        info: The source.
        margins: How many of its pictures are only looked at.
        count: How many pictures are encoded and measured: those between the margins.
        duration: Seconds that these are shown for.
        origin: Timestamp of the first of these.
        digest: A hash of all pictures and their times.
        held: All pictures, the time of the first encoded one being 0; never changed. None where
            they are decoded each time.
    """

    window: Window
    spec: InputSpec
    info: VideoInfo
    margins: Margins
    count: int
    duration: float
    origin: int
    digest: bytes
    held: tuple[av.VideoFrame, ...] | None

    def pictures(self) -> Generator[av.VideoFrame]:
        """The pictures to encode, their times starting at 0; to be left as they are."""
        first = self.margins.before
        yield from islice(self._all(), first, first + self.count)

    def reference(self) -> Source:
        """All pictures, margins too, to be read once."""
        if self.held is None:
            return VideoSource(self.spec, threads=0)
        return FramesSource(self.spec, self.info, self.held)

    def _all(self) -> Iterator[av.VideoFrame]:
        if self.held is not None:
            yield from self.held
            return
        with VideoSource(self.spec, threads=0) as source:
            for frame in source.frames():
                frame.pts = (frame.pts or 0) - self.origin
                yield frame


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The part of a source that is encoded and measured.

    Attributes:
        info: The source.
        windows: The windows, in order; at least one.
        whole: Whether they are all of the source.
        notices: What there is to tell.
    """

    info: VideoInfo
    windows: tuple[SampleWindow, ...]
    whole: bool
    notices: tuple[Notice, ...]

    @property
    def frames(self) -> int:
        """Pictures that are encoded and measured, over all windows."""
        return sum(w.count for w in self.windows)

    @property
    def duration(self) -> float:
        """Seconds that they are shown for."""
        return sum(w.duration for w in self.windows)

    @property
    def digest(self) -> str:
        """A hash of the pictures of all windows and of how they are split."""
        return hashlib.sha256(b"".join(w.digest for w in self.windows)).hexdigest()


def memory_budget() -> int:
    """Bytes of pictures to hold: 2 GiB, or a quarter of what is available where that is less."""
    available = memory_available()
    return _MOST_MEMORY if available is None else min(_MOST_MEMORY, int(available * _MEMORY_SHARE))


def load_sample(
    spec: InputSpec,
    windows: tuple[Window, ...],
    margins: Margins,
    *,
    interval: Fraction,
    budget: int,
    whole: bool,
) -> Generator[int, None, Sample]:
    """Decode the windows of a source.

    Args:
        spec: The source.
        windows: Its windows, in order.
        margins: Pictures to look at around each, as far as there are any.
        interval: Seconds from one picture to the next.
        budget: Bytes of pictures to hold; windows beyond are decoded each time they are used.
        whole: Whether the windows are all of the source.

    Yields:
        How many pictures have been decoded.

    Raises:
        InputError: The source cannot be read.
    """
    loaded: list[SampleWindow] = []
    notices: list[Notice] = []
    left, done = budget, 0
    for window in windows:
        reading = _Reading(spec, window, margins, interval, left)
        with VideoSource(reading.spec, threads=0) as source:
            try:
                for frame in source.frames():
                    reading.add(frame)
                    done += 1
                    yield done
            except MismatchError:
                continue  # it is shorter than it says, and ends before this window
            notices += source.notices
            if part := reading.result(source):
                loaded.append(part)
                left -= reading.held_bytes if part.held else 0
    name = name_of(spec.location)
    if not loaded:
        raise InputError(
            f"{name}: has no pictures in the part that is sampled",
            "Begin earlier: --start decides.",
        )
    again = sum(w.count for w in loaded if w.held is None)
    if again:
        text = (
            f"{name}: {again} of {sum(w.count for w in loaded)} sampled pictures are decoded anew "
            f"for each probe, as they need more than {budget / (1 << 20):.0f} MiB"
        )
        notices.append(info("sample-not-held", text))
    about = loaded[0].info
    if any(w.info.variable_rate for w in loaded):  # found out by its pictures
        about = replace(about, variable_rate=True)
        loaded = [replace(w, info=about) for w in loaded]
    return Sample(about, tuple(loaded), whole, tuple(dict.fromkeys(notices)))


class _Reading:
    """The pictures of one window and around it, as they come.

    Args:
        spec: The source.
        window: The window.
        margins: Pictures to look at around it.
        interval: Seconds from one picture to the next.
        budget: Bytes that may be held.

    Attributes:
        spec: What reads these pictures.
        held_bytes: Bytes that they take.
    """

    def __init__(
        self,
        spec: InputSpec,
        window: Window,
        margins: Margins,
        interval: Fraction,
        budget: int,
    ) -> None:
        self._window = window
        self._budget = budget
        self._interval = float(interval)
        self._first = spec.start + window.start
        self._end = math.inf if window.duration is None else self._first + window.duration
        # Half a picture more, so that rounding leaves none out.
        start = max(spec.start, self._first - (margins.before + 0.5) * self._interval)
        end = self._end + (margins.after + 0.5) * self._interval
        if spec.duration is not None:
            end = min(end, spec.start + spec.duration)
        duration = None if end == math.inf else end - start
        self.spec = replace(spec, start=start, duration=duration)
        self._held: list[av.VideoFrame] = []
        self._times: list[tuple[int, float]] = []
        self._base = Fraction(1)
        self._hash = hashlib.sha256()
        self.held_bytes = 0

    def add(self, frame: av.VideoFrame) -> None:
        """Take the next picture."""
        self._times.append((frame.pts or 0, float(frame.time or 0.0)))
        self._base = Fraction(frame.time_base.num, frame.time_base.den)
        for index, plane in enumerate(frame.planes):
            rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
            self._hash.update(np.ascontiguousarray(rows[:, : _row_bytes(frame, index)]))
            self.held_bytes += plane.buffer_size
        if self.held_bytes <= self._budget:
            self._held.append(frame)
        else:
            self._held.clear()

    def result(self, source: VideoSource) -> SampleWindow | None:
        """The window, after its last picture; None where it has none."""
        times = [time for _, time in self._times]
        first = bisect_left(times, self._first - _ROUNDING)
        last = bisect_left(times, self._end - _ROUNDING)
        if first == last:
            return None
        origin, begin = self._times[first]
        after = times[last] if last < len(times) else times[last - 1] + self._interval
        shown = [round(time - begin, 4) for time in times]
        self._hash.update(f"{first} {last} {shown}".encode())
        held = None
        if self._held:
            for frame in self._held:
                frame.pts = (frame.pts or 0) - origin
            held = tuple(self._held)
        return SampleWindow(
            window=self._window,
            spec=self.spec,
            info=self._about(source.info),
            margins=Margins(first, len(times) - last),
            count=last - first,
            duration=after - begin,
            origin=origin,
            digest=self._hash.digest(),
            held=held,
        )

    def _about(self, source: VideoInfo) -> VideoInfo:
        """The source, by what its container says and by the times of these pictures."""
        times = [pts for pts, _ in self._times]
        even = are_even(times, self._base, source.frame_rate or ASSUMED_RATE)
        return replace(source, variable_rate=source.variable_rate or not even)


def _row_bytes(frame: av.VideoFrame, plane: int) -> int:
    """Bytes that a row of a plane takes, without what pads it."""
    samples = sum(-(-c.bits // 8) for c in frame.format.components if c.plane == plane)
    view = frame.planes[plane]
    return min(view.width * samples, view.line_size)
