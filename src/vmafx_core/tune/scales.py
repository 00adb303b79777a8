"""The unit in which each metric is nearly a straight line over a quality knob, and its priors.

Quality against a constant rate factor bends: near transparency nothing is gained any more, and at
the other end nothing is left to lose. In the units here curves are nearly straight. The numbers of
the priors are fitted to whole curves of short clips (`bench/tune_priors.py` shows how well they
hold on others); for encoders without numbers of their own, x264's are stretched over their range.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from vmafx_core.encoders.contract import QualityKnob
from vmafx_core.libvmaf.catalogue import lower_is_better
from vmafx_core.scoring.requirements import Requirement
from vmafx_core.tune.curve import Prior

_LEAST_SHARE = 5e-4
_MOST_DECIBELS = 100.0
_LEAST_DISTANCE = 0.01
_SIMILARITIES = ("float_ssim", "float_ms_ssim", "integer_adm", "integer_vif")
_LOWEST_POOLS = frozenset({"min", "p1", "p5", "worst1", "worst5", "max"})
_X264_RANGE = 50.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit for one criterion.

    Attributes:
        forward: From measured values; higher is better, except for bit rates.
        backward: The inverse.
        priors: What is believed of its curve by encoder; "" for the rest, in x264's steps.
    """

    forward: Callable[[float], float]
    backward: Callable[[float], float]
    priors: dict[str, Prior]

    def prior(self, encoder: str, knob: QualityKnob) -> Prior:
        """What is believed for an encoder."""
        if encoder in self.priors:
            return self.priors[encoder]
        # Its users begin where x264's do.
        return self.priors[""].stretched(
            (knob.high - knob.low) / _X264_RANGE, knob.coarser * knob.default
        )


def scale_of(target: Requirement) -> Scale:
    """The scale for a target's metric."""
    name = target.metric
    if lower_is_better(name) or target.pool == "stdev":
        return _DISTANCE
    if name.startswith(_SIMILARITIES):
        return _SIMILARITY
    if name.startswith(("psnr", "ciede")):
        return _DECIBELS
    return _TALL_SCORE if target.value > 100 else _SCORE


def _score(top: float) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """ln(v / (top - v)) and its inverse, of scores from 0 to `top`."""

    def forward(value: float) -> float:
        share = min(max(value / top, _LEAST_SHARE), 1 - _LEAST_SHARE)
        return math.log(share / (1 - share))

    return forward, lambda unit: top / (1 + math.exp(-unit))


def _bounded_decibels(value: float) -> float:
    """Decibels, finite where pictures are equal."""
    return min(value, _MOST_DECIBELS)


def _similarity(value: float) -> float:
    """-10 log10(1 - v), of similarities from 0 to 1."""
    return -10 * math.log10(max(1 - value, 1e-6))


def _distance(value: float) -> float:
    """-ln(v), of distances from 0."""
    return -math.log(max(value, 0.0) + _LEAST_DISTANCE)


_SCORES = {
    "": Prior(23, (2.6, 0.7), (-1.4, 0.25), (-0.03, 0.08), 0.06),
    "libx265": Prior(28, (1.9, 0.7), (-1.4, 0.25), (-0.03, 0.08), 0.06),
    "libsvtav1": Prior(35, (2.4, 0.7), (-0.8, 0.2), (-0.03, 0.08), 0.06),
}
_SCORE = Scale(*_score(100.0), _SCORES)
_TALL_SCORE = Scale(*_score(110.0), _SCORES)
_DECIBELS = Scale(
    _bounded_decibels,
    _bounded_decibels,
    {"": Prior(23, (39, 4), (-6.5, 1.5), (0.2, 0.4), 0.3)},
)
_SIMILARITY = Scale(
    _similarity,
    lambda unit: 1 - 10 ** (-unit / 10),
    {"": Prior(23, (15, 4), (-5.5, 1.5), (0.2, 0.5), 0.3)},
)
_DISTANCE = Scale(
    _distance,
    lambda unit: math.exp(-unit) - _LEAST_DISTANCE,
    {"": Prior(23, (0, 3), (-1.5, 1.5), (0, 0.5), 0.3)},
)

BIT_RATE = Scale(
    math.log2, lambda unit: 2**unit, {"": Prior(23, (20, 4), (-1.8, 0.5), (0.1, 0.2), 0.1)}
)
"""Bits a second, in octaves; falls with quality."""
