"""Encoding a whole source as stretches that are kept, so that an interrupted run goes on with them.

A stretch is so long that the key frame which begins it costs next to nothing. All have one setting,
so that they are joined without encoding again.
"""

import json
import math
import sys
from array import array
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count, islice, takewhile
from pathlib import Path
from typing import Any, Self

import av

from vmafx_core.chunks.dividing import divided
from vmafx_core.chunks.encoding import encode_kept, not_where_it_was
from vmafx_core.chunks.joining import Part, join
from vmafx_core.chunks.progress import Progress
from vmafx_core.chunks.workplace import finish, unfinished
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.hdr import hdr_of
from vmafx_core.encoders.pictures import Ticks, are_even
from vmafx_core.media.cuts import shortest_shot
from vmafx_core.media.extent import frames_read
from vmafx_core.media.source import ROUNDING, VideoSource
from vmafx_core.media.types import ASSUMED_RATE, InputSpec, VideoInfo
from vmafx_core.probing.events import TuneEvent
from vmafx_core.probing.parallel import Running, run_jobs
from vmafx_core.probing.points import Point

SHORTEST = 1500
"""Pictures after which a stretch ends with a scene, where a key frame costs least."""
LONGEST = 3000
"""Most pictures of a stretch."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A finished stretch.

    Attributes:
        path: The file that holds its video.
        times: Timestamps that its pictures have in the source, then the one where the last ends.
        base: Seconds that one tick of them is.
    """

    path: Path
    times: Sequence[int]
    base: Fraction

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return len(self.times) - 1

    @classmethod
    def kept(cls, path: Path) -> Self | None:
        """What an earlier run has left under this name; None where it did not finish it."""
        if not path.exists():
            return None
        try:
            told = json.loads(_note(path).read_text(encoding="ascii"))
            return cls(path, array("q", told["times"]), Fraction(told["base"]))
        except (OSError, ValueError, KeyError):
            return None

    def keep(self) -> None:
        """Note down what its file does not say, for a later run.

        Raises:
            WorkError: That cannot be written.
        """
        note = _note(self.path)
        unfinished(note).unlink(missing_ok=True)
        told = {"times": list(self.times), "base": str(self.base)}
        finish(note, json.dumps(told).encode())

    def remove(self) -> None:
        """Delete its files."""
        _note(self.path).unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


def encode_whole(
    source: InputSpec, point: Point, video: Path, *, threads: int
) -> Generator[TuneEvent[Any], None, None]:
    """Encode a source into a file, going on with the stretches that lie beside it.

    Args:
        source: The source.
        point: How it is encoded.
        video: The file to write, an MP4; the names of stretches begin as its name does.
        threads: Threads for decoding and encoding; 0 for as many as FFmpeg thinks right.

    Yields:
        `Advanced` and `Told`.

    Raises:
        InputError: The source cannot be read, or not as it was read before.
        ComponentError: The encoder is not usable here.
        WorkError: It failed, or a file cannot be written.
    """

    def work(running: Running) -> tuple[list[_Stretch], VideoInfo]:
        stretches = list(_kept(video))
        with VideoSource(source) as opened:
            hdr = hdr_of(next(opened.frames()))
        with VideoSource(_rest(source, stretches), threads=threads) as opened:
            info = opened.info
            kept = sum(stretch.frames for stretch in stretches)
            progress = Progress("encoding", frames_read(source, info), kept)
            pictures = _wanted(opened.frames(), source, stretches)
            for part in _divided(pictures, point, info):
                times = _Times(info)
                path = _path(video, len(stretches))
                encode_kept(
                    path,
                    times.noted(part),
                    info,
                    point,
                    running=running,
                    progress=progress,
                    threads=threads,
                    hdr=hdr,
                )
                stretches.append(times.stretch(path))
                stretches[-1].keep()
        return stretches, info

    ((stretches, info),) = yield from run_jobs([work], 1)
    _join(stretches, info, video)
    for stretch in stretches:
        stretch.remove()


