"""Several event generators run at the same time, and end together."""

import threading
import time
from collections.abc import Generator
from functools import partial
from typing import Any

import pytest

from vmafx_core.errors import WorkError
from vmafx_core.notice import info
from vmafx_core.probing.events import TuneEvent
from vmafx_core.probing.parallel import Job, Running, run_jobs
from vmafx_core.scoring.events import Told


def _counting(number: int, running: Running) -> int:
    for index in range(3):
        running.tell(Told(info("count", f"{number}.{index}")))
    return number


def _endless(begun: threading.Semaphore, ended: threading.Semaphore, running: Running) -> None:
    begun.release()
    try:
        while True:
            running.go_on()
            time.sleep(0.001)
    finally:
        ended.release()


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
    assert sorted(_result(run_jobs([lambda _: meeting.wait()] * 3, 3))[1]) == [0, 1, 2]


def test_the_events_of_generators_are_told() -> None:
    def events() -> Generator[TuneEvent[Any], None, int]:
        yield Told(info("some", "first"))
        yield Told(info("some", "second"))
        return 7

    told, results = _result(run_jobs([lambda running: running.tell_all(events())], 1))
    assert (told, results) == (["first", "second"], [7])


def test_the_failure_of_one_ends_all() -> None:
    begun, ended = threading.Semaphore(0), threading.Semaphore(0)

    def failing(_: Running) -> None:
        assert begun.acquire(timeout=30)
        raise WorkError("it failed")

    jobs: list[Job[None]] = [partial(_endless, begun, ended), failing]
    with pytest.raises(WorkError, match="it failed"):
        _result(run_jobs(jobs, 2))
    assert ended.acquire(blocking=False)


def test_closing_ends_all_and_waits() -> None:
    begun, ended = threading.Semaphore(0), threading.Semaphore(0)
    endless = partial(_endless, begun, ended)
    jobs: list[Job[int | None]] = [endless, endless, partial(_counting, 1), endless]
    events = run_jobs(jobs, 3)
    next(events)
    for _ in range(2):
        assert begun.acquire(timeout=30)
    events.close()
    begun_after = 2
    while begun.acquire(blocking=False):
        begun_after += 1
    assert all(ended.acquire(blocking=False) for _ in range(begun_after))


def test_a_generator_is_closed_when_its_job_ends() -> None:
    closed = threading.Event()

    def events() -> Generator[TuneEvent[Any]]:
        try:
            while True:
                yield Told(info("on", "and on"))
                time.sleep(0.001)
        finally:
            closed.set()

    running = run_jobs([lambda job: job.tell_all(events())], 1)
    next(running)
    running.close()
    assert closed.is_set()


def test_no_jobs_have_no_results() -> None:
    assert _result(run_jobs([], 1)) == ([], [])
