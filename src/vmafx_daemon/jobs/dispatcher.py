"""The queue: as many jobs at once as the engine executes, higher priorities first, then older ones.

A job whose worker was lost, or whose disk or name server gives no answer, is tried again after a
while; others that fail are not. A result is not let go of before it is stored, however long the
database's disk is full.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from functools import partial

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.access.path_checks import NoAnswerError
from vmafx_daemon.engine.contract import Engine, Limits, WorkerLostError
from vmafx_daemon.jobs.fingerprint import fingerprint
from vmafx_daemon.jobs.hub import Hub
from vmafx_daemon.jobs.records import Begun, JobResult, pack
from vmafx_daemon.jobs.store import JobStore
from vmafx_daemon.jobs.telling import SCORING, event_of, frames_in, progress_of, result_of
from vmafx_daemon.settings import LimitSettings
from vmafx_daemon.threads import Threads
from vmafx_rpc import messages

_FIRST_REST = 1.0
_LONGEST_REST = 300.0
_STORE_REST = 1.0
_FINGERPRINT_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Dispatcher:
    """Has jobs executed.

    Args:
        store: The jobs.
        hub: What hears of them.
        engine: What executes them.
        limits: How much there may be.
        check: Refuses a job that names what it may not, now that it is to begin.
        on_frames: Is told how many more frames are done.
    """

    def __init__(
        self,
        store: JobStore,
        hub: Hub,
        engine: Engine,
        limits: LimitSettings,
        *,
        check: Callable[[messages.controller.JobSpec], Awaitable[None]],
        on_frames: Callable[[int], None],
    ) -> None:
        self._store = store
        self._hub = hub
        self._engine = engine
        self._memory = limits.worker_memory
        self._check = check
        self._on_frames = on_frames
        self._news = asyncio.Event()
        self._stopping = False
        self._running: dict[int, tuple[str, asyncio.Task[None]]] = {}
        self._resting: set[asyncio.Task[None]] = set()
        self._readers = Readers(engine.slots, _FINGERPRINT_SECONDS)
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin jobs from now on."""
        self._loop = asyncio.create_task(self._dispatch(), name="dispatcher")

    def wake(self) -> None:
        """Say that there may be something to begin."""
        self._news.set()

    async def end(self, job_id: str) -> None:
        """End the execution of a job that is not wanted any more."""
        tasks = [task for running, task in self._running.values() if running == job_id]
        await end_tasks(tasks)

    async def stop(self, seconds: float) -> None:
        """Begin no more jobs, and queue again those that have not ended by then.

        Args:
            seconds: How long running jobs may go on.
        """
        self._stopping = True
        self.wake()
        if self._loop:
            await asyncio.wait((self._loop,))  # which goes on if this is cancelled
        await end_tasks(self._resting)
        running = [task for _, task in self._running.values()]
        if running:
            await asyncio.wait(running, timeout=seconds)
        left = list(self._running.items())
        await end_tasks(task for _, (_, task) in left)
        for ticket, _ in left:
            try:
                await self._store.release(ticket)
            except VmafxError as error:
                _log.warning("a job is queued again only at the next start: %s", error.message)

    async def _dispatch(self) -> None:
        while not self._stopping:
            self._news.clear()
            free = self._engine.slots - len(self._running)
            begun = await self._begin(free) if free else []
            for each in begun:
                task = asyncio.create_task(self._attempt(each), name=f"job {each.job.id}")
                self._running[each.ticket] = each.job.id, task
                task.add_done_callback(partial(self._ended, each.ticket))
            if not begun or len(begun) < free:
                await self._news.wait()

    async def _begin(self, most: int) -> list[Begun]:
        try:
            return await self._store.begin(most, self._engine.name)
        except VmafxError as error:
            _log.warning("no job can be begun: %s", error.message)
            asyncio.get_running_loop().call_later(_STORE_REST, self.wake)
            return []

    def _ended(self, ticket: int, _: asyncio.Task[None]) -> None:
        self._running.pop(ticket, None)
        self.wake()

    async def _attempt(self, begun: Begun) -> None:
        ticket = begun.ticket
        try:
            await self._execute(begun)
        except (WorkerLostError, NoAnswerError) as error:
            lost = error
            again = await self._persist(lambda: self._store.rest(ticket, lost))
            if again is not None:
                self._rest(again, begun.job.attempts)
        except VmafxError as error:
            failure = error
            await self._persist(lambda: self._store.fail(ticket, failure))
        except Exception:  # noqa: BLE001 - whatever it is, the job must end and the queue go on
            _log.exception("job %s failed inside the server", begun.job.id)
            fault = WorkError("the server failed at this job", "Its log says why.")
            await self._persist(lambda: self._store.fail(ticket, fault))

    async def _execute(self, begun: Begun) -> None:
        await self._check(begun.job.spec)
        read = partial(fingerprint, begun.job.spec)
        before = await self._readers.read(read)
        if before and not begun.no_cache:
            reused = await self._persist(lambda: self._store.reuse(begun.ticket, before))
            if reused:
                return
        result = await self._run(begun)
        # What changed meanwhile may have been scored half as it was.
        same = before is not None and await self._readers.read(read) == before
        packed = await asyncio.to_thread(pack, result, before if same else None)
        await self._persist(lambda: self._store.complete(begun.ticket, packed))

    async def _run(self, begun: Begun) -> JobResult:
        job = begun.job
        limits = Limits(job.timeout.ToTimedelta().total_seconds(), self._memory)
        done = 0
        async with aclosing(self._engine.run(job.id, job.spec, limits)) as told:
            async for each in told:
                if result := result_of(each):
                    self._on_frames(max(0, frames_in(result) - done))
                    return result
                if progress := progress_of(each):
                    self._hub.advance(job.id, progress)
                    if progress.phase == SCORING:
                        self._on_frames(max(0, progress.done - done))
                        done = progress.done
                else:
                    self._hub.tell(event_of(job.id, each))
        raise WorkError("the job ended without a result", "This is a fault of the server.")

    async def _persist[T](self, write: Callable[[], Awaitable[T]]) -> T:
        """Write until it is written."""
        while True:
            try:
                return await write()
            except VmafxError as error:
                _log.warning("the end of a job waits to be stored: %s", error.message)
                await asyncio.sleep(_STORE_REST)

    def _rest(self, ticket: int, attempts: int) -> None:
        async def rest() -> None:
            await asyncio.sleep(min(_FIRST_REST * 2 ** (attempts - 1), _LONGEST_REST))
            await self._persist(lambda: self._store.queue(ticket))
            self.wake()

        task = asyncio.create_task(rest())
        self._resting.add(task)
        task.add_done_callback(self._resting.discard)


async def end_tasks(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks, and wait until they have ended."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


class Readers:
    """Threads that read files: that may take for ever where a disk is far away.

    Args:
        threads: How many.
        seconds: How long anything may take, with waiting for a thread; what takes longer is left
            to itself.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        self._threads = Threads("vmafx-files", threads)
        self._seconds = seconds

    async def read[T](self, what: Callable[[], T]) -> T | None:
        """What that returns, or None where it takes too long; raises what that raises."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._threads.run(what)
        except TimeoutError:
            return None
