"""What is known and believed of the curves of all sizes: where the hull is, and where it may be.

Each size has a curve of quality and one of bits over the steps of the encoder's knob, believed as
in `vmafx_cli.tune.search.curve`. Measuring is worth most where a step could rise furthest above the
hull of what was measured: between points far apart, near the crossing of two sizes, at an end that
is not reached yet. Where no step could rise above it by much, the hull is known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vmafx_cli.tune.ladder.hull import Hull, Numbers
from vmafx_cli.tune.search.curve import Curve
from vmafx_cli.tune.search.scales import BIT_RATE, scale_of
from vmafx_cli.tune.sizes import Size
from vmafx_core.encoders.contract import Encoder
from vmafx_core.probing.points import Point
from vmafx_core.scoring.requirements import Requirement

# Smaller sizes lose detail that no quality value brings back: their curves bend more than those
# of encodes at the source's own size, which the priors are fitted to.
_MORE_WIGGLE = 2.5
# How many standard deviations above the likeliest value a step is hoped to be.
_HOPE = 2.0

type Step = tuple[int, int]
"""Which size, and which step of the knob, counted from the finest."""


@dataclass(frozen=True, slots=True, eq=False)
class Believed:
    """All steps of all sizes, in one row; measured ones are what was measured.

    Attributes:
        steps: Which each is.
        octaves: Rates, log2 of bits a second, shape (n,).
        qualities: Qualities, more being better, shape (n,).
        hoped: Qualities as good as they may well be, shape (n,).
        measured: Whether each was measured, shape (n,).
    """

    steps: tuple[Step, ...]
    octaves: Numbers
    qualities: Numbers
    hoped: Numbers
    measured: np.ndarray[tuple[int], np.dtype[np.bool_]]


class Frontier:
    """Points of all sizes, and what they make believe of the rest.

    Args:
        encoder: The encoder.
        criterion: The metric and pool that quality is.
        sizes: The sizes, the largest first.
    """

    def __init__(self, encoder: Encoder, criterion: Requirement, sizes: Sequence[Size]) -> None:
        self.values = encoder.knob.values()
        self.sizes = tuple(sizes)
        self.points: dict[Step, Point] = {}
        self._criterion = criterion
        self._scale = scale_of(criterion)
        prior = self._scale.prior(encoder)
        self._quality_prior = replace(prior, wiggle=prior.wiggle * _MORE_WIGGLE)
        self._rate_prior = BIT_RATE.prior(encoder)
        knob = encoder.knob
        self._steps = np.array([knob.coarser * v / knob.step for v in self.values])

    def add(self, step: Step, point: Point) -> None:
        """Take a measured point into account."""
        self.points[step] = point

    def believed(self) -> Believed:
        """All steps, measured or not."""
        rows = [self._of_size(size) for size in range(len(self.sizes))]
        octaves, qualities, hoped = (np.concatenate(column) for column in zip(*rows, strict=True))
        steps = tuple((s, i) for s in range(len(self.sizes)) for i in range(len(self.values)))
        measured = np.array([step in self.points for step in steps])
        return Believed(steps, octaves, qualities, hoped, measured)

    def known(self) -> Believed:
        """The measured steps alone."""
        return known(self.points, self._criterion)

    def _of_size(self, size: int) -> tuple[Numbers, Numbers, Numbers]:
        """Octaves, qualities and hoped qualities of all steps of one size."""
        points = {i: p for (s, i), p in self.points.items() if s == size}
        rates = {i: BIT_RATE.forward(p.bit_rate) for i, p in points.items()}
        units = {i: self._scale.forward(p.value(self._criterion)) for i, p in points.items()}
        rate = Curve(self._rate_prior, self._steps, rates)
        unit = Curve(self._quality_prior, self._steps, units)
        # Uncertain bits count as the quality that they would buy.
        worth = np.gradient(unit.means) / np.minimum(np.gradient(rate.means), -1e-3)
        spread = _HOPE * np.hypot(unit.deviations, worth * rate.deviations)
        octaves = rate.means.copy()
        qualities = self._qualities(unit.means)
        hoped = self._qualities(unit.means + spread)
        for i, point in points.items():
            octaves[i] = rates[i]
            qualities[i] = hoped[i] = rank(point, self._criterion)
        return octaves, qualities, hoped

    def _qualities(self, units: Numbers) -> Numbers:
        sign = direction(self._criterion)
        return np.array([sign * self._scale.backward(float(unit)) for unit in units])


def known(points: dict[Step, Point], criterion: Requirement) -> Believed:
    """Measured points alone."""
    octaves = np.array([math.log2(p.bit_rate) for p in points.values()])
    qualities = np.array([rank(p, criterion) for p in points.values()])
    return Believed(tuple(points), octaves, qualities, qualities, np.ones(len(points), np.bool_))


def direction(criterion: Requirement) -> int:
    """1 where more of the metric is better, -1 where less is."""
    return -1 if criterion.operator in {"<", "<="} else 1


def rank(point: Point, criterion: Requirement) -> float:
    """A point's quality such that more is better."""
    return direction(criterion) * point.value(criterion)


def worth_measuring(
    believed: Believed, lowest: float, worst: float, best: float
) -> tuple[int, float]:
    """The unmeasured step that could rise furthest above the hull of the measured ones.

    Args:
        believed: All steps; some of them measured.
        lowest: Lowest rate of interest, in octaves.
        worst: Quality below which nothing is of interest.
        best: Quality above which nothing is of interest.

    Returns:
        Its index, and by how much it could rise, in units of quality; -1 and 0 where none could.
    """
    at = np.flatnonzero(believed.measured)
    hull = Hull.of(believed.octaves[at], believed.qualities[at])
    of_interest = (
        ~believed.measured
        & (believed.octaves >= lowest)
        & (believed.hoped >= worst)
        & (np.minimum(believed.qualities, believed.hoped) <= best)
    )
    rise = np.minimum(believed.hoped, best) - hull.quality_at(believed.octaves)
    # Below the hull's low end, what counts is how far it could be drawn out.
    under = believed.octaves < hull.octaves[0]
    rise[under] = believed.hoped[under] - _drawn_out(hull, believed.octaves[under])
    rise[~of_interest] = 0.0
    found = int(np.argmax(rise))
    return (found, float(rise[found])) if rise[found] > 0 else (-1, 0.0)


def _drawn_out(hull: Hull, octaves: Numbers) -> Numbers:
    """The hull's first edge, continued to lower rates."""
    if len(hull.members) == 1:
        return np.full(len(octaves), -np.inf)
    slope = (hull.qualities[1] - hull.qualities[0]) / (hull.octaves[1] - hull.octaves[0])
    return np.asarray(hull.qualities[0] + slope * (octaves - hull.octaves[0]))
