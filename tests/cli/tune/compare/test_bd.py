"""Bjontegaard deltas are those of the `bjontegaard` package, and defined where it has none."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from vmafx_cli.tune.compare.bd import Method, bd_quality, bd_rate, overlap, rate_at

# What the package says, recorded by scripts/record-bd.
_RECORDED = json.loads(Path(__file__).with_name("bjontegaard.json").read_text(encoding="utf-8"))
_CURVES = _RECORDED["curves"]
_ANCHOR = ([500.0, 900.0, 1600.0, 3000.0], [70.0, 80.0, 88.0, 94.0])


@pytest.mark.parametrize(
    ("anchor", "test", "method", "rate", "quality"),
    _RECORDED["deltas"],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_both_deltas_are_those_of_the_bjontegaard_package(
    anchor: str, test: str, method: str, rate: float | None, quality: float | None
) -> None:
    curves = _CURVES[anchor], _CURVES[test]
    expected = [math.nan if v is None else v for v in (rate, quality)]
    found = [delta(*curves, Method(method)) for delta in (bd_rate, bd_quality)]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-7, nan_ok=True)


def test_half_the_bits_at_every_quality_are_minus_fifty_percent() -> None:
    rates, qualities = _ANCHOR
    halved = ([r / 2 for r in rates], qualities)
    for method in Method:
        assert bd_rate(_ANCHOR, halved, method) == pytest.approx(-50)
        assert bd_rate(halved, _ANCHOR, method) == pytest.approx(100)


def test_two_points_more_at_every_rate_are_two_points() -> None:
    rates, qualities = _ANCHOR
    assert bd_quality(_ANCHOR, (rates, [q + 2 for q in qualities])) == pytest.approx(2)


def test_the_order_of_points_does_not_matter() -> None:
    rates, qualities = _ANCHOR
    other = ([400.0, 700.0, 1300.0, 2500.0], [69.0, 79.0, 87.0, 93.5])
    assert bd_rate((rates[::-1], qualities[::-1]), other) == bd_rate(_ANCHOR, other)


def test_points_that_another_beats_at_most_its_rate_are_left_out() -> None:
    rates, qualities = _ANCHOR
    other = ([400.0, 700.0, 1300.0, 2500.0], [69.0, 79.0, 87.0, 93.5])
    # A dip, a second point of one rate, and a point of no more quality than a cheaper one.
    noisy = ([*rates, 1000.0, 900.0, 3100.0], [*qualities, 79.0, 78.0, 94.0])
    assert bd_rate(other, noisy) == bd_rate(other, _ANCHOR)
    assert bd_quality(other, noisy) == bd_quality(other, _ANCHOR)


def test_points_without_a_quality_are_left_out() -> None:
    rates, qualities = _ANCHOR
    assert bd_rate(([*rates, 4000.0], [*qualities, math.nan]), _ANCHOR) == pytest.approx(0)


def test_fewer_than_four_points_have_no_delta() -> None:
    three = ([500.0, 900.0, 1600.0], [70.0, 80.0, 88.0])
    assert math.isnan(bd_rate(_ANCHOR, three))
    assert math.isnan(bd_quality(three, _ANCHOR))
    assert math.isnan(bd_rate(_ANCHOR, ([], [])))
    # Four points, of which one is beaten by another.
    assert math.isnan(bd_rate(_ANCHOR, ([*three[0], 2000.0], [*three[1], 87.0])))


def test_curves_without_a_quality_in_common_have_no_rate_delta() -> None:
    rates, _ = _ANCHOR
    above = (rates, [95.0, 96.0, 97.0, 98.0])
    assert math.isnan(bd_rate(_ANCHOR, above))
    assert overlap(_ANCHOR, above) is None
    assert bd_quality(_ANCHOR, above) > 0


def test_the_qualities_that_both_have_are_the_overlap() -> None:
    assert overlap(_ANCHOR, ([1.0, 2.0], [60.0, 82.0])) == (70.0, 82.0)
    assert overlap(_ANCHOR, ([], [])) is None


def test_only_the_qualities_that_count_are_compared() -> None:
    rates, qualities = _ANCHOR
    # Half the bits up to 80, and as many from 88 on.
    other = ([rates[0] / 2, rates[1] / 2, *rates[2:]], qualities)
    assert bd_rate(_ANCHOR, other, within=(70, 80)) == pytest.approx(-50, abs=5)
    assert bd_rate(_ANCHOR, other, within=(88, 94)) == pytest.approx(0, abs=5)
    assert bd_rate(_ANCHOR, other, within=(0, 100)) == bd_rate(_ANCHOR, other)
    assert math.isnan(bd_rate(_ANCHOR, other, within=(95, 99)))
    assert bd_quality(_ANCHOR, other, within=(88, 94)) == pytest.approx(0, abs=0.5)
    assert bd_quality(_ANCHOR, other, within=(0, 100)) == bd_quality(_ANCHOR, other)
    # At no rate are both from 70 to 80, and at none above 95.
    assert math.isnan(bd_quality(_ANCHOR, other, within=(70, 80)))
    assert math.isnan(bd_quality(_ANCHOR, other, within=(95, 99)))


@pytest.mark.parametrize("method", Method)
def test_the_rate_at_a_quality_lies_between_the_points_around_it(method: Method) -> None:
    assert rate_at(_ANCHOR, 80.0, method) == pytest.approx(900)
    qualities = np.linspace(70, 94, 49)
    rates = [rate_at(_ANCHOR, q, method) for q in qualities]
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(500)
    assert rates[-1] == pytest.approx(3000)


def test_between_two_points_the_logarithm_of_the_rate_is_straight() -> None:
    assert rate_at(([100.0, 400.0], [80.0, 90.0]), 85.0) == pytest.approx(200)


def test_a_quality_beyond_the_curve_has_no_rate() -> None:
    assert math.isnan(rate_at(_ANCHOR, 94.1))
    assert math.isnan(rate_at(_ANCHOR, 69.9))
    assert math.isnan(rate_at(([], []), 80.0))
    assert rate_at(([100.0], [80.0]), 80.0) == pytest.approx(100)
