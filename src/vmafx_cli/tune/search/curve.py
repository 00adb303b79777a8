"""What is believed of a curve over the steps of a quality knob, before and after measurements.

A curve is a Gaussian process over the knob's steps: a parabola whose three coefficients are known
roughly from other videos, plus a smooth deviation from it, plus a little jaggedness from step to
step (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, sections 2.2 and 2.7).
One measurement shifts the whole curve, two also tilt it, more bend it.

Curves are held in units in which they are nearly straight lines (`vmafx_cli.tune.search.scales`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float64]

# Steps that the parabola's argument counts as one.
_UNIT = 10.0


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a curve before anything is measured.

    Attributes:
        middle: The knob's value where `level` is.
        level: Value there, mean and standard deviation.
        slope: Change over ten steps there.
        bend: Coefficient of the square of tens of steps.
        wiggle: Standard deviation of the smooth deviation from the parabola.
        reach: Steps over which that deviation changes.
        noise: Standard deviation of the jaggedness.
    """

    middle: float
    level: tuple[float, float]
    slope: tuple[float, float]
    bend: tuple[float, float]
    wiggle: float
    reach: float
    noise: float

    def stretched(self, factor: float, middle: float) -> "Prior":
        """The same belief for a knob with `factor` as many steps for the same change."""
        return replace(
            self,
            middle=middle,
            slope=(self.slope[0] / factor, self.slope[1] / factor),
            bend=(self.bend[0] / factor**2, self.bend[1] / factor**2),
            reach=self.reach * factor,
        )

    def doubted(self, factor: float) -> "Prior":
        """The same belief, less certain of where the curve lies and how steep it is."""
        return replace(
            self,
            level=(self.level[0], self.level[1] * factor),
            slope=(self.slope[0], self.slope[1] * factor),
            bend=(self.bend[0], self.bend[1] * factor),
        )


class Curve:
    """The belief after measurements.

    Args:
        prior: The belief before.
        steps: The knob's values, from the finest picture to the coarsest, shape (n,); counted so
            that a higher one is coarser.
        measured: Values by index into `steps`.

    Attributes:
        means: The likeliest values, shape (n,).
        deviations: Their standard deviations, shape (n,).
    """

    def __init__(self, prior: Prior, steps: _Array, measured: Mapping[int, float]) -> None:
        tens = (steps - prior.middle) / _UNIT
        basis = np.stack([np.ones_like(tens), tens, tens**2], axis=1)
        coefficients = (prior.level, prior.slope, prior.bend)
        mean = basis @ np.array([m for m, _ in coefficients])
        spread = basis * np.array([s for _, s in coefficients])
        apart = np.abs(steps[:, None] - steps[None, :]) / prior.reach
        # Matern 3/2: smooth, and not smoother than such curves are.
        root = math.sqrt(3) * apart
        covariance = spread @ spread.T + prior.wiggle**2 * (1 + root) * np.exp(-root)
        covariance += np.eye(len(steps)) * prior.noise**2
        at = list(measured)
        if at:
            surprise = np.array([measured[i] for i in at]) - mean[at]
            gain = np.linalg.solve(covariance[np.ix_(at, at)], covariance[at]).T
            mean = mean + gain @ surprise
            covariance = covariance - gain @ covariance[at]
        self.means = mean
        self.deviations = np.sqrt(np.maximum(np.diag(covariance), 1e-12))

    def above(self, index: int, bound: float) -> float:
        """The probability that the value at a step is above a bound."""
        away = float((bound - self.means[index]) / self.deviations[index])
        return 0.5 * math.erfc(away / math.sqrt(2))
