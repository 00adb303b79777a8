"""The coarsest quality that meets targets within bounds on the size, found with few probes.

Every decision is made anew from all points there are, so that it does not matter whether a point
was just measured or was known from an earlier run.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from vmafx_cli.tune.search.boundary import Settled, next_step
from vmafx_cli.tune.search.curve import Curve
from vmafx_cli.tune.search.scales import BIT_RATE, scale_of
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.notice import info
from vmafx_core.probing.events import Probing, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import meets
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.requirements import Requirement

type Probe = Callable[[EncodeSetting], Generator[TuneEvent[Any], None, Point]]

_LIKELY_COLD, _LIKELY_KNOWING = 3, 1
# A gain in a metric's unit, over the finest steps of the range, that is none.
_FLAT = 0.05
_FLAT_STEPS = 3


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a search has to stay within.

    Attributes:
        max_bit_rate: Most bits a second; None for no bound.
        low: Lowest value of the knob to consider; None for the encoder's.
        high: Highest value; None for the encoder's.
    """

    max_bit_rate: float | None = None
    low: float | None = None
    high: float | None = None


class Reason(StrEnum):
    """Why a search ended."""

    MEASURED = "measured"
    """The next coarser step was measured, and misses a target."""
    PREDICTED = "predicted"
    """The next coarser step was not measured; by its curve it probably misses a target."""
    COARSEST = "coarsest"
    """Even the coarsest step of the range meets all targets."""
    OUT_OF_RANGE = "out-of-range"
    """Even the finest step of the range misses a target."""
    PLATEAU = "plateau"
    """Even the finest step misses a target, and finer steps hardly gain anything."""
    TOO_LARGE = "too-large"
    """What meets the targets is larger than allowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """How a search came out.

    Attributes:
        pick: The coarsest point that meets everything; None where nothing does.
        nearest: The pick, or what comes nearest to it: the best within the bounds on the size.
        reason: Why it ended.
        why: The same in a sentence.
        points: All points that it was decided by, from the finest to the coarsest.
        probes: How many of them were measured for it.
        monotone: Whether coarser points never scored better than finer ones.
    """

    pick: Point | None
    nearest: Point
    reason: Reason
    why: str
    points: tuple[Point, ...]
    probes: int
    monotone: bool


def search(
    setting: EncodeSetting,
    targets: Sequence[Requirement],
    probe: Probe,
    *,
    constraints: Constraints = Constraints(),
    known: Iterable[Point] = (),
) -> Generator[TuneEvent[Any], None, Found]:
    """Search the coarsest quality that meets all targets.

    Args:
        setting: What to encode with; its quality is what is searched.
        targets: What to meet; at least one.
        probe: Measures a setting.
        constraints: What to stay within.
        known: Points that were measured before with the same setting but for its quality.

    Yields:
        `Probing` before each probe, the probe's own events, and `Told`.

    Raises:
        UsageError: The constraints leave nothing of the knob's range.
    """
    task = _Task(setting, tuple(targets), constraints)
    for point in known:
        task.add(point)
    task.known = len(task.points)
    probes = 0
    while not isinstance(decision := task.decide(), _Ending):
        probes += 1
        likely = max(probes, _LIKELY_KNOWING if task.known else _LIKELY_COLD)
        chosen = replace(setting, quality=task.values[decision])
        yield Probing(chosen, probes, likely)
        task.add((yield from probe(chosen)))
    inversions = task.inversions()
    if inversions:
        yield Told(info("not-monotone", inversions[0]))
    pick = task.points[decision.pick] if decision.pick is not None else None
    return Found(
        pick=pick,
        nearest=task.points[decision.nearest],
        reason=decision.reason,
        why=decision.why,
        points=tuple(task.points[i] for i in sorted(task.points)),
        probes=probes,
        monotone=not inversions,
    )


@dataclass(frozen=True, slots=True)
class _Ending:
    """That there is nothing more to try: the indices of the pick and of what comes nearest."""

    pick: int | None
    nearest: int
    reason: Reason
    why: str


class _Task:
    """What is searched, and the points there are: steps are counted from the finest, 0."""

    def __init__(
        self, setting: EncodeSetting, targets: tuple[Requirement, ...], constraints: Constraints
    ) -> None:
        self._encoder = find_encoder(setting.encoder)
        self._targets = targets
        self._bound = constraints.max_bit_rate
        knob = self._knob = self._encoder.knob
        low = knob.low if constraints.low is None else constraints.low
        high = knob.high if constraints.high is None else constraints.high
        self.values = tuple(v for v in knob.values() if low <= v <= high)
        if not self.values:
            raise UsageError(
                f"no {knob.name} of {setting.encoder} is from {low:g} to {high:g}",
                f"It goes from {knob.low:g} to {knob.high:g}.",
            )
        self._steps = np.array([knob.coarser * v / knob.step for v in self.values])
        self._indices = {v: i for i, v in enumerate(self.values)}
        self.points: dict[int, Point] = {}
        self.known = 0

    def add(self, point: Point) -> None:
        """Take a point into account, if it is of the range."""
        if (index := self._indices.get(point.setting.quality)) is not None:
            self.points[index] = point

    def decide(self) -> int | _Ending:
        """The step to measure next, or the end."""
        meeting = {i: self._meets(p) for i, p in self.points.items()}
        fitting = {i: self._fits(p) for i, p in self.points.items()}
        both = any(meeting[i] and fitting[i] for i in self.points)
        if not both and any(not meeting[i] and not fitting[i] for i in self.points):
            return self._within_size()  # what is finer is larger still
        found = next_step(
            len(self.values), meeting, self._belief(), want_holding=True, known=self.known
        )
        if not isinstance(found, Settled):
            return found
        if found.last < 0:
            return self._none_meets()
        if not self._fits(self.points[found.last]):
            return self._within_size()
        return self._picked(found.last, tried=found.tried)

    def inversions(self) -> list[str]:
        """Where a coarser step scored better than a finer one, in words."""
        told = []
        ordered = sorted(self.points)
        for target in self._targets:
            scale = scale_of(target)
            values = [scale.forward(self.points[i].value(target)) for i in ordered]
            told += [
                f"{self._named(b)} scores better in {target.metric} than {self._named(a)}: quality "
                f"does not fall evenly here, and the coarsest step that meets the target is taken"
                for a, b, x, y in zip(ordered, ordered[1:], values, values[1:], strict=False)
                if y > x
            ]
        return told

    def _belief(self) -> Callable[[int], float]:
        """The probability that a step meets all targets: that of the worst one."""
        curves = [(self._curve(t), scale_of(t).forward(t.value)) for t in self._targets]
        return lambda index: min(curve.above(index, bound) for curve, bound in curves)

    def _curve(self, target: Requirement) -> Curve:
        scale = scale_of(target)
        measured = {i: scale.forward(p.value(target)) for i, p in self.points.items()}
        return Curve(scale.prior(self._encoder), self._steps, measured)

    def _picked(self, index: int, *, tried: bool) -> _Ending:
        met = f"{self._named(index)} meets {self._wanted()} with {self._scores(self.points[index])}"
        if index == len(self.values) - 1:
            return _Ending(index, index, Reason.COARSEST, f"{met}, and is the coarsest allowed")
        after = self._named(index + 1)
        if tried:
            why = f"{met}; {after} misses, with {self._scores(self.points[index + 1])}"
            return _Ending(index, index, Reason.MEASURED, why)
        why = f"{met}; by its curve {after} misses, with about {self._expected(index + 1)}"
        return _Ending(index, index, Reason.PREDICTED, why)

    def _none_meets(self) -> _Ending:
        best = self.points[0]
        missed = [t for t in self._targets if not meets(t, best.value(t))]
        why = f"even {self._named(0)} misses {self._wanted()}, with {self._scores(best)}"
        forward = scale_of(missed[0]).forward
        flat = [
            i
            for i, p in self.points.items()
            if i >= _FLAT_STEPS
            and forward(best.value(missed[0])) - forward(p.value(missed[0])) < _FLAT
        ]
        if flat:
            nearest = max(flat)
            why = f"{why}; {self._named(nearest)} gives as much"
            return _Ending(None, nearest, Reason.PLATEAU, why)
        return _Ending(None, 0, Reason.OUT_OF_RANGE, why)

    def _within_size(self) -> int | _Ending:
        """The finest step that is within the bound on the size, when no pick can be."""
        bound = self._bound or 0.0
        large = {i: not self._fits(p) for i, p in self.points.items()}
        rates = {i: BIT_RATE.forward(p.bit_rate) for i, p in self.points.items()}
        curve = Curve(BIT_RATE.prior(self._encoder), self._steps, rates)
        limit = BIT_RATE.forward(bound)
        found = next_step(
            len(self.values),
            large,
            lambda i: curve.above(i, limit),
            want_holding=False,
            known=self.known,
        )
        if not isinstance(found, Settled):
            return found
        allowed = f"{bound / 1000:.0f} kb/s"
        if found.last == len(self.values) - 1:
            rate = self.points[found.last].bit_rate / 1000
            why = f"even {self._named(found.last)} takes {rate:.0f} kb/s, more than {allowed}"
            return _Ending(None, found.last, Reason.TOO_LARGE, why)
        nearest = found.last + 1
        why = (
            f"{self._named(nearest)} is the finest within {allowed}, and misses {self._wanted()}, "
            f"with {self._scores(self.points[nearest])}"
        )
        return _Ending(None, nearest, Reason.TOO_LARGE, why)

    def _meets(self, point: Point) -> bool:
        return all(meets(target, point.value(target)) for target in self._targets)

    def _fits(self, point: Point) -> bool:
        return self._bound is None or point.bit_rate <= self._bound

    def _named(self, index: int) -> str:
        return f"{self._knob.name} {self.values[index]:g}"

    def _wanted(self) -> str:
        return " and ".join(t.text for t in self._targets)

    def _scores(self, point: Point) -> str:
        return ", ".join(f"{point.value(t):.4g}" for t in self._targets)

    def _expected(self, index: int) -> str:
        values = (scale_of(t).backward(float(self._curve(t).means[index])) for t in self._targets)
        return ", ".join(f"{value:.4g}" for value in values)
