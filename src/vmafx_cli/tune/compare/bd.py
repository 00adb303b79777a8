"""Bjontegaard deltas: how far apart two curves of quality against bits are, on average.

Between the ends that two curves share, BD-rate is the mean gap of their rates at equal quality,
BD-quality the mean gap of their qualities at equal rate; rates are counted in logarithms
(Bjontegaard, Calculation of average PSNR differences between RD-curves, VCEG-M33, 2001). His
single cubic overshoots; curves are joined piece by piece instead, as JVET and AOM now have it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

type Numbers = npt.NDArray[np.float64]
type RdPoints = tuple[Sequence[float] | Numbers, Sequence[float] | Numbers]
"""Rates, all above 0, and qualities, more being better: one each a point, in any order."""

EVERYWHERE = (-math.inf, math.inf)
LEAST_POINTS = 4
"""Points that a curve needs at least; VCEG-M33 takes four."""


class Method(StrEnum):
    """How points are joined into a curve."""

    PCHIP = "pchip"
    """Monotone between points: Fritsch and Carlson, Monotone piecewise cubic interpolation, 1980,
    with the slopes of Fritsch and Butland, 1984."""
    AKIMA = "akima"
    """Local and smooth: Akima, A new method of interpolation and smooth curve fitting, 1970."""


def bd_rate(
    anchor: RdPoints,
    test: RdPoints,
    method: Method = Method.PCHIP,
    within: tuple[float, float] = EVERYWHERE,
) -> float:
    """How many percent more bits `test` takes than `anchor` at equal quality; less is better.

    A point with no better quality than one of at most its rate is no part of a curve and is left
    out.

    Args:
        anchor: What is compared with.
        test: What is compared.
        method: How points are joined.
        within: The lowest and the highest quality that counts.

    Returns:
        Percent; nan where a curve has fewer than `LEAST_POINTS` points, or where no quality is
        on both.
    """
    first, second = _swapped(_front(anchor)), _swapped(_front(test))
    return 100 * math.expm1(_mean_gap(first, second, method, within))


def bd_quality(
    anchor: RdPoints,
    test: RdPoints,
    method: Method = Method.PCHIP,
    within: tuple[float, float] = EVERYWHERE,
) -> float:
    """How much better `test` is than `anchor` at equal rate, in the unit of the qualities.

    Arguments, what is left out and where the outcome is nan are as in `bd_rate`, with rates
    instead of qualities on both: those at which both curves are within the qualities that count.
    """
    curves = [_front(points) for points in (anchor, test)]
    low, high = ([_log_rate(curve, quality, method) for curve in curves] for quality in within)
    return _mean_gap(curves[0], curves[1], method, (max(low), min(high)))


def overlap(anchor: RdPoints, test: RdPoints) -> tuple[float, float] | None:
    """The lowest and the highest quality that both curves have; None where there is none."""
    (_, first), (_, second) = _front(anchor), _front(test)
    if not first.size or not second.size:
        return None
    low, high = max(first[0], second[0]), min(first[-1], second[-1])
    return (float(low), float(high)) if low < high else None


def rate_at(points: RdPoints, quality: float, method: Method = Method.PCHIP) -> float:
    """The rate at which a curve has a quality; nan where it is beyond the curve's ends."""
    rate = math.exp(_log_rate(_front(points), quality, method))
    return rate if 0 < rate < math.inf else math.nan


def _log_rate(curve: tuple[Numbers, Numbers], quality: float, method: Method) -> float:
    """The logarithm of the rate at a quality; endless beyond the curve's ends."""
    logs, qualities = curve
    if not qualities.size or quality < qualities[0]:
        return -math.inf
    if quality > qualities[-1]:
        return math.inf
    if qualities.size == 1:
        return float(logs[0])
    return float(_Piecewise.through(qualities, logs, method).at(np.array([quality]))[0])


def _front(points: RdPoints) -> tuple[Numbers, Numbers]:
    """Natural logarithms of rates, and qualities: both strictly increasing, shape (n,) each."""
    rates, qualities = (np.asarray(p, np.float64) for p in points)
    known = np.isfinite(rates) & np.isfinite(qualities) & (rates > 0)
    rates, qualities = rates[known], qualities[known]
    # At equal rate the best comes first, so that the others do not rise above it.
    order = np.lexsort((-qualities, rates))
    rates, qualities = rates[order], qualities[order]
    best = np.maximum.accumulate(np.concatenate(([-np.inf], qualities)))[:-1]
    rising = qualities > best
    return np.log(rates[rising]), qualities[rising]


