"""The upper convex hull of points of quality against bits: what is worth encoding at all.

Per-title encoding takes, at each bit rate, the size that gives most quality there; over all sizes
these form the upper convex hull (De Cock, Li, Manohara and Aaron, Complexity-based consistent-
quality encoding in the cloud, ICIP 2016). It is that over bits a second, not over their logarithm:
what is below it is worse than spending the same bits on two of its points by turns. Over the
logarithm, where quality is S-shaped, one useless point at the low end would hide all that follows.
Rates are handed over in octaves, log2 of bits a second; between points the hull is drawn straight
over octaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

type Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Hull:
    """The upper convex hull of points, from the lowest rate to the best quality.

    Attributes:
        members: Which of the points are on it, by their indices, in order of rate.
        octaves: Their rates, log2 of bits a second, shape (members,), strictly increasing.
        qualities: Their qualities, more being better, shape (members,), strictly increasing.
    """

    members: tuple[int, ...]
    octaves: Numbers
    qualities: Numbers

    @classmethod
    def of(cls, octaves: Sequence[float] | Numbers, qualities: Sequence[float] | Numbers) -> Self:
        """The hull of points.

        Monotone chain (Andrew, Another efficient algorithm for convex hulls in two dimensions,
        1979), cut off where quality does not rise any more.

        Args:
            octaves: Rates, log2 of bits a second, shape (n,), n at least 1.
            qualities: Qualities, more being better, shape (n,), no nan.
        """
        xs, ys = np.asarray(octaves, np.float64), np.asarray(qualities, np.float64)
        rates = np.exp2(xs)
        members: list[int] = []
        # At equal rate the best comes first, so that the others never rise above it.
        for i in map(int, np.lexsort((-ys, xs))):
            if members and ys[i] <= ys[members[-1]]:
                continue
            while len(members) > 1 and _is_below(rates, ys, members[-2], members[-1], i):
                members.pop()
            members.append(i)
        return cls(tuple(members), xs[members], ys[members])

    def quality_at(self, octaves: Numbers) -> Numbers:
        """Quality of the hull at some rates: that of its ends beyond them, shape as `octaves`."""
        return np.asarray(np.interp(octaves, self.octaves, self.qualities))

    def octave_of(self, qualities: Numbers) -> Numbers:
        """The rate at which the hull has a quality: that of its ends beyond them."""
        return np.asarray(np.interp(qualities, self.qualities, self.octaves))


def _is_below(xs: Numbers, ys: Numbers, first: int, middle: int, last: int) -> bool:
    """Whether the middle point is on or below the line through the others."""
    rise = (ys[last] - ys[first]) * (xs[middle] - xs[first])
    return bool((ys[middle] - ys[first]) * (xs[last] - xs[first]) <= rise)
