"""Streams: how many there are, and that each is given back."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.engine.contract import Engine, Limits, Stream
from vmafx_daemon.errors import BusyError
from vmafx_daemon.observers import Observer
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages


class Streams:
    """Opens streams, up to a number.

    Args:
        engine: What scores them.
        policy: Who may do what.
        limits: How much there may be.
        observers: Who is told.

    Attributes:
        open: How many are open.
        observers: Who is told.
    """

    def __init__(
        self,
        engine: Engine,
        policy: Policy,
        limits: LimitSettings,
        observers: Sequence[Observer],
    ) -> None:
        self.open = 0
        self._engine = engine
        self._policy = policy
        self._most = limits.idle_streams
        self._limits = Limits(seconds=limits.job_seconds, memory=limits.worker_memory)
        self.observers = observers

    async def open_pairs(self, config: messages.scoring.StreamConfig, caller: Caller) -> Stream:
        """Begin to score pairs of pictures that come.

        Raises:
            VmafxError: It is not allowed, there are too many, or it cannot be scored.
        """
        self._policy.require(caller, Role.WRITE)
        await asyncio.to_thread(self._policy.check_stream, config, caller)
        with self._counted() as place:
            return _Counted(await self._engine.open_stream(config, self._limits), place)

    async def open_upload(self, task: messages.task.ScoreTask, caller: Caller) -> Stream:
        """Begin to score videos that are read through the client.

        Raises:
            VmafxError: As above.
        """
        self._policy.require(caller, Role.WRITE)
        await asyncio.to_thread(self._policy.check_upload, task, caller)
        with self._counted() as place:
            return _Counted(await self._engine.open_upload(task, self._limits), place)

    @contextmanager
    def _counted(self) -> Iterator["_Place"]:
        """A place for a stream, given back at once if the stream does not come about."""
        if self.open >= self._most:
            raise BusyError(f"{self._most} streams are open already", "Try again later.", 5.0)
        place = _Place(self)
        try:
            yield place
        except BaseException:
            place.leave()
            raise


class _Place:
    """One stream among those that are counted."""

    def __init__(self, streams: Streams) -> None:
        self._streams: Streams | None = streams
        self._since = time.monotonic()
        streams.open += 1
        for observer in streams.observers:
            observer.on_stream_opened()

    def leave(self) -> None:
        """Give it back; once is enough."""
        streams, self._streams = self._streams, None
        if streams:
            streams.open -= 1
            for observer in streams.observers:
                observer.on_stream_closed(time.monotonic() - self._since)


class _Counted:
    """A stream that gives its place back when it is closed."""

    def __init__(self, stream: Stream, place: _Place) -> None:
        self._stream = stream
        self._place = place
        self.feed = stream.feed
        self.supply = stream.supply
        self.finish = stream.finish
        self.events = stream.events

    async def close(self) -> None:
        """End it and free everything."""
        try:
            await self._stream.close()
        finally:
            self._place.leave()
