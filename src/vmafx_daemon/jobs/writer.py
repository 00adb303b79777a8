"""The one thread that writes to the database: what waits while it commits is committed together."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from vmafx_daemon.jobs.database import as_vmafx_error, hold_alone

_MOST_TOGETHER = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Operation[W]:
    """Something to write.

    Attributes:
        run: Does it, in the writer's thread; may be called again if the commit fails.
        then: Is handed what that returned, in the loop, in the order of the commits.
        context: Whose doing it is, for what is logged of it.
        future: Gets it after that.
    """

    run: Callable[[W], Any]
    then: Callable[[Any], None]
    context: Context
    future: asyncio.Future[Any]


class Writer[W]:
    """Writes to a database; each operation entirely, or not at all.

    Args:
        engine: The database.
        begin: Makes, for each commit, what its operations are handed.
        finish: Is called before each commit, for what is to be written once for all operations.
    """

    def __init__(
        self, engine: Engine, begin: Callable[[Connection], W], finish: Callable[[W], None]
    ) -> None:
        self._engine = engine
        self._begin = begin
        self._finish = finish
        self._loop = asyncio.get_running_loop()
        self._connection: Connection | None = None
        self._new: list[_Operation[W]] = []
        self._waiting: queue.SimpleQueue[list[_Operation[W]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="vmafx-store", daemon=True)
        self._thread.start()

    async def do[T](self, run: Callable[[W], T], then: Callable[[T], None]) -> T:
        """Write something; returns when it is safe.

        Args:
            run: Does it, in the writer's thread; may be called again if the commit fails.
            then: Is handed what that returned, in the loop and this context, in the order of the
                commits. It is called even if whoever waits here has gone.

        Raises:
            BusyError: The disk is full.
            WorkError: The database failed.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        if not self._new:
            # What comes in the same turn of the loop wakes the thread once.
            self._loop.call_soon(self._hand_over)
        self._new.append(_Operation(run, then, copy_context(), future))
        return await future

    async def close(self) -> None:
        """End, after everything that waits."""
        self._hand_over()
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        for first in range(0, len(self._new), _MOST_TOGETHER):
            self._waiting.put(self._new[first : first + _MOST_TOGETHER])
        self._new = []

    def _work(self) -> None:
        last = False
        while not last:
            operations: list[_Operation[W]] = []
            while not last and (not operations or not self._waiting.empty()):
                taken = self._waiting.get()
                last = taken is None
                operations += taken or []
                if len(operations) >= _MOST_TOGETHER:
                    break
            if operations:
                outcomes = self._outcomes(operations)
                self._loop.call_soon_threadsafe(_settle, operations, outcomes)
        if self._connection:
            self._connection.close()

    def _outcomes(self, operations: list[_Operation[W]]) -> list[Any]:
        try:
            return self._commit(operations)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to who waits
            self._disconnect()
            if len(operations) == 1:
                told = as_vmafx_error(error)
                if told is not error:
                    _log.error("the database of jobs failed: %s", getattr(error, "orig", error))
                return [told]
        # One of them may be at fault, or need more room than there is: the others are not.
        return [outcome for one in operations for outcome in self._outcomes([one])]

    def _commit(self, operations: list[_Operation[W]]) -> list[Any]:
        if self._connection is None:
            self._connection = self._engine.connect()
            hold_alone(self._connection)
        work = self._begin(self._connection)
        answers = [operation.run(work) for operation in operations]
        self._finish(work)
        self._connection.commit()
        return answers

    def _disconnect(self) -> None:
        # Nothing of a failed transaction is to be left, nor a lock that the next would wait for.
        if self._connection:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _settle[W](operations: list[_Operation[W]], outcomes: list[Any]) -> None:
    for operation, outcome in zip(operations, outcomes, strict=True):
        failed = isinstance(outcome, Exception)
        if not failed:
            operation.context.run(operation.then, outcome)
        if operation.future.cancelled():
            continue
        if failed:
            operation.future.set_exception(outcome)
        else:
            operation.future.set_result(outcome)
