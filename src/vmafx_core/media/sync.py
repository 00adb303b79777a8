"""Finding by how many frames one video starts later than another.

Both are looked at as thumbnails of their luma, each brought to mean 0 and length 1, so that size,
brightness, contrast and compression hardly matter. The offset is the shift at which thumbnails are
nearest on average; it is certain where, against every other shift, most frames speak for it.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice

import av
import numpy as np
import numpy.typing as npt

from vmafx_core.errors import UsageError
from vmafx_core.media.convert import Converter
from vmafx_core.media.locations import is_pipe, name_of
from vmafx_core.media.pixels import is_upside_down, pixels
from vmafx_core.media.rates import Rates, compare_rates
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import ASSUMED_RATE, Chroma, InputSpec, PictureFormat, VideoInfo

type Thumbnail = npt.NDArray[np.float32]

WIDTH, HEIGHT = 64, 36
# Samples to average in a thumbnail's every cell, each way; more cost time and tell nothing.
_OVERSAMPLING = 6
# Frames that have to overlap at least: so many, and this part of the shorter side.
_LEAST_OVERLAP, _LEAST_PART = 8, 0.25
# Of the frames that tell two shifts apart, the part that has to speak for the better one, and how
# many of them there have to be.
_MAJORITY, _LEAST_TELLING = 0.75, 5
# Squared distances of unit vectors nearer than this do not tell two shifts apart.
_TELLING = 1e-4
# Squared distance of unit vectors beyond which even the best shift shows two different videos.
_STRANGERS = 0.7
# Farthest search, in seconds: it is held in memory, and takes the square of its length.
_MOST_WINDOW = 60.0


@dataclass(frozen=True, slots=True)
class Shift:
    """The shift at which two runs of thumbnails are most alike.

    Attributes:
        frames: Frames that the distorted side is late: 3 puts its frame 3 to reference frame 0.
        certain: Whether the pictures leave no doubt about it.
    """

    frames: int
    certain: bool


@dataclass(frozen=True, slots=True)
class Offset:
    """By how much the distorted side is late.

    Attributes:
        frames: In frames of the reference.
        seconds: In seconds.
        certain: Whether the pictures leave no doubt about it.
    """

    frames: int
    seconds: float
    certain: bool


def thumbnail(frame: av.VideoFrame) -> Thumbnail:
    """A small picture of the luma, area-averaged, in sample values; shape (36, 64)."""
    if not pixels(frame.format.name).plain_luma:
        frame = frame.reformat(format="gray")
    depth = pixels(frame.format.name).depth
    plane = frame.planes[0]
    dtype = np.dtype(np.uint8) if depth == 8 else np.dtype("<u2")
    rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)[:, : plane.width]
    if is_upside_down(frame):
        rows = rows[::-1]
    step_y = max(1, plane.height // (HEIGHT * _OVERSAMPLING))
    step_x = max(1, plane.width // (WIDTH * _OVERSAMPLING))
    picked = rows[::step_y, ::step_x].astype(np.float32)
    averaged = _averaging(len(picked), HEIGHT) @ picked @ _averaging(picked.shape[1], WIDTH).T
    return np.asarray(averaged, dtype=np.float32)


def best_shift(reference: list[Thumbnail], distorted: list[Thumbnail], max_shift: int) -> Shift:
    """The shift of up to `max_shift` frames either way at which the two sides are most alike.

    Args:
        reference: Thumbnails of consecutive reference frames.
        distorted: Thumbnails of consecutive distorted frames.
        max_shift: Frames to search, either way.
    """
    least = max(_LEAST_OVERLAP, int(_LEAST_PART * min(len(reference), len(distorted))))
    if min(len(reference), len(distorted)) < least:
        return Shift(0, certain=False)
    distances = 2 - 2 * (_unit(reference) @ _unit(distorted).T)
    shifts = range(
        -min(max_shift, len(reference) - least), min(max_shift, len(distorted) - least) + 1
    )
    means = {s: float(distances.diagonal(s).mean()) for s in shifts}
    best = min(means, key=lambda s: (round(means[s], 4), abs(s)))
    certain = means[best] < _STRANGERS and all(
        _speaks_for(distances, best, other) for other in shifts if other != best
    )
    return Shift(best, certain)


def find_offset(
    reference: InputSpec,
    distorted: InputSpec,
    *,
    window: float,
    default_rate: Fraction | None = None,
) -> Offset:
    """Find by how much `distorted` starts later than `reference`; each is decoded once.

    Args:
        reference: The reference.
        distorted: The distorted video.
        window: How far to search, in seconds either way.
        default_rate: Frame rate of raw video that says none itself.

    Raises:
        InputError: A side cannot be read.
        UsageError: A side is a pipe, which cannot be read a second time for scoring, or the
            window is too long.
    """
    if window > _MOST_WINDOW:
        raise UsageError(
            f"an offset of up to {window:g} s is too far to search; {_MOST_WINDOW:g} s is the most",
            "Bring the videos nearer to each other with --start, or give the offset (--sync N).",
        )
    for spec in (reference, distorted):
        if is_pipe(spec.location):
            raise UsageError(
                f"{name_of(spec.location)}: a pipe is read only once, so no offset can be found",
                "Give the offset with --sync N, or use a file.",
            )
    with ThreadPoolExecutor(2) as pool:
        given_up = threading.Event()
        sides = (reference, distorted)
        looks = [pool.submit(_look, s, 2 * window, default_rate, given_up) for s in sides]
        try:
            ours, theirs = (look.result() for look in looks)
        except BaseException:
            given_up.set()
            raise
    interval = 1 / (ours.info.frame_rate or ASSUMED_RATE)
    thumbnails = theirs.thumbnails
    if compare_rates(ours.info, theirs.info) is Rates.DIFFERENT:
        thumbnails = theirs.at_interval(float(interval))
    shift = best_shift(ours.thumbnails, thumbnails, round(window / interval))
    return Offset(shift.frames, float(shift.frames * interval), shift.certain)


@dataclass(frozen=True, slots=True)
class _Look:
    """The thumbnails of the beginning of one video, and their times in seconds."""

    info: VideoInfo
    times: list[float]
    thumbnails: list[Thumbnail]

    def at_interval(self, interval: float) -> list[Thumbnail]:
        """The thumbnails that show at every `interval` seconds."""
        if not self.times:
            return []
        ticks = np.arange(self.times[0], self.times[-1], interval)
        return [self.thumbnails[i] for i in np.searchsorted(self.times, ticks + 1e-3) - 1]


def _look(
    spec: InputSpec, seconds: float, default_rate: Fraction | None, given_up: threading.Event
) -> _Look:
    times: list[float] = []
    thumbnails: list[Thumbnail] = []
    with VideoSource(spec, threads=0, default_rate=lambda: default_rate) as source:
        info = source.info
        upright = f"{info.filters},format=gray,copy" if info.filters else ""
        picture = PictureFormat(info.width, info.height, Chroma.GRAY, 8)
        converter = Converter(info, upright, picture) if upright else None
        most = round(seconds * (info.frame_rate or ASSUMED_RATE))
        for frame in islice(source.frames(), most):
            if given_up.is_set():
                break
            for ready in converter.push(frame) if converter else [frame]:
                times.append(ready.time or 0.0)
                thumbnails.append(thumbnail(ready))
    return _Look(info, times, thumbnails)


@lru_cache(maxsize=8)
def _averaging(rows: int, count: int) -> Thumbnail:
    """The matrix that averages `rows` rows down to `count`; repeats them where there are fewer."""
    edges = np.linspace(0, rows, count, endpoint=False).astype(np.intp)
    ends = np.maximum(np.append(edges[1:], rows), edges + 1)
    places = np.arange(rows)
    weights = (edges[:, None] <= places) & (places < ends[:, None])
    return np.asarray(weights / (ends - edges)[:, None], dtype=np.float32)


def _unit(thumbnails: list[Thumbnail]) -> npt.NDArray[np.float32]:
    """Thumbnails as vectors of mean 0 and length 1, flat pictures as 0; shape (n, 64 * 36)."""
    vectors = np.stack(thumbnails).reshape(len(thumbnails), -1)
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    flat = lengths < np.sqrt(vectors.shape[1])  # less than one code value of contrast
    return np.where(flat, 0, vectors / np.maximum(lengths, 1)).astype(np.float32)


def _speaks_for(distances: npt.NDArray[np.float32], best: int, other: int) -> bool:
    """Whether most of the frames that tell two shifts apart are nearer at `best`."""
    rows, columns = distances.shape
    first = max(0, -best, -other)
    last = min(rows, columns - best, columns - other)
    if last - first < _LEAST_TELLING:
        # Hardly any frame has a partner at both shifts: the averages have to be far apart.
        means = [float(distances.diagonal(s).mean()) for s in (best, other)]
        return means[1] > 2 * means[0] + _TELLING
    index = np.arange(first, last)
    gain = distances[index, index + other] - distances[index, index + best]
    telling = gain[np.abs(gain) > _TELLING]
    return len(telling) >= _LEAST_TELLING and float((telling > 0).mean()) >= _MAJORITY
