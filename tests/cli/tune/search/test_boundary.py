from collections.abc import Callable

import pytest

from vmafx_cli.tune.search.boundary import Settled, next_step


def _believing(edge: int, width: float = 0.0) -> Callable[[int], float]:
    """The property holds up to `edge`, as certainly as `width` steps allow."""
    return lambda i: 1.0 if i <= edge - width else 0.0 if i > edge + width else 0.6


def _found(count: int, edge: int, belief: Callable[[int], float], *, want: bool) -> tuple[int, int]:
    """The boundary and how many tries it took, of a property that holds up to `edge`."""
    holds: dict[int, bool] = {}
    while not isinstance(step := next_step(count, holds, belief, want_holding=want), Settled):
        assert step not in holds
        holds[step] = step <= edge
    return step.last, len(holds)


def test_a_right_belief_needs_one_try() -> None:
    assert _found(50, 17, _believing(17), want=True) == (17, 1)
    assert _found(50, 17, _believing(17), want=False) == (17, 1)


def test_an_uncertain_belief_is_settled_by_the_neighbour() -> None:
    assert _found(50, 17, _believing(17, 1), want=True) == (17, 2)


@pytest.mark.parametrize("edge", [-1, 0, 1, 24, 48, 49])
@pytest.mark.parametrize("want", [True, False])
def test_a_belief_that_stays_wrong_is_overruled(edge: int, *, want: bool) -> None:
    last, tries = _found(50, edge, lambda i: 0.7 if i < 30 else 0.3, want=want)
    assert last == edge
    assert tries <= 16


def test_what_contradicts_itself_ends_after_the_coarsest_that_holds() -> None:
    settled = next_step(
        10, {3: True, 4: False, 5: True, 6: False}, lambda _: 0.5, want_holding=True
    )
    assert settled == Settled(5, tried=True)
