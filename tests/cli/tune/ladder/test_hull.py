"""The upper convex hull of quality against rate."""

import numpy as np
import pytest

from vmafx_cli.tune.ladder.hull import Hull


def test_a_point_below_the_line_of_its_neighbours_is_not_on_the_hull() -> None:
    # At 1, 2 and 4 bits a second.
    hull = Hull.of([0, 1, 2], [10, 16, 30])

    assert hull.members == (0, 2)


def test_a_point_above_the_line_of_its_neighbours_is_on_the_hull() -> None:
    hull = Hull.of([2, 0, 1], [30, 10, 17])

    assert hull.members == (1, 2, 0)


def test_what_costs_more_and_is_no_better_is_not_on_the_hull() -> None:
    hull = Hull.of([0, 1, 2, 3], [10, 20, 20, 15])

    assert hull.members == (0, 1)


def test_of_points_at_one_rate_the_best_counts() -> None:
    hull = Hull.of([1, 1, 2, 1], [10, 20, 30, 15])

    assert hull.members == (1, 2)


def test_one_point_is_a_hull() -> None:
    assert Hull.of([3.0], [50.0]).members == (0,)


def test_no_point_is_above_the_hull_of_many() -> None:
    random = np.random.default_rng(5)
    octaves, qualities = random.uniform(8, 14, 200), random.uniform(0, 100, 200)

    hull = Hull.of(octaves, qualities)

    assert np.all(hull.quality_at(octaves) >= qualities - 1e-9)
    slopes = np.diff(hull.qualities) / np.diff(np.exp2(hull.octaves))
    assert np.all(slopes > 0)
    assert np.all(np.diff(slopes) < 0)


def test_between_its_points_the_hull_is_straight() -> None:
    hull = Hull.of([10, 12], [40, 80])

    assert hull.quality_at(np.array([9.0, 10.5, 13.0])) == pytest.approx([40, 50, 80])
    assert hull.octave_of(np.array([30.0, 50.0, 90.0])) == pytest.approx([10, 10.5, 12])
