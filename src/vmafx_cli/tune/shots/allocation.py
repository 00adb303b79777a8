"""Sharing bits among shots: one quality value each, so that the whole is good with the fewest bits.

Minimising the bits of all shots while their mean quality meets a target is the bit allocation of
Shoham and Gersho (Efficient bit allocation for an arbitrary set of quantizers, 1988): for one
price of quality, each shot takes the value with the least bits + price x lost quality, and the
price is searched at which the whole just meets the target. All shots then lie at an equal slope of
their curves. Values are steps, so that the price alone does not end exactly there: exchanging
steps between shots does the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_PRICE_STEPS = 60
# Quality a value away from the measured ones is only guessed; further away it is not.
_BEYOND = 4
# Steps that a value is moved at once, and moves of which all pairs are looked at.
_NEAR = 4
_MOST_MOVES = 1000
_ROUNDING = 1e-9

type _Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What each quality value costs and gives in one shot.

    Attributes:
        frames: How many frames the shot has.
        values: Quality values, from the finest picture to the coarsest, shape (values,).
        bits: Bits of the whole shot, shape (values,).
        scores: Mean quality of its frames, more being better, shape (values,).
    """

    frames: int
    values: tuple[float, ...]
    bits: _Numbers
    scores: _Numbers

    def at(self, value: float) -> tuple[float, float]:
        """The bits and the score at one of the values."""
        index = self.values.index(value)
        return float(self.bits[index]), float(self.scores[index])


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured value of a shot.

    Attributes:
        bits: Bits of the whole shot.
        score: Mean quality of its frames, more being better.
    """

    bits: float
    score: float


def measured_curve(frames: int, measured: Mapping[float, Measured]) -> Curve:
    """A curve of nothing but measured values, given from the finest to the coarsest."""
    return Curve(
        frames,
        tuple(measured),
        np.array([m.bits for m in measured.values()]),
        np.array([m.score for m in measured.values()]),
    )


def interpolated_curve(
    frames: int, values: Sequence[float], measured: Mapping[float, Measured]
) -> Curve:
    """A curve over all values near the measured ones.

    Bits are interpolated in their logarithm, which is close to linear in the quality values of
    encoders; a little beyond the measured values, the last slope goes on.

    Args:
        frames: How many frames the shot has.
        values: All values of the knob, from the finest to the coarsest.
        measured: What was measured, at two values at least.
    """
    known = np.array([i for i, value in enumerate(values) if value in measured], np.float64)
    found = [measured[values[int(i)]] for i in known]
    low = max(int(known[0]) - _BEYOND, 0)
    high = min(int(known[-1]) + _BEYOND, len(values) - 1)
    wanted = np.arange(low, high + 1, dtype=np.float64)
    bits = np.exp2(_through(known, np.log2([max(m.bits, 1.0) for m in found]), wanted))
    scores = _through(known, np.array([m.score for m in found]), wanted)
    return Curve(frames, tuple(values[low : high + 1]), bits, scores)


def allocate(
    curves: Sequence[Curve], target: float, floor: float | None = None
) -> tuple[float, ...] | None:
    """The value for each shot with which all of them meet the target at the fewest bits.

    Args:
        curves: One for each shot.
        target: What the mean over all frames is to reach.
        floor: What the mean of each shot is to reach; where it cannot, it takes its best.

    Returns:
        One value a shot; None where the target is out of reach.
    """
    frames = np.array([curve.frames for curve in curves], np.float64)
    allowed = [_allowed(curve, floor) for curve in curves]

    def chosen(price: float) -> list[int]:
        return [
            int(where[np.argmin(curve.bits[where] - price * curve.frames * curve.scores[where])])
            for curve, where in zip(curves, allowed, strict=True)
        ]

    def spare(choice: Sequence[int]) -> float:
        scores = np.array([c.scores[i] for c, i in zip(curves, choice, strict=True)])
        return float(frames @ (scores - target))

    best = [
        int(where[np.argmax(curve.scores[where])])
        for curve, where in zip(curves, allowed, strict=True)
    ]
    if spare(best) < -_ROUNDING:
        return None
    free = chosen(0.0)
    if spare(free) >= -_ROUNDING:
        return _values(curves, free)
    steepest = max(float(curve.bits.max()) for curve in curves)
    low, high = -40.0, float(np.log2(steepest)) + 20.0
    choice = best
    for _ in range(_PRICE_STEPS):
        middle = (low + high) / 2
        tried = chosen(2.0**middle)
        if spare(tried) >= -_ROUNDING:
            high, choice = middle, tried
        else:
            low = middle
    return _values(curves, _refined(curves, allowed, choice, spare(choice)))


def uniform(curves: Sequence[Curve], target: float, floor: float | None = None) -> float | None:
    """The one value for all shots that meets the target at the fewest bits; None if none does."""
    shared = [v for v in curves[0].values if all(v in curve.values for curve in curves)]
    frames = sum(curve.frames for curve in curves)

    def meets(value: float) -> bool:
        scores = [(curve.frames, curve.at(value)[1]) for curve in curves]
        mean = sum(count * score for count, score in scores) / frames
        lowest = min(score for _, score in scores)
        return mean >= target - _ROUNDING and (floor is None or lowest >= floor - _ROUNDING)

    met = [value for value in shared if meets(value)]
    return min(met, key=lambda value: sum(c.at(value)[0] for c in curves), default=None)


def _allowed(curve: Curve, floor: float | None) -> npt.NDArray[np.intp]:
    """The indices that reach the floor, or the best one where none does."""
    if floor is None:
        return np.arange(len(curve.values))
    reached = np.flatnonzero(curve.scores >= floor - _ROUNDING)
    return reached if reached.size else np.array([int(np.argmax(curve.scores))])


def _refined(
    curves: Sequence[Curve],
    allowed: Sequence[npt.NDArray[np.intp]],
    choice: Sequence[int],
    spare: float,
) -> list[int]:
    """The choice, made cheaper step by step: one shot coarser, or one coarser and one finer.

    With a few shots one price leaves quality to spare, or misses a better pair of steps; with
    many, the steps are small against the whole, and pairs too many to look at.

    Args:
        curves: One for each shot.
        allowed: The indices that each may take.
        choice: The index of each, meeting the target.
        spare: Quality above the target, summed over frames.
    """
    choice = list(choice)
    while True:
        moves = np.array(
            [(-1, 0, 0.0, 0.0)]
            + [
                (shot, i, c.bits[now] - c.bits[i], c.frames * (c.scores[now] - c.scores[i]))
                for shot, (c, now) in enumerate(zip(curves, choice, strict=True))
                for i in allowed[shot]
                if 0 < abs(i - now) <= _NEAR
            ]
        )
        shots, indices, saved, lost = moves.T
        seconds = len(moves) if len(moves) <= _MOST_MOVES else 1
        saving = saved[:, None] + saved[None, :seconds]
        saving[lost[:, None] + lost[None, :seconds] > spare] = 0
        saving[(shots[:, None] == shots[None, :seconds]) & (shots[:, None] >= 0)] = 0
        pair = np.unravel_index(np.argmax(saving), saving.shape)
        if saving[pair] <= _ROUNDING:
            return choice
        for move in pair:
            if shots[move] >= 0:
                choice[int(shots[move])] = int(indices[move])
            spare -= float(lost[move])


def _values(curves: Sequence[Curve], choice: Iterable[int]) -> tuple[float, ...]:
    return tuple(curve.values[i] for curve, i in zip(curves, choice, strict=True))


def _through(x: _Numbers, y: _Numbers, wanted: _Numbers) -> _Numbers:
    """Straight lines through points, and on beyond the outer two."""
    inner = np.interp(wanted, x, y)
    first = y[0] + (wanted - x[0]) * (y[1] - y[0]) / (x[1] - x[0])
    last = y[-1] + (wanted - x[-1]) * (y[-1] - y[-2]) / (x[-1] - x[-2])
    return np.where(wanted < x[0], first, np.where(wanted > x[-1], last, inner))
