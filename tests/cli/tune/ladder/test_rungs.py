"""Rungs are chosen from what is on the hull, or little below, within rules."""

import math
from itertools import pairwise

import numpy as np
import pytest

from vmafx_cli.tune.ladder.frontier import Believed
from vmafx_cli.tune.ladder.rules import RungRules, Spacing
from vmafx_cli.tune.ladder.rungs import choose_rungs

_SIZES = ((1280, 720), (640, 360))


def _of(points: dict[int, list[tuple[float, float]]], *, measured: bool = True) -> Believed:
    """Steps by size: kilobits a second and quality."""
    steps = tuple((size, i) for size, row in points.items() for i in range(len(row)))
    rows = [p for row in points.values() for p in row]
    octaves = np.array([math.log2(rate * 1000) for rate, _ in rows])
    qualities = np.array([quality for _, quality in rows])
    return Believed(steps, octaves, qualities, qualities, np.full(len(rows), measured))


def _curve(best: float, lost: float) -> list[tuple[float, float]]:
    """Forty steps over five octaves from 4096 kb/s downwards."""
    return [(4096 * 2 ** (-i / 8), best - lost * i**1.4) for i in range(40)]


# The small size is better below about 750 kb/s.
_BELIEVED = _of({0: _curve(99, 0.5), 1: _curve(88, 0.3)})


def _chosen(rules: RungRules, top: float = 95.0) -> list[tuple[tuple[int, int], float, float]]:
    """Size, kilobits a second and quality of the rungs."""
    return [
        (
            _SIZES[_BELIEVED.steps[i][0]],
            2 ** float(_BELIEVED.octaves[i]) / 1000,
            float(_BELIEVED.qualities[i]),
        )
        for i in choose_rungs(_BELIEVED, _SIZES, rules, top)
    ]


def test_the_top_rung_is_the_cheapest_that_has_the_top_quality() -> None:
    _, rate, quality = _chosen(RungRules())[-1]

    assert quality >= 95
    better = [q for q in _BELIEVED.qualities if q >= 95]
    assert quality == min(better)
    assert rate < 4096


def test_where_nothing_has_the_top_quality_the_best_is_the_top() -> None:
    assert _chosen(RungRules(), top=99.9)[-1][2] == 99


def test_rungs_are_evenly_spaced_by_ratio() -> None:
    rates = [rate for _, rate, _ in _chosen(RungRules(rungs=5, min_bit_rate=250e3))]

    ratios = [b / a for a, b in pairwise(rates)]
    assert len(rates) == 5
    assert max(ratios) / min(ratios) < 1.35


def test_rungs_are_evenly_spaced_by_quality() -> None:
    rules = RungRules(rungs=5, spacing=Spacing.QUALITY, min_bit_rate=250e3)

    qualities = [quality for _, _, quality in _chosen(rules)]
    assert len(qualities) == 5
    assert np.diff(qualities) == pytest.approx(np.mean(np.diff(qualities)), abs=2.0)


def test_low_rungs_are_small_and_high_rungs_large() -> None:
    rungs = _chosen(RungRules(min_bit_rate=200e3))

    assert [size for size, _, _ in rungs] == sorted((s for s, _, _ in rungs), key=_area)
    assert {size for size, _, _ in rungs} == set(_SIZES)


def _area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


@pytest.mark.parametrize("spacing", list(Spacing))
def test_quality_rises_from_rung_to_rung(spacing: Spacing) -> None:
    rungs = _chosen(RungRules(rungs=12, spacing=spacing))

    assert np.all(np.diff([rate for _, rate, _ in rungs]) > 0)
    assert np.all(np.diff([quality for _, _, quality in rungs]) > 0)


def test_rungs_keep_within_bounds_on_the_bit_rate() -> None:
    rates = [r for _, r, _ in _chosen(RungRules(min_bit_rate=300e3, max_bit_rate=1500e3))]

    assert 300 <= min(rates) < 400
    assert 1200 < max(rates) <= 1500


def test_without_a_least_bit_rate_rungs_halve_at_most() -> None:
    rates = [rate for _, rate, _ in _chosen(RungRules(rungs=3))]

    assert rates[-1] / rates[0] == pytest.approx(4, rel=0.1)


def test_nothing_within_bounds_is_no_rung() -> None:
    assert _chosen(RungRules(min_bit_rate=9e6)) == []


def test_rungs_are_at_least_the_ratio_apart() -> None:
    rates = [rate for _, rate, _ in _chosen(RungRules(rungs=40, min_ratio=1.5))]

    assert len(rates) > 4
    assert min(b / a for a, b in pairwise(rates)) >= 1.5 - 1e-6


def test_rungs_are_at_least_the_quality_step_apart() -> None:
    qualities = [q for _, _, q in _chosen(RungRules(rungs=10, min_quality_step=8))]

    assert len(qualities) > 2
    assert min(np.diff(qualities)) >= 8


def test_there_is_a_rung_of_every_forced_size() -> None:
    rules = RungRules(rungs=3, min_bit_rate=1100e3, min_ratio=1.05)
    unforced = _chosen(rules)
    assert {size for size, _, _ in unforced} == {(1280, 720)}

    forced = _chosen(RungRules(rungs=3, min_bit_rate=1100e3, min_ratio=1.05, forced=((640, 360),)))

    assert len(forced) == 3
    assert {size for size, _, _ in forced} == set(_SIZES)
    assert forced[-1] == unforced[-1]


def test_a_measured_step_is_preferred_to_one_hardly_nearer() -> None:
    row = _curve(99, 0.5)
    believed = _of({0: row}, measured=False)
    free = choose_rungs(believed, _SIZES, RungRules(rungs=3), 95.0)
    believed.measured[free[1] + 1] = True

    assert choose_rungs(believed, _SIZES, RungRules(rungs=3), 95.0)[1] in {free[1], free[1] + 1}
    believed.measured[free[1]] = True
    assert choose_rungs(believed, _SIZES, RungRules(rungs=3), 95.0)[1] == free[1]


def test_the_lowest_rung_is_no_dominated_one_though_nothing_in_range_is_cheaper() -> None:
    # The small size is worse everywhere, and has the step nearest to where the range begins.
    large = [(4000 * 2 ** (-i * 0.37), 98.0 - 3 * i) for i in range(20)]
    small = [(4000 * 2 ** (-i * 0.65), 80.0 - 5 * i) for i in range(12)]
    believed = _of({0: large, 1: small})

    chosen = choose_rungs(believed, _SIZES, RungRules(rungs=3), 98.0)

    assert {believed.steps[i][0] for i in chosen} == {0}
    assert len(chosen) == 3
