"""What a ladder has to keep to."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from vmafx_cli.tune.sizes import Resolution, Sized, ladder_sizes

# Without a least bit rate, no rung has less than this share of the top's quality: it is of no use.
_USEFUL_SHARE = 0.25


class Spacing(StrEnum):
    """What is even between rungs."""

    BITRATE = "bitrate"
    """The ratio of bit rates."""
    QUALITY = "quality"
    """The difference in quality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RungRules:
    """What a ladder has to keep to.

    Attributes:
        rungs: Most rungs.
        spacing: What is even between them.
        min_bit_rate: Least bits a second of a rung; None for half of the next one's at each step
            down from the top, and no rung of no use.
        max_bit_rate: Most bits a second of a rung; None for no bound.
        min_ratio: Least ratio of bit rates from one rung to the next.
        min_quality_step: Least difference in quality from one rung to the next.
        forced: Heights or sizes of which there must be a rung.
    """

    rungs: int = 6
    spacing: Spacing = Spacing.BITRATE
    min_bit_rate: float | None = None
    max_bit_rate: float | None = None
    min_ratio: float = 1.2
    min_quality_step: float = 0.0
    forced: tuple[Resolution, ...] = ()

    def sized(self, source: Sized) -> Self:
        """The rules, with forced heights as sizes of a source."""
        forced = ladder_sizes(self.forced, source)[0] if self.forced else ()
        return replace(self, forced=forced)

    def lowest(self, highest: float) -> float:
        """The lowest rate of interest below a highest one, in octaves."""
        if self.min_bit_rate is not None:
            return math.log2(self.min_bit_rate)
        return highest - (self.rungs - 1)

    def worst(self, best: float) -> float:
        """The lowest quality of interest below a best one."""
        if self.min_bit_rate is not None or best < 0:
            return -math.inf
        return _USEFUL_SHARE * best
