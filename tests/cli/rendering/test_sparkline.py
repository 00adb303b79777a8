import math

import numpy as np

from vmafx_cli.rendering.sparkline import sparkline


def test_lowest_and_highest_scores_get_the_lowest_and_highest_block() -> None:
    assert sparkline(np.arange(8.0), 8) == "▁▂▃▄▅▆▇█"


def test_a_short_drop_stays_visible_in_a_long_video() -> None:
    values = np.full(100_000, 95.0)
    values[70_000] = 20.0
    line = sparkline(values, 50)
    assert len(line) == 50
    assert line.index("▁") == 35


def test_few_frames_take_few_characters() -> None:
    assert len(sparkline(np.array([1.0, 2.0, 3.0]), 50)) == 3


def test_equal_scores_are_a_flat_line() -> None:
    assert sparkline(np.full(10, 97.0), 5) == "█████"


def test_an_ascii_terminal_gets_ascii() -> None:
    line = sparkline(np.arange(16.0), 8, ascii_only=True)
    assert line.isascii()
    assert len(set(line)) == 8


def test_frames_without_a_score_are_blank() -> None:
    assert sparkline(np.array([1.0, math.nan, 2.0]), 3) == "▁ █"
    assert sparkline(np.array([math.nan]), 3) == ""


def test_a_short_peak_stays_visible_where_less_is_better() -> None:
    values = np.zeros(1000)
    values[500] = 20.0
    assert sparkline(values, 10, peaks=True) == "▁▁▁▁▁█▁▁▁▁"
