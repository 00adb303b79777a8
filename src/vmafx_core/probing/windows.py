"""Where a source is sampled: contiguous windows, spread evenly over its length.

Quality varies far more from shot to shot than within one, so that many short windows say more of a
whole than few long ones; but an encoder needs some pictures to settle, and each window begins with
a key frame that the whole may not have. Windows therefore begin where the source has a key frame,
if there is one nearby: encoders put them at cuts, where every encode has one.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from vmafx_core.probing.request import Sampling

# As many windows for two minutes, and as many more as the root of the length.
_WINDOWS, _AT_SECONDS = 16, 120.0
_MOST_WINDOWS = 48
# What would take this share of the source is taken from all of it.
_NEARLY_ALL = 0.75
# Seconds of one piece where all of the source is used.
_PIECE = 60.0


@dataclass(frozen=True, slots=True)
class Window:
    """A contiguous part of a source.

    Attributes:
        start: Seconds from the first picture.
        duration: Seconds; None for all from there on.
    """

    start: float
    duration: float | None


WHOLE = (Window(0.0, None),)


def choose_windows(
    duration: float | None, keys: Sequence[float], sampling: Sampling
) -> tuple[Window, ...]:
    """The windows of a source, in order.

    Args:
        duration: Its length in seconds; None where unknown, which takes all of it.
        keys: Times of its key frames in seconds, as far as known, in order.
        sampling: What is asked for.

    Returns:
        Windows that do not overlap. All of a long source comes in pieces that join.
    """
    if duration is None:
        return WHOLE
    length = sampling.seconds
    count = sampling.windows or _usual_count(duration)
    if sampling.whole or count * length >= _NEARLY_ALL * duration:
        return _pieces(duration, keys)
    stratum = duration / count
    slack = stratum - length
    return tuple(
        Window(_nearest(keys, i * stratum, i * stratum + slack), length) for i in range(count)
    )


def _usual_count(duration: float) -> int:
    return min(_MOST_WINDOWS, math.ceil(_WINDOWS * math.sqrt(duration / _AT_SECONDS)))


def _pieces(duration: float, keys: Sequence[float]) -> tuple[Window, ...]:
    count = max(1, round(duration / _PIECE))
    share = duration / count
    starts = [0.0]
    starts += [_nearest(keys, (i - 0.25) * share, (i + 0.25) * share) for i in range(1, count)]
    ends: list[float | None] = [*starts[1:], None]
    return tuple(
        Window(start, None if end is None else end - start)
        for start, end in zip(starts, ends, strict=True)
    )


def _nearest(keys: Sequence[float], first: float, last: float) -> float:
    """The key frame nearest to the middle of a span, or that middle."""
    middle = (first + last) / 2
    at = bisect_left(keys, middle)
    near = [k for k in keys[max(0, at - 1) : at + 1] if first <= k <= last]
    return min(near, key=lambda k: abs(k - middle), default=middle)
