"""Choosing the rungs of a ladder from what is on, or near, the hull."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from vmafx_cli.tune.ladder.frontier import Believed
from vmafx_cli.tune.ladder.hull import Hull, Numbers
from vmafx_cli.tune.ladder.rules import RungRules, Spacing
from vmafx_cli.tune.sizes import Size

type Indices = npt.NDArray[np.intp]

# The top rung may take this much more bits than the hull at its quality, in octaves: 3 percent.
_SLACK = math.log2(1.03)
# How many octaves below the lowest wanted place steps are still looked at.
_UNDER = 1.0
# An octave more than the hull takes is as bad as being this many spacings off the wanted place.
_OFF_THE_HULL = 5.0
# An unmeasured step is as good as one measured that is this share of the spacing nearer.
_MEASURED_NEARER = 0.05


def choose_rungs(
    believed: Believed, sizes: tuple[Size, ...], rules: RungRules, top: float
) -> tuple[int, ...]:
    """Choose rungs among steps, in order of rate; at least one where there are steps in bounds.

    The top rung is the cheapest step that has the quality `top`, or the best there is. From there
    downwards rungs are spaced evenly, each taken from what is on the hull or little below.

    Args:
        believed: The steps.
        sizes: The sizes that they are of.
        rules: What to keep to.
        top: Quality that the top rung is to have, more being better.

    Returns:
        Indices into `believed`.
    """
    allowed = np.ones(len(believed.steps), np.bool_)
    if rules.max_bit_rate is not None:
        allowed &= believed.octaves <= math.log2(rules.max_bit_rate)
    if rules.min_bit_rate is not None:
        allowed &= believed.octaves >= math.log2(rules.min_bit_rate)
    inside = np.flatnonzero(allowed)
    if not inside.size:
        return ()
    choice = _Choice(believed, inside, sizes, rules, top)
    return tuple(choice.made())


class _Choice:
    """The choosing: indices are into `believed` throughout."""

    def __init__(
        self,
        believed: Believed,
        inside: Indices,
        sizes: tuple[Size, ...],
        rules: RungRules,
        top: float,
    ) -> None:
        self._octaves, self._qualities = believed.octaves, believed.qualities
        self._measured = believed.measured
        self._size = [sizes[size] for size, _ in believed.steps]
        self._rules = rules
        self._inside = inside
        cheap = rules.max_bit_rate is None or self._octaves <= math.log2(rules.max_bit_rate)
        self._judge(np.flatnonzero(np.full(len(self._octaves), cheap)))
        self._top = self._topmost(top)
        highest = float(self._octaves[self._top])
        self._lowest = min(rules.lowest(highest), highest)
        of_use = self._qualities >= rules.worst(float(self._qualities[self._top]))
        # What is much lower than any rung will be must not shape the hull, and what is a little
        # lower must: else whatever is lowest would be on it.
        of_use &= self._octaves >= self._lowest - _UNDER
        self._judge(np.flatnonzero(of_use & cheap))
        self._inside = inside[of_use[inside]]
        self._below = [
            int(i)
            for i in self._inside
            if self._octaves[i] < highest and self._qualities[i] < self._qualities[self._top]
        ]

    def _judge(self, among: Indices) -> None:
        """Take the hull of some steps, and how many octaves more than it each step takes."""
        self._hull = Hull.of(self._octaves[among], self._qualities[among])
        self._over = self._octaves - self._hull.octave_of(self._qualities)
        # What is worse than the hull's low end has nothing in its favour: that costs less.
        self._over[self._qualities < self._hull.qualities[0]] = np.inf

    def _topmost(self, top: float) -> int:
        efficient = self._efficient(self._inside)
        reaching = [i for i in efficient if self._qualities[i] >= top]
        if reaching:
            return min(reaching, key=lambda i: self._octaves[i])
        return max(efficient, key=lambda i: self._qualities[i])

    def _efficient(self, steps: Iterable[int]) -> list[int]:
        """The steps on the hull or little below; where there are none, the nearest one."""
        steps = [int(i) for i in steps]
        least = min(float(self._over[i]) for i in steps)
        return [i for i in steps if self._over[i] <= max(_SLACK, least)]

    def made(self) -> list[int]:
        rungs = self._with_forced(self._spaced())
        kept = [rungs.pop()]
        while rungs:
            if self._is_apart(rungs[-1], kept[-1]) or self._is_only_one(rungs[-1], kept):
                kept.append(rungs[-1])
            rungs.pop()
        return kept[::-1]

    def _spaced(self) -> list[int]:
        """Evenly spaced steps, the lowest rate first."""
        rules = self._rules
        highest = float(self._octaves[self._top])
        ends = self._efficient([*self._below, self._top])
        first = min(max(self._lowest, min(float(self._octaves[i]) for i in ends)), highest)
        count = rules.rungs
        if rules.min_ratio > 1:
            count = min(count, int((highest - first) / math.log2(rules.min_ratio) + 1e-6) + 1)
        if rules.spacing is Spacing.BITRATE:
            places, lowest, best = self._octaves, first, highest
        else:
            places = self._qualities
            lowest = float(self._hull.quality_at(np.array([first]))[0])
            best = float(places[self._top])
        wanted = np.linspace(lowest, best, max(count, 1))[:-1]
        spacing = (best - lowest) / max(count - 1, 1) or 1.0
        below = self._below
        chosen = {self._nearest(places, float(place), spacing) for place in wanted if below}
        return sorted({*chosen, self._top}, key=lambda i: self._octaves[i])

    def _nearest(self, places: Numbers, wanted: float, spacing: float) -> int:
        def cost(i: int) -> float:
            apart = abs(float(places[i]) - wanted) / spacing
            trouble = 0.0 if self._measured[i] else _MEASURED_NEARER
            return apart + trouble + _OFF_THE_HULL * float(self._over[i])

        return min(self._below, key=cost)

    def _with_forced(self, rungs: list[int]) -> list[int]:
        """The rungs, with one of each forced size in the place of the one nearest to it."""
        for size in self._rules.forced:
            if any(self._size[i] == size for i in rungs):
                continue
            lowest, highest = self._octaves[rungs[0]], self._octaves[rungs[-1]]
            of_size = [int(i) for i in self._inside if self._size[i] == size]
            between = [i for i in of_size if lowest <= self._octaves[i] <= highest] or of_size
            if not between:
                continue
            least = min(between, key=lambda i: (self._over[i], not self._measured[i]))
            # The top rung stays: it is what the best viewers see.
            replaceable = [
                i
                for i in rungs[:-1]
                if self._size[i] not in self._rules.forced
                or sum(self._size[j] == self._size[i] for j in rungs) > 1
            ]
            if replaceable and len(rungs) >= self._rules.rungs:
                rungs.remove(min(replaceable, key=lambda i: abs(self._distance(i, least))))
            rungs = sorted([*rungs, least], key=lambda i: self._octaves[i])
        return rungs

    def _distance(self, one: int, other: int) -> float:
        return float(self._octaves[one] - self._octaves[other])

    def _is_apart(self, lower: int, upper: int) -> bool:
        """Whether two rungs are as far apart as they have to be."""
        gained = float(self._qualities[upper] - self._qualities[lower])
        ratio = self._distance(upper, lower) + 1e-6 >= math.log2(self._rules.min_ratio)
        return ratio and gained > 0 and gained >= self._rules.min_quality_step

    def _is_only_one(self, rung: int, others: list[int]) -> bool:
        """Whether a rung is the only one of a forced size so far."""
        size = self._size[rung]
        return size in self._rules.forced and all(self._size[i] != size for i in others)
