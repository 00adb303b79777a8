"""A curve of quality against bits from a few probes, spread evenly over the qualities wanted."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vmafx_cli.tune.search.curve import Curve
from vmafx_cli.tune.search.quality import Probe
from vmafx_cli.tune.search.scales import scale_of
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.probing.events import Probing, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.scoring.requirements import Requirement

# Probes that miss what they were to hit, besides those that hit.
_SPARE = 2
# How far from a wanted quality a point may be, in distances between two wanted ones.
_NEAR = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The qualities that a curve is to go over.

    Attributes:
        metric: What quality is; its bound is the best quality wanted.
        worst: The worst quality wanted.
        points: How many points are wanted, both ends counted; at least 2.

    Raises:
        UsageError: The worst quality is not worse than the best.
    """

    metric: Requirement
    worst: float
    points: int

    def __post_init__(self) -> None:
        best, upward = self.metric.value, self.metric.operator in {">", ">="}
        if not (self.worst < best if upward else self.worst > best):
            raise UsageError(
                f"{self.metric.metric} {self.worst:g} is no worse than {best:g}",
                "Name the worst quality of the curves and the best.",
            )

    def wanted(self) -> tuple[float, ...]:
        """The qualities, in the order in which they are to be found.

        The middle one first, as it says most of all others, and then the ends.
        """
        evenly = [float(v) for v in np.linspace(self.metric.value, self.worst, self.points)]
        middle = evenly.pop(len(evenly) // 2) if len(evenly) > 2 else evenly.pop(0)
        return (middle, evenly[0], evenly[-1], *evenly[1:-1])

    @property
    def limits(self) -> tuple[float, float]:
        """The lower and the higher value of the two ends."""
        low, high = sorted((self.metric.value, self.worst))
        return low, high

    def is_near(self, score: float, quality: float) -> bool:
        """Whether a point is near enough to a wanted quality, and reaches it if it is an end."""
        low, high = self.limits
        near = _NEAR * (high - low) / (self.points - 1)
        return abs(score - quality) <= near and not self.falls_short(score, quality)

    def falls_short(self, score: float, quality: float) -> bool:
        """Whether an end of the span is wanted, and a point does not reach it."""
        low, high = self.limits
        return (quality == high and score < high) or (quality == low and score > low)


def spread(
    setting: EncodeSetting, span: Span, probe: Probe, known: Iterable[Point] = ()
) -> Generator[TuneEvent[Any], None, tuple[Point, ...]]:
    """Probe until there is a point near each quality wanted, as far as the encoder has it.

    Args:
        setting: What to encode with; its quality is what is varied.
        span: The qualities wanted.
        probe: Measures a setting.
        known: Points that were measured before with the same setting but for its quality.

    Yields:
        `Probing` before each probe, and the probe's own events.

    Returns:
        The point nearest to each quality wanted, from the finest to the coarsest; one point may
        be nearest to several.
    """
    encoder = find_encoder(setting.encoder)
    knob = encoder.knob
    values = knob.values()
    indices = {value: index for index, value in enumerate(values)}
    points = {indices[p.setting.quality]: p for p in known if p.setting.quality in indices}
    scale = scale_of(span.metric)
    prior = scale.prior(encoder)
    steps = np.array([knob.coarser * v / knob.step for v in values])
    most = span.points + _SPARE
    for number in range(1, most + 1):
        measured = {i: scale.forward(p.value(span.metric)) for i, p in points.items()}
        believed = [scale.backward(float(m)) for m in Curve(prior, steps, measured).means]
        index = _next(span, _scores(span, points), believed)
        if index is None:
            break
        chosen = replace(setting, quality=values[index])
        yield Probing(chosen, number, min(most, max(number, span.points)))
        points[index] = yield from probe(chosen)
    nearest = {_nearest(span, _scores(span, points), quality) for quality in span.wanted()}
    return tuple(points[index] for index in sorted(nearest))


def _scores(span: Span, points: Mapping[int, Point]) -> dict[int, float]:
    return {i: p.value(span.metric) for i, p in points.items()}


def _next(span: Span, scores: Mapping[int, float], believed: Sequence[float]) -> int | None:
    """The step to measure for the first quality that no point is near; None where all have one."""
    for quality in span.wanted():
        if any(span.is_near(score, quality) for score in scores.values()):
            continue
        likeliest = _nearest(span, dict(enumerate(believed)), quality)
        if likeliest not in scores:
            return likeliest
    return None


def _nearest(span: Span, scores: Mapping[int, float], quality: float) -> int:
    """The step nearest to a quality; for an end of the span, one that reaches it if there is."""
    return min(
        scores,
        key=lambda index: (
            span.falls_short(scores[index], quality),
            abs(scores[index] - quality),
        ),
    )
