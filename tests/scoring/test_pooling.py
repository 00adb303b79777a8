import math

import numpy as np
import pytest

from vmafx_core.scoring.pooling import POOL_NAMES, pool

VALUES = np.array([90.0, 80.0, 70.0, 60.0])


def test_every_pool_of_a_known_series_has_its_known_value() -> None:
    pooled = pool(VALUES)
    assert pooled.mean == 75.0
    assert pooled.median == 75.0
    assert (pooled.min, pooled.max) == (60.0, 90.0)
    assert pooled.stdev == pytest.approx(math.sqrt(125))
    assert pooled.harmonic_mean == pytest.approx(4 / sum(1 / (v + 1) for v in VALUES) - 1)
    assert pooled.p10 == pytest.approx(63.0)
    assert pooled.p90 == pytest.approx(87.0)


@pytest.mark.parametrize("frames", [1, 2, 3, 11, 100, 1001])
def test_percentiles_are_those_of_numpy(frames: int) -> None:
    values = np.random.default_rng(frames).normal(80.0, 9.0, frames)
    pooled = pool(values)
    ours = (pooled.p1, pooled.p5, pooled.p10, pooled.median, pooled.p90)
    theirs = np.percentile(values, (1, 5, 10, 50, 90))
    np.testing.assert_allclose(ours, theirs, rtol=1e-14)


def test_the_worst_percents_are_means_of_whole_frames() -> None:
    values = np.arange(200.0)
    assert pool(values).worst1 == 0.5
    assert pool(values).worst5 == 4.5
    assert pool(values, lower_is_better=True).worst1 == 198.5


def test_of_a_short_series_the_worst_percent_is_its_worst_frame() -> None:
    assert pool(VALUES).worst1 == 60.0


def test_a_harmonic_mean_that_has_no_value_is_not_a_number() -> None:
    assert math.isnan(pool(np.array([-3.0, 5.0])).harmonic_mean)


def test_infinite_values_pool_without_complaint() -> None:
    pooled = pool(np.array([math.inf, math.inf]))
    assert (pooled.mean, pooled.median, pooled.p90) == (math.inf, math.inf, math.inf)
    assert pool(np.array([40.0, math.inf])).median == math.inf


def test_what_has_no_number_in_it_has_no_percentiles() -> None:
    assert math.isnan(pool(np.array([40.0, math.nan, 41.0])).p1)


def test_nothing_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="nothing"):
        pool(np.array([]))


def test_the_pool_names_are_those_users_write() -> None:
    assert {"mean", "harmonic_mean", "p5", "min", "worst1"} <= set(POOL_NAMES)
