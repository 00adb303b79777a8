"""Streams: how many there are, and that each is given back."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any

from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.path_checks import PathChecks
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.engine.contract import (
    Engine,
    Limits,
    PairStream,
    SharedSlots,
    Stream,
    StreamEvent,
    UploadStream,
)
from vmafx_daemon.errors import BusyError, DrainingError
from vmafx_daemon.observers import Observer
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages


class Streams:
    """Opens streams, up to a number.

    Args:
        engine: What scores them.
        policy: Who may do what.
        path_checks: Looks at what they name.
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
        path_checks: PathChecks,
        limits: LimitSettings,
        observers: Sequence[Observer],
    ) -> None:
        self.open = 0
        self._engine = engine
        self._policy = policy
        self._path_checks = path_checks
        self._most = limits.idle_streams
        # Live video may last for days; what holds a place without need is what stands still.
        self._limits = Limits(silence=limits.silent_seconds, memory=limits.worker_memory)
        self._idle: set[_Counted[Any]] = set()
        self.observers = observers

    async def open_pairs(self, config: messages.scoring.StreamConfig, caller: Caller) -> PairStream:
        """Begin to score pairs of pictures that come.

        Raises:
            VmafxError: It is not allowed, there are too many, or it cannot be scored.
        """
        self._policy.require(caller, Role.WRITE)
        check = partial(self._policy.check_stream, config, caller)
        await self._path_checks.check(config.model, check)
        with self._counted() as place:
            opened = await self._engine.open_stream(config, self._limits)
            return _CountedPairs(opened, place, self._idle)

    async def open_upload(self, task: messages.task.ScoreTask, caller: Caller) -> UploadStream:
        """Begin to score videos that are read through the client.

        Raises:
            VmafxError: As above.
        """
        self._policy.require(caller, Role.WRITE)
        check = partial(self._policy.check_upload, task, caller)
        await self._path_checks.check(task.reference.location, check)
        with self._counted() as place:
            return _CountedUpload(await self._engine.open_upload(task, self._limits), place, set())

    async def dismiss_idle(self) -> None:
        """End the streams for which nothing has come, as whoever stops need not wait for them."""
        for stream in list(self._idle):
            await stream.dismiss()

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


class _Counted[Counted: Stream]:
    """A stream that gives its place back when it is closed.

    Args:
        stream: The stream.
        place: Its place.
        idle: Those for which nothing has come; it is one of them until something does.
    """

    def __init__(self, stream: Counted, place: _Place, idle: "set[_Counted[Any]]") -> None:
        self._stream = stream
        self._place = place
        self._idle = idle
        self._dismissed = False
        idle.add(self)

    async def finish(self) -> None:
        """Say that no more comes."""
        self._idle.discard(self)
        await self._stream.finish()

    async def events(self) -> AsyncGenerator[StreamEvent]:
        """What it tells.

        Raises:
            DrainingError: It was dismissed.
            VmafxError: It failed.
        """
        async with aclosing(self._stream.events()) as events:
            async for event in events:
                yield event
        if self._dismissed:
            raise DrainingError.now()

    async def dismiss(self) -> None:
        """End it because the server stops."""
        self._dismissed = True
        await self.close()

    async def close(self) -> None:
        """End it and free everything."""
        self._idle.discard(self)
        try:
            await self._stream.close()
        finally:
            self._place.leave()


class _CountedPairs(_Counted[PairStream]):
    """Pairs, in messages or in slots of memory.

    Attributes:
        slots: The other way to hand pairs over, where the engine has it.
    """

    def __init__(self, stream: PairStream, place: _Place, idle: "set[_Counted[Any]]") -> None:
        super().__init__(stream, place, idle)
        self.slots = stream.slots and _CountedSlots(stream.slots, self.begin)

    def begin(self) -> None:
        """Take note that something has come."""
        self._idle.discard(self)

    async def feed(self, reference: bytes | memoryview, distorted: bytes | memoryview) -> None:
        """Hand over the next pair."""
        self.begin()
        await self._stream.feed(reference, distorted)


class _CountedSlots:
    """Slots, of which the first one that is filled begins the stream.

    Args:
        slots: The slots.
        begin: Takes note that something has come.
    """

    def __init__(self, slots: SharedSlots, begin: Callable[[], None]) -> None:
        self._slots = slots
        self._begin = begin
        self.share = slots.share

    async def feed_slots(self, slots: Sequence[int]) -> None:
        """Hand over the next pairs, which lie in shared memory."""
        self._begin()
        await self._slots.feed_slots(slots)


class _CountedUpload(_Counted[UploadStream]):
    """Videos that are read through the client."""

    async def supply(self, chunk: messages.scoring.Chunk) -> None:
        """Answer a `Read`."""
        await self._stream.supply(chunk)
