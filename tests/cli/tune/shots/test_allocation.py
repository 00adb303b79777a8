"""Bits are shared among shots so that the whole is good with the fewest of them."""

from itertools import product

import numpy as np
import pytest

from vmafx_cli.tune.shots.allocation import (
    Curve,
    Measured,
    allocate,
    interpolated_curve,
    measured_curve,
    uniform,
)

_VALUES = tuple(float(value) for value in range(20, 30))


def _curve(
    frames: int, kilobits: float, lost: float, *, values: tuple[float, ...] = _VALUES
) -> Curve:
    """A shot that halves its bits every 6 steps, and loses quality ever faster."""
    steps = np.array(values) - 20
    return Curve(frames, values, kilobits * frames * 2 ** (-steps / 6), 99 - lost * steps**1.5)


def _totals(curves: list[Curve], chosen: tuple[float, ...]) -> tuple[float, float]:
    at = [curve.at(value) for curve, value in zip(curves, chosen, strict=True)]
    frames = [curve.frames for curve in curves]
    scores = sum(f * score for f, (_, score) in zip(frames, at, strict=True))
    return sum(bits for bits, _ in at), scores / sum(frames)


def _fewest_bits(curves: list[Curve], target: float) -> float:
    """By trying everything."""
    totals = (_totals(curves, chosen) for chosen in product(_VALUES, repeat=len(curves)))
    return min(bits for bits, mean in totals if mean >= target)


_CURVES = [_curve(30, 100, 0.4), _curve(50, 900, 0.9), _curve(40, 300, 0.2)]


@pytest.mark.parametrize("target", [90, 92.5, 95, 97])
def test_the_target_is_met_with_hardly_more_bits_than_the_fewest(target: float) -> None:
    chosen = allocate(_CURVES, target)
    assert chosen is not None
    bits, mean = _totals(_CURVES, chosen)
    assert mean >= target
    assert bits <= 1.015 * _fewest_bits(_CURVES, target)


def test_costly_shots_are_coarser_than_cheap_ones() -> None:
    chosen = allocate([_curve(50, 100, 0.5), _curve(50, 1000, 0.5)], 94)
    assert chosen is not None
    assert chosen[0] < chosen[1]


def test_equal_shots_get_neighbouring_values() -> None:
    chosen = allocate([_curve(50, 100, 0.5)] * 4, 94)
    assert chosen is not None
    assert max(chosen) - min(chosen) <= 1


def test_long_shots_weigh_more() -> None:
    curves = [_curve(10, 500, 0.5), _curve(1000, 500, 0.5)]
    chosen = allocate(curves, 95)
    assert chosen is not None
    assert curves[1].at(chosen[1])[1] == pytest.approx(95, abs=1)


def test_hundreds_of_shots_are_shared_among_at_once() -> None:
    generator = np.random.default_rng(3)
    curves = [_curve(40, cost, 0.5) for cost in generator.uniform(50, 2000, 400)]
    chosen = allocate(curves, 94)
    even = uniform(curves, 94)
    assert chosen is not None
    assert even is not None
    bits, mean = _totals(curves, chosen)
    assert 94 <= mean < 94.01
    assert bits < 0.9 * _totals(curves, (even,) * 400)[0]


def test_no_shot_falls_below_the_floor() -> None:
    free, held = allocate(_CURVES, 92), allocate(_CURVES, 92, floor=91)
    assert free is not None
    assert held is not None
    assert min(c.at(v)[1] for c, v in zip(_CURVES, free, strict=True)) < 91
    assert min(c.at(v)[1] for c, v in zip(_CURVES, held, strict=True)) >= 91
    assert _totals(_CURVES, held)[1] >= 92


def test_a_shot_that_cannot_reach_the_floor_takes_its_best() -> None:
    bad = Curve(10, _VALUES, np.linspace(100, 50, 10), np.linspace(80, 70, 10))
    assert allocate([*_CURVES, bad], 90, floor=91) is not None
    chosen = allocate([*_CURVES, bad], 90, floor=91)
    assert chosen is not None
    assert chosen[-1] == 20


def test_a_target_out_of_reach_has_no_allocation() -> None:
    assert allocate(_CURVES, 99.5) is None
    assert uniform(_CURVES, 99.5) is None


def test_a_target_that_is_always_met_costs_the_least_there_is() -> None:
    assert allocate(_CURVES, 1) == (29, 29, 29)
    assert uniform(_CURVES, 1) == 29


def test_a_curve_that_is_not_monotone_is_used_where_it_is_best() -> None:
    jagged = Curve(10, (20, 21, 22), np.array([100.0, 120, 90]), np.array([95.0, 94, 95]))
    assert allocate([jagged], 94) == (22,)


def test_the_uniform_value_is_the_coarsest_that_meets_the_target() -> None:
    value = uniform(_CURVES, 94)
    assert value is not None
    assert _totals(_CURVES, (value,) * 3)[1] >= 94 > _totals(_CURVES, (value + 1,) * 3)[1]


def test_the_uniform_value_keeps_the_floor() -> None:
    value = uniform(_CURVES, 80, floor=94)
    assert value is not None
    assert min(curve.at(value)[1] for curve in _CURVES) >= 94
    assert min(curve.at(value + 1)[1] for curve in _CURVES) < 94


def test_the_uniform_value_is_one_that_all_shots_have() -> None:
    narrow = _curve(30, 100, 0.4, values=(22.0, 24.0))
    assert uniform([*_CURVES, narrow], 80) == 24


def test_bits_are_interpolated_in_their_logarithm_and_scores_in_line() -> None:
    curve = interpolated_curve(10, _VALUES, {22: Measured(800, 96), 26: Measured(200, 88)})
    assert curve.at(24) == pytest.approx((400, 92))


def test_a_curve_goes_on_a_little_beyond_what_was_measured() -> None:
    values = tuple(float(value) for value in range(40))
    curve = interpolated_curve(10, values, {22: Measured(800, 96), 26: Measured(200, 88)})
    assert curve.values == values[18:31]
    assert curve.at(28) == pytest.approx((100, 84))
    assert curve.at(20) == pytest.approx((1600, 100))


def test_a_measured_curve_has_nothing_else() -> None:
    curve = measured_curve(10, {22: Measured(800, 96), 26: Measured(200, 88)})
    assert curve.values == (22, 26)
    assert curve.at(26) == (200, 88)
