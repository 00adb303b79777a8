"""Finding the step at which something stops holding, with few tries.

A property holds on the fine side of a quality knob and not on the coarse side. Between them is a
boundary, which is found by trying steps; what is believed of the curve says which step to try, and
when the neighbour of a tried one needs no trying.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Tries of one search that may leave more than half of the gap before it is halved instead.
_PATIENCE = 4
# How probable an untried neighbour's outcome must be to be relied on: curves jump a little from one
# step to the next, and more certainty would cost more than it is worth.
RELIED_ON = 0.8


@dataclass(frozen=True, slots=True)
class Settled:
    """The boundary is known.

    Attributes:
        last: The coarsest step where the property holds; -1 where it holds nowhere.
        tried: Whether both sides of the boundary were tried, or are the ends of the range.
    """

    last: int
    tried: bool


def next_step(
    count: int,
    holds: Mapping[int, bool],
    belief: Callable[[int], float],
    *,
    want_holding: bool,
    known: int = 0,
) -> int | Settled:
    """Choose the next step to try, or say where the boundary is.

    Where outcomes contradict each other, the boundary is that after the coarsest step that holds.

    Args:
        count: How many steps there are, from the finest, 0, to the coarsest.
        holds: What was tried, in that order.
        belief: The probability that the property holds at a step.
        want_holding: Whether the step before the boundary is wanted, and so has to be tried, or
            the one behind it.
        known: How many of the first ones in `holds` were not tried by this search.

    Returns:
        The step to try, or the boundary.
    """
    low, high = _gap(count, holds)
    if high - low == 1:
        return Settled(low, tried=True)
    if want_holding and low >= 0 and belief(low + 1) < 1 - RELIED_ON:
        return Settled(low, tried=False)
    if not want_holding and high < count and belief(high - 1) > RELIED_ON:
        return Settled(high - 1, tried=False)
    if _slow(count, holds, known):
        return (low + high) // 2
    likely = max((i for i in range(low + 1, high) if belief(i) >= 0.5), default=low)
    if want_holding:
        return max(likely, low + 1)
    return min(likely + 1, high - 1)


def _gap(count: int, holds: Mapping[int, bool]) -> tuple[int, int]:
    """The coarsest step that holds and the next one that does not; -1 and `count` for none."""
    low = max((i for i, held in holds.items() if held), default=-1)
    high = min((i for i, held in holds.items() if not held and i > low), default=count)
    return low, high


def _slow(count: int, holds: Mapping[int, bool], known: int) -> bool:
    """Whether the last tries did not halve the gap."""
    tried = list(holds.items())
    if len(tried) - known < _PATIENCE:
        return False
    before = _gap(count, dict(tried[:-_PATIENCE]))
    now = _gap(count, holds)
    return now[1] - now[0] > (before[1] - before[0]) / 2
