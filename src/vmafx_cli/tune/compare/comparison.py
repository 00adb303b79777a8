"""Encoders held against each other at equal quality, from measured points."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vmafx_cli.tune.compare.bd import (
    EVERYWHERE,
    Method,
    RdPoints,
    bd_quality,
    bd_rate,
    overlap,
    rate_at,
)
from vmafx_cli.tune.corpus.row import SourceFacts
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import meets
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.requirements import Requirement


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contender:
    """One encoder with its preset and options, and what was measured of it on one source.

    Attributes:
        name: What it is called: encoder and preset, and whatever else tells it from the others.
        setting: How it encodes; the quality is none in particular.
        points: All points, from the finest to the coarsest.
        curve: Those that its curve goes through; none where no curve was asked for.
        failure: Why it has no points; "" where it has.
    """

    name: str
    setting: EncodeSetting
    points: tuple[Point, ...]
    curve: tuple[Point, ...] = ()
    failure: str = ""

    @property
    def encode_fps(self) -> float:
        """Frames encoded a second, over all points; nan where that is unknown."""
        seconds = sum(p.encode_seconds for p in self.points)
        return sum(p.frames for p in self.points) / seconds if seconds > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Delta:
    """How a contender's curve differs from another's, on average.

    Attributes:
        rate: Percent more bits at equal quality.
        quality: How much better at equal bits.
    """

    rate: float
    quality: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Contenders on one source.

    Attributes:
        source: The source.
        windows: The parts of it that were encoded and measured.
        whole: Whether they are all of it.
        contenders: The contenders, in the order asked for; the first one with points is the
            anchor that the others are held against.
        targets: The quality at which bit rates are compared; empty for whole curves alone.
        metric: What quality is on the curves; its bound does not matter.
        within: The lowest and the highest value of it that counts for curves.
    """

    source: SourceFacts
    windows: tuple[Window, ...]
    whole: bool
    contenders: tuple[Contender, ...]
    targets: tuple[Requirement, ...]
    metric: Requirement
    within: tuple[float, float] = EVERYWHERE

    @property
    def anchor(self) -> Contender:
        """What all are held against."""
        return next((c for c in self.contenders if c.points), self.contenders[0])

    def pick(self, contender: Contender) -> Point | None:
        """The smallest point that meets all targets; None where none does or there are none."""
        met = [p for p in contender.points if all(meets(t, p.value(t)) for t in self.targets)]
        return min(met, key=lambda p: p.bit_rate) if met and self.targets else None

    def bit_rate(self, contender: Contender) -> float:
        """Bits a second at which a contender just meets all targets.

        Steps of a quality knob do not end on a target exactly; between the measured points on
        either side of it, its rate is read off the curve. Where even the coarsest point meets
        the targets, it is that point's.

        Returns:
            nan where it does not meet them, or where there are none.
        """
        pick = self.pick(contender)
        if pick is None:
            return math.nan
        rates = [rate_at(_curve(contender.points, t), _upward(t) * t.value) for t in self.targets]
        return max((r for r in rates if not math.isnan(r)), default=pick.bit_rate)

    def saving(self, contender: Contender) -> float:
        """Percent more bits than the anchor takes at the targets; nan where that is unknown."""
        return 100 * (self.bit_rate(contender) / self.bit_rate(self.anchor) - 1)

    def delta(
        self, contender: Contender, anchor: Contender, method: Method = Method.PCHIP
    ) -> Delta:
        """How two curves differ; nan where they have too few points or nothing in common."""
        curves = _curve(anchor.curve, self.metric), _curve(contender.curve, self.metric)
        within = self._turned(self.within)
        return Delta(bd_rate(*curves, method, within), bd_quality(*curves, method, within))

    def shared(self, contender: Contender) -> tuple[float, float] | None:
        """The lowest and the highest value that a curve has in common with the anchor's."""
        found = overlap(*(_curve(c.curve, self.metric) for c in (self.anchor, contender)))
        if found is None:
            return None
        low, high = self._turned(found)
        return max(low, self.within[0]), min(high, self.within[1])

    def _turned(self, limits: tuple[float, float]) -> tuple[float, float]:
        """Limits of the metric as those of a quality of which more is better, or back."""
        low, high = sorted(_upward(self.metric) * limit for limit in limits)
        return low, high

    def ranked(self) -> tuple[Contender, ...]:
        """All contenders, those that take the fewest bits at equal quality first."""
        return tuple(sorted(self.contenders, key=self._rank))

    def _rank(self, contender: Contender) -> float:
        cost = self.bit_rate(contender)
        if not self.targets:
            cost = self.delta(contender, self.anchor).rate
        return math.inf if math.isnan(cost) else cost


@dataclass(frozen=True, slots=True)
class Mean:
    """How a contender differs from the anchor over several sources.

    Attributes:
        name: The contender.
        sources: How many sources both were measured on.
        percent: Percent more bits at the targets: the geometric mean; nan where there are none.
        delta: The means of the differences between curves; nan where there are none.
    """

    name: str
    sources: int
    percent: float
    delta: Delta


def means(comparisons: Sequence[Comparison]) -> tuple[Mean, ...]:
    """The means of all contenders over the sources that have the first source's anchor."""
    anchor = comparisons[0].anchor.name
    held = [c for c in comparisons if c.anchor.name == anchor]
    found = []
    for name in dict.fromkeys(c.name for comparison in held for c in comparison.contenders):
        pairs = [(c, one) for c in held for one in c.contenders if one.name == name and one.points]
        savings = [math.log1p(c.saving(one) / 100) for c, one in pairs]
        deltas = [c.delta(one, c.anchor) for c, one in pairs]
        delta = Delta(_mean([d.rate for d in deltas]), _mean([d.quality for d in deltas]))
        found.append(Mean(name, len(pairs), 100 * math.expm1(_mean(savings)), delta))
    return tuple(found)


def _mean(values: Sequence[float]) -> float:
    known = [v for v in values if not math.isnan(v)]
    return sum(known) / len(known) if known else math.nan


def labels(settings: Sequence[EncodeSetting]) -> list[str]:
    """What to call settings: encoder and preset, and whatever else tells them apart."""
    names = [_label(s) for s in settings]
    further = [_further(s) for s in settings]
    return [
        f"{name} {more}" if more and names.count(name) > 1 else name
        for name, more in zip(names, further, strict=True)
    ]


def _label(setting: EncodeSetting) -> str:
    preset = setting.preset or find_encoder(setting.encoder).default_preset
    return f"{setting.encoder}:{preset}" if preset else setting.encoder


def _further(setting: EncodeSetting) -> str:
    parts = [f"{key}={value}" for key, value in setting.options]
    parts += ["{}x{}".format(*setting.size)] if setting.size else []
    parts += [setting.pix_fmt] if setting.pix_fmt else []
    parts += [f"g={setting.keyframe_interval}"] if setting.keyframe_interval else []
    return " ".join(parts)


def _upward(metric: Requirement) -> int:
    """1 where more of a metric is better, -1 where less is."""
    return -1 if metric.operator in {"<", "<="} else 1


def _curve(points: Iterable[Point], metric: Requirement) -> RdPoints:
    points = tuple(points)
    upward = _upward(metric)
    return [p.bit_rate for p in points], [upward * p.value(metric) for p in points]
