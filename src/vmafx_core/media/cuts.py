"""Scene cuts, found while pictures stream by.

A cut is a picture that differs from the one before by far more than its neighbours do from theirs:
the content difference of PySceneDetect's AdaptiveDetector (Castellano, https://www.scenedetect.com)
measured in YUV on thumbnails, and held against the mean of the pictures around it, so that neither
a fast pan nor noise counts. What returns to what was there before is a flash, not a cut.
"""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation, VideoReformatter

from vmafx_core.media.types import ASSUMED_RATE

_WIDTH, _HEIGHT = 64, 36
AROUND = 3
"""Pictures on either side that a difference is held against; also the longest flash."""
_RATIO = 3.0
# Below this mean difference of the 8-bit samples of luma and chroma, nothing is a cut.
_LEAST = 5.0
# A cut that is undone within `AROUND` pictures by more than this share was a flash.
_RETURNS = 0.5
_SHORTEST_SECONDS = Fraction(1, 2)

type _Samples = npt.NDArray[np.int16]


def shortest_shot(frame_rate: Fraction | None) -> int:
    """Frames of the shortest shot that is worth having, by frame rate."""
    return max(AROUND, round(_SHORTEST_SECONDS * (frame_rate or ASSUMED_RATE)))


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A thumbnail, shape (3, height, width), and its difference from the one before it."""

    samples: _Samples
    change: float


class CutDetector:
    """Finds cuts in pictures given one by one, holding eight thumbnails.

    Args:
        shortest: Fewest frames from one cut to the next, and from the first frame to a cut.
    """

    def __init__(self, shortest: int) -> None:
        self._shortest = shortest
        self._reformatter = VideoReformatter()
        self._seen: deque[_Seen] = deque(maxlen=2 * AROUND + 2)
        self._count = 0
        self._last_cut = 0

    def push(self, picture: av.VideoFrame) -> int | None:
        """Give the next picture; returns the frame number of a cut, some pictures late."""
        small = self._reformatter.reformat(
            picture, _WIDTH, _HEIGHT, "yuv444p", interpolation=Interpolation.AREA
        )
        samples = small.to_ndarray().astype(np.int16)
        change = _difference(samples, self._seen[-1].samples) if self._seen else 0.0
        self._seen.append(_Seen(samples, change))
        self._count += 1
        return self._judge(AROUND)

    def flush(self) -> list[int]:
        """End the stream; returns the cuts among the last pictures."""
        late = (self._judge(after) for after in reversed(range(AROUND)))
        return [cut for cut in late if cut is not None]

    def _judge(self, after: int) -> int | None:
        """The number of the picture that `after` pictures follow, if there is a cut before it."""
        at = len(self._seen) - 1 - after
        number = self._count - 1 - after
        if at < 1 or number - self._last_cut < self._shortest:
            return None
        first = max(at - AROUND, 1)
        last = min(at + AROUND, len(self._seen) - 1)
        change = self._seen[at].change
        others = [self._seen[i].change for i in range(first, last + 1) if i != at]
        usual = sum(others) / len(others) if others else 0.0
        if change < _LEAST or change < _RATIO * usual:
            return None
        onward = _difference(self._seen[at - 1].samples, self._seen[last].samples)
        backward = _difference(self._seen[first - 1].samples, self._seen[at].samples)
        if min(onward, backward) < _RETURNS * change:
            return None
        self._last_cut = number
        return number


def _difference(one: _Samples, other: _Samples) -> float:
    return float(np.abs(one - other).mean())
