"""Where jobs are kept: what it has answered is on disk."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Concatenate

from sqlalchemy import Connection, Engine, select, update

from vmafx_core.errors import VmafxError
from vmafx_daemon.jobs import pruning, reading
from vmafx_daemon.jobs.clock import Clock
from vmafx_daemon.jobs.database import as_vmafx_error, connect
from vmafx_daemon.jobs.records import Begun, Change, Job, JobResult, Outcome
from vmafx_daemon.jobs.schema import meta
from vmafx_daemon.jobs.transitions import Numbers, Transaction
from vmafx_daemon.jobs.writer import Writer
from vmafx_rpc import messages

_READERS = 4
_META = update(meta)


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
        self._numbers = Numbers(0)
        self._engine: Engine
        self._clock: Clock
        self._writer: Writer

    async def open(self) -> None:
        """Connect; to be called first.

        Raises:
            UsageError: The URL is wrong.
            ComponentError: The database's driver is not installed.
            WorkError: The database cannot be opened, or another daemon uses it.
        """
        self._engine = await asyncio.to_thread(connect, self._url)
        changes, clock, wall = await self._read(
            lambda connection: tuple(
                connection.execute(select(meta.c.changes, meta.c.clock, meta.c.wall)).one()
            )
        )
        # Numbers that a killed daemon gave to nothing that lasts are not given again.
        self._numbers = Numbers(changes + 1)
        self._clock = Clock(clock, wall)
        self._writer = Writer(self._engine, self._write_meta)
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
        """The number of the latest change, or one behind it; right before anything is changed."""
        return self._numbers.last

    async def submit(
        self,
        job: Job,
        idempotency_key: str = "",
        *,
        no_cache: bool = False,
        fingerprint: bytes | None = None,
    ) -> tuple[str, bool]:
        """Store a new job; returns its id, or that of the job with the same key, and which.

        Where there is the result of an equal job, it ends with that before it begins.
        """
        return await self._change(
            lambda all_: all_.submit(
                job, idempotency_key, no_cache=no_cache, fingerprint=fingerprint
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
        while some := await self._write(partial(pruning.delete, until=limit)):
            deleted += some
        return deleted

    async def get(self, job_id: str) -> Change | None:
        """A job and its latest change; None if there is no such job."""
        return await self._read(reading.get, job_id)

    async def result(self, job_id: str) -> JobResult | None:
        """The result of a completed job."""
        return await self._read(reading.result, job_id)

    async def existing(self, idempotency_key: str) -> str | None:
        """The id of the job that was submitted with a key."""
        return await self._read(reading.existing, idempotency_key)

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
        def run(connection: Connection) -> tuple[T, list[Change]]:
            transaction = Transaction(connection, self._numbers, self._clock.now())
            return operation(transaction), transaction.changes

        def then(done: tuple[T, list[Change]]) -> None:
            for change in done[1]:
                self.on_change(change)

        return (await self._writer.do(run, then))[0]

    async def _write[T](self, operation: Callable[[Connection], T]) -> T:
        return await self._writer.do(operation, lambda _: None)

    def _write_meta(self, connection: Connection) -> None:
        values = {"changes": self._numbers.last, "clock": self._clock.now(), "wall": time.time()}
        connection.execute(_META, values)

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
