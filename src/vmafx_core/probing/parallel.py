"""Running several jobs at the same time, all of whose events come out of one generator."""

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any

from vmafx_core.limits import usable_cpus
from vmafx_core.notice import Notice
from vmafx_core.probing.events import TuneEvent
from vmafx_core.scoring.events import Told

type Job[Result] = Callable[[Running], Result]

# CPUs that one encode keeps busy, and most that are worth the memory that they take.
_CPUS_A_JOB = 4
_MOST_JOBS = 8


def share_cpus(jobs: int, threads: int | None) -> tuple[int, int]:
    """How many jobs to run at the same time, and how many threads each gets.

    Args:
        jobs: How many there are.
        threads: Threads for all together; None for the CPUs this process may use.
    """
    threads = threads or usable_cpus()
    workers = max(1, min(threads // _CPUS_A_JOB, _MOST_JOBS, jobs))
    return workers, max(1, threads // workers)


class Running:
    """What a job tells its events to, and asks whether its result is still wanted.

    Args:
        put: Takes the events.
        stopped: Set when no result is wanted any more.
    """

    def __init__(self, put: Callable[[TuneEvent[Any]], None], stopped: threading.Event) -> None:
        self._put = put
        self._stopped = stopped

    def go_on(self) -> None:
        """Return if the job is to go on; otherwise raise what ends it."""
        if self._stopped.is_set():
            raise _StoppedError

    def tell(self, event: TuneEvent[Any]) -> None:
        """Tell what happens; ends the job as `go_on` does."""
        self.go_on()
        self._put(event)

    def tell_all[Result](self, events: Generator[TuneEvent[Any], None, Result]) -> Result:
        """Tell all events of a generator; returns what it returns."""
        with closing(events):
            while True:
                try:
                    self.tell(next(events))
                except StopIteration as end:
                    result: Result = end.value
                    return result


def run_jobs[Result](
    jobs: Sequence[Job[Result]], workers: int
) -> Generator[TuneEvent[Any], None, list[Result]]:
    """Run jobs in threads; returns what they return, in their order.

    Closing the generator, or the failure of one job, ends all jobs the next time that they tell
    something or ask, and waits for that.

    Args:
        jobs: What to do.
        workers: Most jobs that run at the same time.

    Yields:
        The events of all jobs, as they come; what several have to tell comes once.

    Raises:
        VmafxError: What a job raised; the first one to fail is told.
    """
    events: queue.SimpleQueue[TuneEvent[Any] | Future[Result]] = queue.SimpleQueue()
    stopped = threading.Event()
    told: set[Notice] = set()
    running = Running(events.put, stopped)
    with ThreadPoolExecutor(workers, thread_name_prefix="vmafx-job") as pool:
        futures = [pool.submit(job, running) for job in jobs]
        for future in futures:
            future.add_done_callback(events.put)
        left = len(futures)
        try:
            while left:
                event = events.get()
                if isinstance(event, Future):
                    event.result()
                    left -= 1
                elif not isinstance(event, Told) or event.notice not in told:
                    if isinstance(event, Told):
                        told.add(event.notice)
                    yield event
        finally:
            stopped.set()
            for future in futures:
                future.cancel()
    return [future.result() for future in futures]


class _StoppedError(Exception):
    """Ends a job of which nobody wants the result any more."""
