"""Running several event generators at the same time, as one."""

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from vmafx_core.tune.events import TuneEvent

type Job[Result] = Callable[[], Generator[TuneEvent[Any], None, Result]]


def run_jobs[Result](
    jobs: Sequence[Job[Result]], workers: int
) -> Generator[TuneEvent[Any], None, list[Result]]:
    """Run jobs in threads; returns what they return, in their order.

    Closing the generator, or the failure of one job, closes all generators at their next event
    and waits for that.

    Args:
        jobs: Each begins a generator of events.
        workers: Most jobs that run at the same time.

    Yields:
        The events of all jobs, as they come.

    Raises:
        VmafxError: What a job raised; the first one to fail is told.
    """
    events: queue.SimpleQueue[TuneEvent[Any] | Future[Result]] = queue.SimpleQueue()
    stopped = threading.Event()

    def work(job: Job[Result]) -> Result:
        generator = job()
        try:
            while True:
                event = next(generator)
                if stopped.is_set():
                    raise _StoppedError
                events.put(event)
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            generator.close()

    with ThreadPoolExecutor(workers, thread_name_prefix="vmafx-job") as pool:
        futures = [pool.submit(work, job) for job in jobs]
        for future in futures:
            future.add_done_callback(events.put)
        left = len(futures)
        try:
            while left:
                event = events.get()
                if isinstance(event, Future):
                    event.result()
                    left -= 1
                else:
                    yield event
        finally:
            stopped.set()
            for future in futures:
                future.cancel()
    return [future.result() for future in futures]


class _StoppedError(Exception):
    """Ends a job of which nobody wants the result any more."""
