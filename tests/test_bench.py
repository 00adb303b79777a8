import math
import sys

import pytest

from bench.measure import Figure, ratio, run


def test_a_bound_is_met_up_to_and_at_its_value_and_never_by_what_is_no_number() -> None:
    assert Figure("x", 0.99, 1.0).met
    assert Figure("x", 1.0, 1.0).met
    assert not Figure("x", 1.01, 1.0).met
    assert not Figure("x", math.nan, 1.0).met


def test_both_sides_take_turns_at_coming_first() -> None:
    order: list[str] = []

    def side(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    measured, note = ratio(lambda: side("ours", 1.0), lambda: side("theirs", 4.0), rounds=3)
    assert measured == 0.25
    assert "3 pairs" in note
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]


def test_usage_counts_the_cpu_time_and_memory_of_the_program() -> None:
    idle = run([sys.executable, "-S", "-c", "pass"])
    busy = run([sys.executable, "-S", "-c", "x = bytearray(300 << 20); sum(range(3_000_000))"])
    assert busy.cpu > idle.cpu
    assert 300 < busy.peak < 300 + 2 * idle.peak


def test_a_program_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match=r"exited 3: gone wrong"):
        run([sys.executable, "-c", "import sys; print('gone wrong', file=sys.stderr); sys.exit(3)"])
