"""Finding the hull over sizes, and the rungs on it, with few probes.

A few settings of every size are measured; from then on each further one where it could raise the
hull most, until none could by much. Rungs are then chosen, and those not yet measured are, which
may change the choice; in the end every rung is a measured point.
"""

import math
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vmafx_cli.tune.ladder.frontier import (
    Believed,
    Frontier,
    Step,
    direction,
    known,
    worth_measuring,
)
from vmafx_cli.tune.ladder.hull import Hull
from vmafx_cli.tune.ladder.rules import RungRules
from vmafx_cli.tune.ladder.rungs import choose_rungs
from vmafx_cli.tune.search.quality import Probe
from vmafx_cli.tune.sizes import Size
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.probing.events import Probing, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.scoring.requirements import Requirement

# Where in the knob's range the first points of each size are, from the finest.
_FIRST = (0.4, 0.6, 0.8)
# The hull is known when no step could rise above it by more than this share of what quality
# there is between its ends.
_KNOWN = 0.006
# Of all steps of all sizes, the most that are measured for the hull.
_MOST_SHARE = 0.2
# How often the choice of rungs may change before the measured points have to do.
_MOST_CHANGES = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """Rungs, and what they were chosen from.

    Attributes:
        sizes: The sizes, the largest first.
        points: All measured points.
        hull: Those on the hull, in order of rate.
        rungs: The rungs, in order of rate; each a measured point.
        steps: How many settings there were to choose from.
    """

    sizes: tuple[Size, ...]
    points: tuple[Point, ...]
    hull: tuple[Point, ...]
    rungs: tuple[Point, ...]
    steps: int


def search_ladder(
    setting: EncodeSetting,
    sizes: tuple[Size, ...],
    rules: RungRules,
    top: Requirement,
    probe: Probe,
) -> Generator[TuneEvent[Any], None, Ladder]:
    """Find the hull and the rungs.

    Args:
        setting: What to encode with; quality and size are what is searched.
        sizes: The sizes to choose from, the largest first.
        rules: What the ladder has to keep to.
        top: Quality that the top rung is to have.
        probe: Measures a setting.

    Yields:
        `Probing` before each probe, and the probe's own events.

    Raises:
        UsageError: Nothing is within the bounds on the bit rate.
    """
    task = _Task(setting, sizes, rules, top, probe)
    yield from task.begin()
    yield from task.refine()
    rungs = yield from task.settle()
    return _ladder(task.frontier.points, sizes, rungs, top, steps=task.steps)


def ladder_of(
    points: Iterable[Point], sizes: tuple[Size, ...], rules: RungRules, top: Requirement
) -> Ladder:
    """The ladder of points that were measured before, of one encoder and preset.

    Raises:
        UsageError: Nothing is within the bounds on the bit rate.
    """
    by_step: dict[Step, Point] = {}
    for number, point in enumerate(points):
        by_step[sizes.index(size_of(point)), number] = point
    rungs = choose_rungs(known(by_step, top), sizes, rules, _value(top))
    chosen = [list(by_step)[i] for i in _some(rungs, rules)]
    return _ladder(by_step, sizes, chosen, top, steps=len(by_step))


def size_of(point: Point) -> Size:
    """The size that a point of a ladder was encoded at: its setting says it.

    Raises:
        ValueError: It does not.
    """
    if point.setting.size is None:
        raise ValueError("the setting of a point of a ladder says no size")
    return point.setting.size


class _Task:
    """The search: what is measured, and what to measure next."""

    def __init__(
        self,
        setting: EncodeSetting,
        sizes: tuple[Size, ...],
        rules: RungRules,
        top: Requirement,
        probe: Probe,
    ) -> None:
        self.frontier = Frontier(find_encoder(setting.encoder), top, sizes)
        self.steps = len(self.frontier.values) * len(sizes)
        self._setting = setting
        self._sizes = sizes
        self._rules = rules
        self._top = _value(top)
        self._probe = probe
        self._likely = round(len(sizes) * 4 + rules.rungs / 2)

    def begin(self) -> Generator[TuneEvent[Any]]:
        """Measure the first points of each size."""
        last = len(self.frontier.values) - 1
        for share in _FIRST:
            for size in range(len(self._sizes)):
                yield from self._measure((size, round(share * last)))

    def refine(self) -> Generator[TuneEvent[Any]]:
        """Measure where the hull could rise most, until it could not by much."""
        while len(self.frontier.points) < _MOST_SHARE * self.steps:
            believed = self.frontier.believed()
            hull = Hull.of(believed.octaves, believed.qualities)
            best = self._best(believed)
            highest = float(hull.octave_of(np.array([best]))[0])
            lowest = self._rules.lowest(highest)
            index, rise = worth_measuring(believed, lowest, self._rules.worst(best), best)
            scale = float(hull.qualities[-1] - hull.qualities[0])
            if index < 0 or rise < _KNOWN * scale:
                return
            yield from self._measure(believed.steps[index])

    def settle(self) -> Generator[TuneEvent[Any], None, list[Step]]:
        """Choose the rungs, measure them, and choose again until all are measured."""
        for _ in range(_MOST_CHANGES):
            believed = self.frontier.believed()
            rungs = self._chosen(believed)
            unmeasured = [step for step in rungs if step not in self.frontier.points]
            if rungs and not unmeasured:
                return rungs
            for step in unmeasured:
                yield from self._measure(step)
        chosen = choose_rungs(self.frontier.known(), self._sizes, self._rules, self._top)
        return [self.frontier.known().steps[i] for i in _some(chosen, self._rules)]

    def _chosen(self, believed: Believed) -> list[Step]:
        chosen = choose_rungs(believed, self._sizes, self._rules, self._top)
        return [believed.steps[i] for i in chosen]

    def _best(self, believed: Believed) -> float:
        """The quality above which nothing is of interest."""
        best = self._top
        if self._rules.max_bit_rate is not None:
            hull = Hull.of(believed.octaves, believed.qualities)
            highest = np.array([math.log2(self._rules.max_bit_rate)])
            best = min(best, float(hull.quality_at(highest)[0]))
        return best

    def _measure(self, step: Step) -> Generator[TuneEvent[Any]]:
        size, index = step
        chosen = replace(self._setting, quality=self.frontier.values[index], size=self._sizes[size])
        number = len(self.frontier.points) + 1
        yield Probing(chosen, number, max(number, self._likely))
        self.frontier.add(step, (yield from self._probe(chosen)))


def _value(top: Requirement) -> float:
    return direction(top) * top.value


def _some(rungs: tuple[int, ...], rules: RungRules) -> tuple[int, ...]:
    if rungs:
        return rungs
    low, high = rules.min_bit_rate, rules.max_bit_rate
    bounds = [
        f"{name} {rate / 1000:g} kb/s" for name, rate in (("from", low), ("to", high)) if rate
    ]
    raise UsageError(
        f"no setting has a bit rate {' '.join(bounds)}",
        "Widen the bounds on the bit rate, or add larger or smaller sizes.",
    )


def _ladder(
    points: dict[Step, Point],
    sizes: tuple[Size, ...],
    rungs: Iterable[Step],
    top: Requirement,
    *,
    steps: int,
) -> Ladder:
    measured = known(points, top)
    hull = Hull.of(measured.octaves, measured.qualities)
    every = list(points.values())
    return Ladder(
        sizes=sizes,
        points=tuple(every),
        hull=tuple(every[i] for i in hull.members),
        rungs=tuple(points[step] for step in rungs),
        steps=steps,
    )
