from itertools import pairwise

import pytest

from vmafx_core.probing.request import Sampling
from vmafx_core.probing.windows import WHOLE, Window, choose_windows


def _ends(windows: tuple[Window, ...]) -> list[tuple[float, float]]:
    return [(w.start, w.start + (w.duration or 0)) for w in windows]


@pytest.mark.parametrize("seconds", [0.2, 3, 20, 60])
def test_all_of_a_short_source_is_used(seconds: float) -> None:
    assert choose_windows(seconds, [], Sampling()) == WHOLE


def test_a_source_of_unknown_length_is_used_whole() -> None:
    assert choose_windows(None, [], Sampling()) == WHOLE


@pytest.mark.parametrize("seconds", [120, 600, 7200])
def test_windows_are_spread_over_all_of_a_long_source(seconds: float) -> None:
    windows = choose_windows(seconds, [], Sampling())
    ends = _ends(windows)
    assert all(a_end <= b for (_, a_end), (b, _) in pairwise(ends))
    assert ends[0][0] < seconds / len(windows)
    assert seconds * (1 - 1 / len(windows)) < ends[-1][1] <= seconds


def test_longer_sources_get_more_windows_but_a_smaller_share() -> None:
    counts = [len(choose_windows(s, [], Sampling())) for s in (120, 600, 7200, 30000)]
    assert counts == sorted(counts)
    assert counts[0] >= 12
    assert counts[-1] <= 48


def test_windows_begin_at_key_frames_nearby() -> None:
    keys = [0.0, 31.0, 47.5, 68.0, 100.0]
    windows = choose_windows(100, keys, Sampling(windows=2, seconds=5))
    assert [w.start for w in windows] == [31.0, 68.0]


def test_what_is_asked_for_is_done() -> None:
    windows = choose_windows(1000, [], Sampling(windows=3, seconds=7))
    assert [w.duration for w in windows] == [7, 7, 7]


def test_all_of_a_long_source_comes_in_pieces_that_join_at_key_frames() -> None:
    keys = [float(k) for k in range(0, 300, 7)]
    windows = choose_windows(300, keys, Sampling(whole=True))
    assert windows[0].start == 0
    assert windows[-1].duration is None
    assert all(a.start + (a.duration or 0) == b.start for a, b in pairwise(windows))
    assert all(w.start in keys for w in windows)