def _swapped(curve: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    return curve[1], curve[0]


def _mean_gap(
    anchor: tuple[Numbers, Numbers],
    test: tuple[Numbers, Numbers],
    method: Method,
    within: tuple[float, float],
) -> float:
    """The mean of test - anchor over the span of x that both have; nan where there is none."""
    if min(anchor[0].size, test[0].size) < LEAST_POINTS:
        return math.nan
    low = max(anchor[0][0], test[0][0], within[0])
    high = min(anchor[0][-1], test[0][-1], within[1])
    if low >= high:
        return math.nan
    areas = [_Piecewise.through(x, y, method).area(low, high) for x, y in (anchor, test)]
    return float((areas[1] - areas[0]) / (high - low))


@dataclass(frozen=True, slots=True, eq=False)
class _Piecewise:
    """A curve of cubics from point to point, each given by its ends and its slopes there.

    Attributes:
        x: Where the points are, shape (n,), strictly increasing, n at least 2.
        y: The values there.
        slopes: The slopes there.
    """

    x: Numbers
    y: Numbers
    slopes: Numbers

    @classmethod
    def through(cls, x: Numbers, y: Numbers, method: Method) -> "_Piecewise":
        """The curve through points."""
        if x.size == 2:
            slopes = np.repeat(np.diff(y) / np.diff(x), 2)
        else:
            slopes = _pchip_slopes(x, y) if method is Method.PCHIP else _akima_slopes(x, y)
        return cls(x, y, slopes)

    def at(self, wanted: Numbers) -> Numbers:
        """Values within the ends: Hermite's basis on each piece."""
        piece = np.clip(np.searchsorted(self.x, wanted, "right") - 1, 0, self.x.size - 2)
        width = np.diff(self.x)[piece]
        t = (wanted - self.x[piece]) / width
        s = 1 - t
        ends = s**2 * (1 + 2 * t) * self.y[piece] + t**2 * (1 + 2 * s) * self.y[piece + 1]
        bends = t * s * (s * self.slopes[piece] - t * self.slopes[piece + 1])
        return np.asarray(ends + width * bends)

    def area(self, low: float, high: float) -> float:
        """The integral between two places within the ends; Simpson's rule is exact on cubics."""
        inner = self.x[(self.x > low) & (self.x < high)]
        edges = np.concatenate(([low], inner, [high]))
        middles = (edges[:-1] + edges[1:]) / 2
        values = self.at(edges)
        return float(np.diff(edges) @ (values[:-1] + 4 * self.at(middles) + values[1:]) / 6)


def _pchip_slopes(x: Numbers, y: Numbers) -> Numbers:
    """Slopes that keep each piece monotone: 0 at peaks, else a weighted harmonic mean."""
    width = np.diff(x)
    steep = np.diff(y) / width
    before, after = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same = steep[:-1] * steep[1:] > 0
    inner = np.zeros(x.size - 2)
    inner[same] = (before + after)[same] / (before / steep[:-1] + after / steep[1:])[same]
    first = _end_slope(width[0], width[1], steep[0], steep[1])
    last = _end_slope(width[-1], width[-2], steep[-1], steep[-2])
    return np.concatenate(([first], inner, [last]))


def _end_slope(width: float, next_width: float, steep: float, next_steep: float) -> float:
    """The slope of the parabola through three points at the outer one, kept monotone."""
    slope = ((2 * width + next_width) * steep - width * next_steep) / (width + next_width)
    if slope * steep <= 0:
        return 0.0
    if steep * next_steep <= 0 and abs(slope) > 3 * abs(steep):
        return 3 * steep
    return slope


def _akima_slopes(x: Numbers, y: Numbers) -> Numbers:
    """Slopes between those of the neighbouring pieces, nearer to the side that bends less."""
    steep = np.diff(y) / np.diff(x)
    # Two pieces more on either side, so that the change from piece to piece goes on.
    before = 2 * steep[0] - steep[1]
    after = 2 * steep[-1] - steep[-2]
    outer = ([2 * before - steep[0], before], [after, 2 * after - steep[-1]])
    steep = np.concatenate((outer[0], steep, outer[1]))
    change = np.abs(np.diff(steep))
    left, right = change[:-2], change[2:]
    total = left + right
    bends = total > 1e-9 * total.max()
    slopes = (steep[1:-2] + steep[2:-1]) / 2
    slopes[bends] = (right * steep[1:-2] + left * steep[2:-1])[bends] / total[bends]
    return slopes