def _path(video: Path, number: int) -> Path:
    return video.with_stem(f"{video.stem}-{number:05}")


def _note(path: Path) -> Path:
    return path.with_suffix(".json")


def _kept(video: Path) -> Iterator[_Stretch]:
    """The stretches that earlier runs have finished."""
    for number in count():
        stretch = _Stretch.kept(_path(video, number))
        if stretch is None:
            return
        yield stretch


def _rest(source: InputSpec, stretches: Sequence[_Stretch]) -> InputSpec:
    """The source from the last picture of these stretches on, all of it where there are none."""
    if not stretches:
        return source
    last = stretches[-1]
    return replace(source, start=float(last.times[-2] * last.base), duration=None, skip=0)


def _wanted(
    pictures: Iterator[av.VideoFrame], source: InputSpec, stretches: Sequence[_Stretch]
) -> Iterator[av.VideoFrame]:
    """What follows the last picture of these stretches, up to where the source is to be read.

    Raises:
        InputError: That picture is not there.
    """
    if not stretches:
        yield from pictures
        return
    begin, base = stretches[0].times[0], stretches[-1].base
    *before, last, _ = stretches[-1].times
    # Some sources show several pictures at one time.
    equal = 1 + sum(1 for _ in takewhile(last.__eq__, reversed(before)))
    late = (p.pts for p in pictures if (p.pts or 0) >= last)
    if list(islice(late, equal)) != [last] * equal:
        raise not_where_it_was(source, sum(stretch.frames for stretch in stretches) - 1)
    end: Fraction | float = math.inf
    if source.duration is not None:
        end = begin * base + Fraction(source.duration) - ROUNDING
    yield from takewhile(lambda picture: (picture.pts or 0) * base < end, pictures)


def _divided(
    pictures: Iterator[av.VideoFrame], point: Point, info: VideoInfo
) -> Iterator[Iterator[av.VideoFrame]]:
    """The pictures of each stretch."""
    # Whether headers depend on nothing but the setting, so that all is joined, is not known of
    # devices: what they write stays in one piece.
    device = find_encoder(point.setting.encoder).hardware
    shortest, longest = (sys.maxsize, sys.maxsize) if device else (SHORTEST, LONGEST)
    shot = shortest_shot(info.frame_rate)
    return divided(pictures, shortest=shortest, longest=longest, shot=shot)


class _Times:
    """Notes the times of pictures that pass by.

    Args:
        info: The video that they are of.
    """

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._times = array("q")
        self._base = Fraction(1)
        self._lasts = 0

    def noted(self, pictures: Iterable[av.VideoFrame]) -> Generator[av.VideoFrame]:
        """The pictures."""
        for picture in pictures:
            self._times.append(picture.pts or 0)
            self._base = Fraction(picture.time_base.num, picture.time_base.den)
            self._lasts = picture.duration
            yield picture

    def stretch(self, path: Path) -> _Stretch:
        """The stretch of the pictures that have passed by."""
        lasts = self._lasts if self._info.variable_rate else 0
        end = self._times[-1] + (lasts or round(1 / _rate(self._info) / self._base))
        return _Stretch(path, array("q", [*self._times, end]), self._base)


def _rate(info: VideoInfo) -> Fraction:
    return info.frame_rate or ASSUMED_RATE


def _join(stretches: Sequence[_Stretch], info: VideoInfo, video: Path) -> None:
    """Write all stretches to one file, at the times that one encode of them would have."""
    base, rate = stretches[-1].base, _rate(info)
    shown = array("q", (time for stretch in stretches for time in stretch.times[:-1]))
    # Only now are all known.
    uneven = info.variable_rate or not are_even(shown, base, rate)
    ticks = Ticks(rate, uneven=uneven)
    times = [ticks.of(time, base) for time in shown]
    end = ticks.of(stretches[-1].times[-1], base)
    parts = [Part(s.path, s.frames) for s in stretches]
    join(parts, times, ticks.base, end, unfinished(video))
    finish(video)
