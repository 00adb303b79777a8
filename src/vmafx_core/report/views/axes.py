"""Axes of charts: ranges, places of values in them, and the values that get a label."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_PAD = 0.05
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        low: The value at its beginning.
        high: The value at its end.
        begin: Where it begins, in units of the drawing.
        end: Where it ends; below `begin` where it runs backwards.
        log: Whether equal ratios are equally far.
    """

    low: float
    high: float
    begin: float
    end: float
    log: bool = False

    @classmethod
    def around(
        cls,
        values: Sequence[float],
        begin: float,
        end: float,
        *,
        log: bool = False,
        most: float = math.inf,
    ) -> "Axis":
        """The axis that shows all values with a little room around, and is never of no width.

        Args:
            values: What it has to show.
            begin: Where it begins, in units of the drawing.
            end: Where it ends.
            log: Whether equal ratios are equally far.
            most: Where it ends at the latest, unless a value is above.
        """
        ends = [math.log(v) if log else v for v in (min(values), max(values))]
        pad = (ends[1] - ends[0]) * _PAD or max(abs(ends[0]) * 0.01, 0.01)
        low, high = ends[0] - pad, min(ends[1] + pad, max(ends[1], most))
        return cls(*((math.exp(low), math.exp(high)) if log else (low, high)), begin, end, log)

    def at(self, value: float) -> float:
        """Where a value is."""
        low, high, value = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        return self.begin + (value - low) / (high - low) * (self.end - self.begin)

    def ticks(self, most: int) -> list[float]:
        """Round values to label, evenly spread, about as many as asked for at most."""
        # Within a factor of two, equal steps look nearly even on a log scale too.
        wide = self.log and self.high > 2 * self.low
        return self._log_ticks(most) if wide else self._even_ticks(most)

    def _even_ticks(self, most: int) -> list[float]:
        raw = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(m * power for m in _STEPS if m * power >= raw * (1 - 1e-9))
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(i * step, 12) for i in range(first, last + 1)]

    def _log_ticks(self, most: int) -> list[float]:
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for mantissas in (range(10, 100, 5), (10, 15, 20, 30, 40, 50, 70), (10, 20, 50)):
            made = [m * 10.0 ** (power - 1) for power in powers for m in mantissas]
            seen = [v for v in made if self.low <= v <= self.high]
            if len(seen) <= most:
                return seen
        return [10.0**power for power in powers if self.low <= 10.0**power <= self.high]
