"""Where jobs are kept: what it has answered is on disk."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Concatenate

from sqlalchemy import Connection, Engine, select, update

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.jobs import pruning, reading
from vmafx_daemon.jobs.database import as_vmafx_error, connect, hold_file
from vmafx_daemon.jobs.records import Begun, Change, Job, JobResult, Outcome
from vmafx_daemon.jobs.schema import meta
from vmafx_daemon.jobs.transitions import Numbers, Transaction
from vmafx_daemon.jobs.writer import Writer
from vmafx_rpc import messages

_READERS = 4
_META = update(meta)
_CHANGES = select(meta.c.changes)
# Numbers of changes, and seconds, that are put down before they come.
_RESERVED = 1000
_CLOCK_SECONDS = 1.0


class JobStore:
    """Jobs in a database.

    Every method that changes a job returns when that is safe, and then `on_change` has been told.
    All of them raise `BusyError` while the disk is full, and `WorkError` if the database fails.

    Args:
        url: The database, as an SQLAlchemy URL.

    Attributes:
        on_change: Is told each change of state, in the order of their numbers, in the loop.
    """

    def __init__(self, url: str) -> None:
        self.on_change: Callable[[Change], None] = _nobody
        self._url = url
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="vmafx-read")
        self._numbers, self._reserved = Numbers(0), 0
        self._engine: Engine
        self._clock: Clock
        self._writer: Writer[Transaction]

    async def open(self) -> None:
        """Connect; to be called first.

        Raises:
            UsageError: The URL is wrong.
            ComponentError: The database's driver is not installed.
            WorkError: The database cannot be opened, or another daemon uses it.
        """
        self._engine = await asyncio.to_thread(connect, self._url)
        try:
            hold_file(self._engine)
        except WorkError:
            self._engine.dispose()
            raise
        changes, clock, wall = await self._read(
            lambda connection: tuple(
                connection.execute(select(meta.c.changes, meta.c.clock, meta.c.wall)).one()
            )
        )
        # Numbers that another daemon may have told are not given again.
        self._numbers, self._reserved = Numbers(changes + 1), changes
        self._clock = Clock(clock, wall)
        self._writer = Writer(self._engine, self._begin, self._finish)
        try:
            await self._writer.do(lambda _: None, lambda _: None)
        except VmafxError:
            await self.close()
            raise

    async def close(self) -> None:
        """Write what waits, and disconnect."""
        await self._writer.close()
        self._readers.shutdown()
        self._engine.dispose()

    @property
    def last_number(self) -> int:
        """The number of the latest change, or before there is one here, one beyond all others."""
        return self._numbers.last

    async def submit(
        self,
        job: Job,
        idempotency_key: str = "",
        *,
        no_cache: bool = False,
        fingerprint: bytes | None = None,
        room: bool = True,
    ) -> tuple[str, bool] | None:
        """Store a new job; see `Transaction.submit`."""
        return await self._change(
            lambda all_: all_.submit(
                job, idempotency_key, no_cache=no_cache, fingerprint=fingerprint, room=room
            )
        )

    async def begin(self, most: int, worker: str) -> list[Begun]:
        """Take the next jobs out of the queue, to be run."""
        return await self._change(lambda all_: all_.begin(most, worker))

    async def complete(self, ticket: int, outcome: Outcome) -> None:
        """End an attempt with what it came to, unless it has ended otherwise."""
        await self._change(lambda all_: all_.complete(ticket, outcome))

    async def reuse(self, ticket: int, fingerprint: bytes) -> bool:
        """End an attempt with the result of an equal job; returns whether there is one."""
        return await self._change(lambda all_: all_.reuse(ticket, fingerprint))

    async def fail(self, ticket: int, error: VmafxError) -> None:
        """End an attempt with an error, and the job with it."""
        await self._change(lambda all_: all_.fail(ticket, error))

    async def rest(self, ticket: int, error: VmafxError) -> int | None:
        """End an attempt with an error that the next may not have.

        Returns:
            The ticket to queue the job with when it is time; None if the job goes no further.
        """
        return await self._change(lambda all_: all_.rest(ticket, error))

    async def queue(self, ticket: int) -> None:
        """Queue a job that has rested."""
        await self._change(lambda all_: all_.queue(ticket))

    async def release(self, ticket: int) -> None:
        """Queue a job whose attempt was ended through no fault of its own; it does not count."""
        await self._change(lambda all_: all_.release(ticket))

    async def recover(self) -> None:
        """Queue what a daemon that was killed has left behind."""
        await self._change(lambda all_: all_.recover())

    async def cancel(self, job_id: str) -> None:
        """End a job, unless it has ended already."""
        await self._change(lambda all_: all_.cancel(job_id))

    async def retry(self, job_id: str) -> bool:
        """Queue a failed or cancelled job again; returns whether it was one."""
        return await self._change(lambda all_: all_.retry(job_id))

    async def prune(self, seconds: float, most_bytes: int) -> int:
        """Delete ended jobs, the oldest first.

        Args:
            seconds: How long ago those ended that may go.
            most_bytes: How much the others may take up.

        Returns:
            How many went.
        """
        before = self._clock.now() - seconds
        limit = await self._read(partial(pruning.limit, before=before, most_bytes=most_bytes))
        deleted = 0
        # In small pieces, for others wait meanwhile.
        while some := await self._change(lambda all_: all_.prune(limit)):
            deleted += some
        return deleted

    async def get(self, job_id: str) -> Change | None:
        """A job and its latest change; None if there is no such job."""
        return await self._read(reading.get, job_id)

    async def result(self, job_id: str) -> JobResult | None:
        """The result of a completed job."""
        return await self._read(reading.result, job_id)

    async def changed_after(self, number: int, most: int) -> list[Change]:
        """The latest change of each job that came after one, in their order."""
        return await self._read(reading.changed_after, number, most)

    async def counts(self) -> dict[int, int]:
        """How many jobs wait and run, by state."""
        return await self._read(reading.counts)

    async def oldest_pending(self) -> Job | None:
        """The job that waits longest."""
        return await self._read(reading.oldest_pending)

    async def page(
        self, request: messages.controller.ListJobsRequest
    ) -> messages.controller.ListJobsResponse:
        """A page of jobs, the newest first.

        Raises:
            UsageError: The size of the page is none, or its token is of no other page.
        """
        return await self._read(reading.page, request)

    async def _change[T](self, operation: Callable[[Transaction], T]) -> T:
        def run(transaction: Transaction) -> tuple[T, list[Change]]:
            before = len(transaction.changes)
            return operation(transaction), transaction.changes[before:]

        def then(done: tuple[T, list[Change]]) -> None:
            for change in done[1]:
                self.on_change(change)

        return (await self._writer.do(run, then))[0]

    def _begin(self, connection: Connection) -> Transaction:
        if "reserved" not in connection.info:
            # What was known may have changed while there was no connection.
            if connection.execute(_CHANGES).scalar_one() > self._reserved:
                raise WorkError("another daemon has used the database of jobs", "Restart this one.")
            connection.info["reserved"] = 0, 0.0
        return Transaction(connection, self._numbers, self._clock.now)

    def _finish(self, transaction: Transaction) -> None:
        connection, clock = transaction.put_down(), self._clock.now()
        # As long as it is this connection that writes, what it has put down holds.
        reserved, until = connection.info["reserved"]
        if self._numbers.last > reserved or clock > until:
            self._reserved, until = self._numbers.last + _RESERVED, clock + _CLOCK_SECONDS
            wall = time.time() + _CLOCK_SECONDS
            connection.execute(_META, {"changes": self._reserved, "clock": until, "wall": wall})
            connection.info["reserved"] = self._reserved, until

    async def _read[**P, T](
        self, question: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def run() -> T:
            with self._engine.connect() as connection:
                return question(connection, *args, **kwargs)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, run)
        except VmafxError:
            raise
        except Exception as error:
            raise as_vmafx_error(error) from error


def _nobody(_: Change) -> None:
    """Nobody listens yet."""


class Clock:
    """Seconds that have passed for a store: what the age of its jobs is told by.

    While the daemon runs they pass as they do; over the time that it was stopped, as the wall clock
    says, but never backwards.

    Args:
        clock: The store's time when it was last written down.
        wall: The wall clock's then.
    """

    def __init__(self, clock: float, wall: float) -> None:
        self._offset = clock + max(0.0, time.time() - wall) - time.monotonic()

    def now(self) -> float:
        """Seconds of the store's time."""
        return time.monotonic() + self._offset
