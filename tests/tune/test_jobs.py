"""Several event generators run at the same time, and end together."""

import threading
import time
from collections.abc import Generator
from functools import partial
from typing import Any

import pytest

from vmafx_core.errors import WorkError
from vmafx_core.notice import info
from vmafx_core.tune.events import Told, TuneEvent
from vmafx_core.tune.jobs import run_jobs

type _Events = Generator[TuneEvent[Any], None, int]


def _counting(number: int, events: int = 3) -> _Events:
    for index in range(events):
        yield Told(info("count", f"{number}.{index}"))
    return number


def _result[Result](events: Generator[TuneEvent[Any], None, Result]) -> tuple[list[str], Result]:
    told: list[str] = []
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            return told, end.value
        assert isinstance(event, Told)
        told.append(event.notice.text)


@pytest.mark.parametrize("workers", [1, 3, 8])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    told, results = _result(run_jobs([partial(_counting, n) for n in range(5)], workers))
    assert results == [0, 1, 2, 3, 4]
    assert sorted(told) == [f"{n}.{i}" for n in range(5) for i in range(3)]


def test_jobs_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=30)

    def job() -> _Events:
        meeting.wait()
        yield from _counting(1)
        return 1

    assert _result(run_jobs([job] * 3, 3))[1] == [1, 1, 1]


def test_the_failure_of_one_ends_all() -> None:
    closed = threading.Event()

    def endless() -> _Events:
        try:
            while True:
                yield Told(info("on", "and on"))
                time.sleep(0.001)
        finally:
            closed.set()

    def failing() -> _Events:
        yield Told(info("soon", "it fails"))
        raise WorkError("it failed")

    with pytest.raises(WorkError, match="it failed"):
        _result(run_jobs([endless, failing, endless], 2))
    assert closed.is_set()


def test_closing_ends_all_and_waits() -> None:
    running = threading.Semaphore(0)
    closed = threading.Semaphore(0)

    def endless() -> _Events:
        running.release()
        try:
            while True:
                yield Told(info("on", "and on"))
                time.sleep(0.001)
        finally:
            closed.release()

    events = run_jobs([endless] * 4, 2)
    next(events)
    for _ in range(2):
        assert running.acquire(timeout=30)
    events.close()
    assert [closed.acquire(blocking=False) for _ in range(4)] == [True, True, False, False]


def test_no_jobs_have_no_results() -> None:
    assert _result(run_jobs([], 1)) == ([], [])
