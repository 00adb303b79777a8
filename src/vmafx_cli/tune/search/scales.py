"""The unit in which each metric is nearly a straight line over a quality knob, and its priors.

Quality against a constant rate factor bends: near transparency nothing is gained any more, and at
the other end nothing is left to lose. In the units here curves are nearly straight, and those of
different encoders are the same but for where they lie and how far their steps are apart. The
numbers are fitted to whole curves of short clips; `bench/tune_probes.py` shows how well searches do
with them, on these clips and on others.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from vmafx_cli.tune.search.curve import Prior
from vmafx_core.encoders.contract import Encoder
from vmafx_core.libvmaf.catalogue import lower_is_better
from vmafx_core.scoring.requirements import Requirement

_LEAST_SHARE = 5e-4
_MOST_DECIBELS = 100.0
_LEAST_DISTANCE = 0.01
_SIMILARITIES = ("float_ssim", "float_ms_ssim", "integer_adm", "integer_vif")
_X264_STEPS = 50.0
# Pools that hang on few frames jump more from step to step.
_FEW_FRAMES = frozenset({"min", "max", "p1", "p5", "p10", "p90", "worst1", "worst5"})
_JUMPS = 2.5
# An encoder that the numbers were not fitted to may do anything.
_DOUBT = 2.0
# Where an encoder does as x264 does at CRF 23, and how many of its steps make one of x264's.
_AXES = {
    "libx264": (23.0, 1.0),
    "libx265": (23.5, 1.0),
    "libsvtav1": (36.0, 2.35),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit for one criterion.

    Attributes:
        forward: From measured values; higher is better, except for bit rates.
        backward: The inverse.
        x264: What is believed of its curve over x264's CRF.
    """

    forward: Callable[[float], float]
    backward: Callable[[float], float]
    x264: Prior

    def prior(self, encoder: Encoder) -> Prior:
        """What is believed of its curve over an encoder's knob."""
        knob = encoder.knob
        if encoder.name in _AXES:
            middle, factor = _AXES[encoder.name]
            return self.x264.stretched(factor / knob.step, middle / knob.step)
        steps = (knob.high - knob.low) / knob.step
        middle = knob.coarser * knob.default / knob.step
        return self.x264.stretched(steps / _X264_STEPS, middle).doubted(_DOUBT)


def scale_of(target: Requirement) -> Scale:
    """The scale for a target."""
    scale = _scale_of_metric(target)
    if target.pool not in _FEW_FRAMES:
        return scale
    return replace(scale, x264=replace(scale.x264, noise=scale.x264.noise * _JUMPS))


def _scale_of_metric(target: Requirement) -> Scale:
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


# Level, slope and bend are each a mean and a standard deviation; see `Prior`.
_SCORES = Prior(23, (2.75, 0.6), (-1.4, 0.25), (-0.07, 0.1), 0.12, 20, 0.015)
_SCORE = Scale(*_score(100.0), _SCORES)
_TALL_SCORE = Scale(*_score(110.0), _SCORES)
_DECIBELS = Scale(
    _bounded_decibels,
    _bounded_decibels,
    Prior(23, (40, 3), (-7, 1.5), (0.5, 0.6), 0.4, 14, 0.04),
)
_SIMILARITY = Scale(
    _similarity,
    lambda unit: 1 - 10 ** (-unit / 10),
    Prior(23, (17, 3.5), (-6, 1.5), (0.4, 0.6), 0.4, 14, 0.04),
)
_DISTANCE = Scale(
    _distance,
    lambda unit: math.exp(-unit) - _LEAST_DISTANCE,
    Prior(23, (0, 3), (-1.5, 1.5), (0, 0.5), 0.3, 14, 0.05),
)

BIT_RATE = Scale(
    math.log2, lambda unit: 2**unit, Prior(23, (20, 3), (-1.75, 0.4), (0.05, 0.2), 0.2, 24, 0.01)
)
"""Bits a second, in octaves; falls with quality."""
