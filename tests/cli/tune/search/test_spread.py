"""Curves are drawn from a few points, spread evenly over the qualities wanted."""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from support.findings import point
from vmafx_cli.tune.search.spread import Span, spread
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.probing.events import Probing, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import parse_target

_SETTING = EncodeSetting(encoder="libx264", quality=23)
_SPAN = Span(metric=parse_target("vmaf>=95"), worst=75, points=5)


def _logistic(setting: EncodeSetting, middle: float = 34) -> Point:
    """A point of a curve that falls from 99 by the logistic function, by steps and with noise."""
    crf = setting.quality
    return point(crf, vmaf=99 / (1 + math.exp((crf - middle) / 4)) + 0.1 * math.sin(5 * crf))


def _varying(setting: EncodeSetting) -> Point:
    """A point whose score varies the more from frame to frame the coarser it is."""
    made = point(setting.quality)
    pooled = replace(made.metrics["vmaf"].pooled, stdev=setting.quality / 8)
    return replace(made, metrics={"vmaf": replace(made.metrics["vmaf"], pooled=pooled)})


def _spread(
    measured: Callable[[EncodeSetting], Point] = _logistic,
    span: Span = _SPAN,
    known: Sequence[Point] = (),
) -> tuple[tuple[Point, ...], list[Probing]]:
    def probe(setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        yield from ()
        return measured(setting)

    told: list[Probing] = []
    searching = spread(_SETTING, span, probe, known)
    while True:
        try:
            event = next(searching)
        except StopIteration as end:
            return end.value, told
        assert isinstance(event, Probing)
        told.append(event)


@pytest.mark.parametrize("middle", [26.0, 34.0, 40.0])
def test_points_are_spread_evenly_over_the_range_with_few_probes(middle: float) -> None:
    found, told = _spread(partial(_logistic, middle=middle))
    scores = [p.value(_SPAN.metric) for p in found]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    # The ends are reached, so that curves of several encoders go over the same qualities.
    assert 95 <= scores[0] <= 97
    assert 71 <= scores[-1] <= 75
    assert all(1.5 <= a - b <= 9.5 for a, b in pairwise(scores))
    assert len(told) <= 7
    assert [event.number for event in told] == list(range(1, len(told) + 1))
    assert len({event.setting.quality for event in told}) == len(told)


def test_points_that_are_known_already_are_not_probed_again() -> None:
    found, _ = _spread()
    again, told = _spread(known=found)
    assert told == []
    assert [p.setting for p in again] == [p.setting for p in found]


def test_a_range_that_the_encoder_does_not_reach_ends_at_its_best() -> None:
    # Even crf 1 gives less than 99.9.
    found, told = _spread(span=Span(metric=parse_target("vmaf>=99.9"), worst=90, points=4))
    assert found[0].setting.quality <= 20
    assert len(told) <= 6


def test_a_metric_of_which_less_is_better_is_spread_too() -> None:
    span = Span(metric=parse_target("vmaf:stdev<=1"), worst=5, points=4)
    found, _ = _spread(_varying, span)
    values = [p.value(span.metric) for p in found]
    assert values == sorted(values)
    assert values[0] == pytest.approx(1, abs=0.5)
    assert values[-1] == pytest.approx(5, abs=0.5)


def test_a_worst_quality_that_is_no_worse_is_refused() -> None:
    with pytest.raises(UsageError, match="vmaf 95 is no worse than 95"):
        Span(metric=parse_target("vmaf>=95"), worst=95, points=5)
