"""The shots of a source, with the exact times of its frames."""

import time
from array import array
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

import av

from vmafx_core.chunks.encoding import identity_of, not_where_it_was
from vmafx_core.encoders.hdr import Hdr, hdr_of
from vmafx_core.media.cuts import CutDetector, shortest_shot
from vmafx_core.media.extent import frames_read
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import ASSUMED_RATE, InputSpec, VideoInfo
from vmafx_core.probing.events import Advanced, TuneEvent
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told

_TELL_EVERY = 0.25
# Shots that are longer than a window by no more than this are measured as a whole.
_SHORT = 1.5


@dataclass(frozen=True, slots=True)
class Shot:
    """A run of frames from one cut to the next.

    Attributes:
        start_frame: Its first frame, counted from 0 with the first frame that is read.
        end_frame: The frame after its last one.
        start: Seconds from the first picture of the video to its first frame.
        end: Seconds to where its last frame ends.
    """

    start_frame: int
    end_frame: int
    start: float
    end: float

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.end_frame - self.start_frame

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A source, read once from beginning to end.

    Attributes:
        spec: Where it is.
        info: What it turned out to be.
        identity: What tells it from another file, or from an older version of this one.
        times: Timestamps of its frames, in order, in `time_base`.
        time_base: Seconds that one tick of `times` is.
        shots: Its shots, in order; together they are all of it.
        hdr: Its HDR10 metadata, as far as they are known at its first frame.
    """

    spec: InputSpec
    info: VideoInfo
    identity: str
    times: Sequence[int]
    time_base: Fraction
    shots: tuple[Shot, ...]
    hdr: Hdr | None = None

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return len(self.times)

    @property
    def duration(self) -> float:
        """Seconds that its frames last."""
        return self.shots[-1].end - self.shots[0].start

    @property
    def shown(self) -> list[int]:
        """Timestamps of its frames from the first one that is read."""
        return [time - self.times[0] for time in self.times]

    @property
    def end(self) -> int:
        """The timestamp, from there too, at which its last frame ends."""
        return round(Fraction(self.duration) / self.time_base)

    @property
    def whole(self) -> Shot:
        """All of it as one shot."""
        return Shot(0, self.frames, self.shots[0].start, self.shots[-1].end)

    def window(self, shot: Shot, longest: float | None) -> Window:
        """The part of `spec` that stands for a shot: all, or the middle `longest` seconds of it."""
        start = shot.start - self.spec.start
        if longest is None or shot.duration <= _SHORT * longest:
            return Window(start, shot.duration)
        return Window(start + (shot.duration - longest) / 2, longest)

    def pictures(self, shot: Shot, *, threads: int) -> Generator[av.VideoFrame]:
        """The frames of a shot, decoded.

        Raises:
            InputError: They are not what they were when the shots were found.
        """
        spec = replace(self.spec, start=shot.start, duration=None, skip=0)
        wanted = self.times[shot.start_frame : shot.end_frame]
        with VideoSource(spec, threads=threads) as source:
            given = 0
            for picture, pts in zip(islice(source.frames(), len(wanted)), wanted, strict=False):
                if picture.pts != pts:
                    break
                given += 1
                yield picture
        if given < len(wanted):
            raise not_where_it_was(self.spec, shot.start_frame + given)


def read_film(spec: InputSpec) -> Generator[TuneEvent[Any], None, Film]:
    """Read a source from beginning to end, and find its shots; returns them.

    Yields:
        `Advanced` while it reads, then `Told` for what there is to tell.

    Raises:
        InputError: The source cannot be read or decoded.
    """
    began = told = time.monotonic()
    times = array("q")
    cuts: list[int] = []
    with VideoSource(spec, threads=0) as source:
        total = frames_read(spec, source.info)
        detector = CutDetector(shortest_shot(source.info.frame_rate))
        time_base, lasts, hdr = Fraction(1), 0, None
        for picture in source.frames():
            if not times:
                hdr = hdr_of(picture)
            time_base = Fraction(picture.time_base.num, picture.time_base.den)
            times.append(picture.pts or 0)
            lasts = picture.duration
            if (cut := detector.push(picture)) is not None:
                cuts.append(cut)
            if (now := time.monotonic()) - told >= _TELL_EVERY:
                told = now
                yield _advanced(len(times), total, now - began)
        cuts += detector.flush()
        yield _advanced(len(times), total, time.monotonic() - began)
        yield from (Told(notice) for notice in source.notices)
        info = source.info
    interval = lasts * time_base or 1 / (info.frame_rate or ASSUMED_RATE)
    if cuts and len(times) - cuts[-1] < shortest_shot(info.frame_rate):
        cuts.pop()  # what is left after it is too short for a shot of its own
    seconds = [float(times[cut] * time_base) for cut in (0, *cuts)]
    seconds.append(float(times[-1] * time_base + interval))
    frames = (0, *cuts, len(times))
    shots = tuple(
        Shot(first, last, start, end)
        for (first, last), (start, end) in zip(pairwise(frames), pairwise(seconds), strict=True)
    )
    return Film(spec, info, identity_of(spec), times, time_base, shots, hdr)


def _advanced(done: int, total: int | None, seconds: float) -> Advanced:
    return Advanced(phase="detecting", done=done, total=total, seconds=seconds)
