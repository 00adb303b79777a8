"""Streams that workers score, as the daemon sees them."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, contextmanager
from typing import Self, override

from vmafx_core.errors import UsageError
from vmafx_daemon.engine.contract import Limits, StreamEvent
from vmafx_daemon.engine.process import WorkerProcess, moving
from vmafx_daemon.engine.shared_frames import SharedFrames
from vmafx_daemon.errors import BusyError
from vmafx_rpc import messages
from vmafx_rpc.frame_pairs import check_sizes

Request = messages.engine.WorkerRequest
Response = messages.engine.WorkerResponse

Lend = Callable[[], AbstractAsyncContextManager[WorkerProcess]]
"""Lends a worker, as soon as there is a place for another stream."""

_MOST_WAITING = 512 << 20
_RETRY_SECONDS = 5.0


class Waiting:
    """The pairs of streams that wait for a place; they take no more memory than they may."""

    def __init__(self) -> None:
        self._bytes = 0

    @contextmanager
    def among(self, size: int) -> Iterator[None]:
        """Be one of them for a while, with so many bytes.

        Raises:
            BusyError: There are too many.
        """
        if self._bytes + size > _MOST_WAITING:
            raise BusyError("too many streams wait already", "Try again later.", _RETRY_SECONDS)
        self._bytes += size
        try:
            yield
        finally:
            self._bytes -= size


class WorkerStream(ABC):
    """A stream at a worker, which it gets when there is something to do and a place.

    Args:
        limits: What it may take.
        lend: Lends the worker.
    """

    def __init__(self, limits: Limits, lend: Lend) -> None:
        self._limits = limits
        self._lend = lend
        self._held = AsyncExitStack()
        self._wanted = asyncio.Event()
        self._worker: WorkerProcess | None = None
        self._begun_or_ended = asyncio.Event()
        self._ended = False

    async def finish(self) -> None:
        """Say that no more comes."""
        await self._send(Request(finish=messages.engine.Finish()))

    async def events(self) -> AsyncGenerator[StreamEvent]:
        """What it tells, until the last; to be called once.

        Raises:
            VmafxError: It failed; the class says how.
        """
        try:
            async with moving(self._limits):
                await self._wanted.wait()
            if self._ended:
                return
            worker = await self._held.enter_async_context(self._lend())
            await worker.send(self._opening())
            self._worker = worker
            self._begun_or_ended.set()
            async with aclosing(worker.told(self._limits)) as responses:
                async for response in responses:
                    if response.HasField("score"):
                        last = response.score.HasField("finished")
                        worker.at_rest = last and self._is_all_answered()
                        yield response.score
                        if last:
                            return
                    elif told := self._take(response):
                        yield told
        finally:
            await self.close()

    async def close(self) -> None:
        """End it and free everything, whatever state it is in."""
        self._ended = True
        self._worker = None
        self._wanted.set()
        self._begun_or_ended.set()
        await self._held.aclose()

    async def _send(self, request: Request) -> None:
        """Tell the worker something when there is one; nothing once the stream has ended."""
        self._wanted.set()
        await self._begun_or_ended.wait()
        if self._worker:
            await self._worker.send(request)

    @abstractmethod
    def _opening(self) -> Request:
        """What the worker is told first."""

    @abstractmethod
    def _take(self, response: Response) -> StreamEvent | None:
        """Take what the worker says besides the scores; returns what of it is told."""

    @abstractmethod
    def _is_all_answered(self) -> bool:
        """Whether the worker has no more to say, now that it has told the last score."""


class WorkerPairStream(WorkerStream):
    """A stream of pairs of pictures.

    Args:
        config: What they are.
        frame_bytes: Bytes of one picture.
        limits: What it may take.
        lend: Lends the worker.
        waiting: Those that wait for one.
    """

    def __init__(
        self,
        config: messages.scoring.StreamConfig,
        frame_bytes: int,
        limits: Limits,
        lend: Lend,
        waiting: Waiting,
    ) -> None:
        super().__init__(limits, lend)
        self._waiting = waiting
        self._config = config
        self._frame_bytes = frame_bytes
        self._memory: SharedFrames | None = None
        # The slots that can be filled; None wakes whoever waits for one when the stream ends.
        self._free: asyncio.Queue[int | None] = asyncio.Queue()
        # Those that the client can fill; None where it fills none, or has not begun to.
        self._lent: set[int] | None = None
        self._may_lend = False
        self._all_sent = False

    @property
    def slots(self) -> Self:
        """A client of this machine can put pictures where the worker reads them."""
        return self

    async def feed(self, reference: bytes | memoryview, distorted: bytes | memoryview) -> None:
        """Hand over the next pair; waits while there is no room, and is lost after the end.

        Raises:
            UsageError: A picture is longer or shorter than it must be.
            BusyError: Too many streams wait for a worker.
            WorkerLostError: The worker went away.
        """
        check_sizes(reference, distorted, self._frame_bytes)
        if self._lent is not None:
            raise UsageError("a pair came in a message after others in slots", "Send all alike.")
        self._may_lend = False
        await self._begin()
        slot = None if self._ended else await self._free.get()
        if slot is not None and self._memory:
            self._memory.fill(slot, reference, distorted)
            await self._send(Request(filled=messages.engine.Filled(slots=[slot])))

    def share(self) -> messages.scoring.SharedMemory:
        """Memory that the client may put pictures into, if it begins with that."""
        try:
            self._memory = SharedFrames(self._frame_bytes)
        except OSError:  # there is too little of it, or too much is open
            return messages.scoring.SharedMemory()
        self._may_lend = True
        return self._memory.offer

    async def feed_slots(self, slots: Sequence[int]) -> None:
        """Hand over the next pairs, which the client has put into slots; are lost after the end.

        Raises:
            UsageError: A slot is not the client's to fill.
            BusyError: Too many streams wait for a worker.
            WorkerLostError: The worker went away.
        """
        if self._ended:
            return
        if self._may_lend and self._memory:
            self._lent, self._may_lend = set(range(self._memory.slots)), False
        for slot in slots:
            if self._lent is None or slot not in self._lent:
                raise UsageError(
                    f"slot is {slot}, which is not free",
                    "Fill those of `memory`, and each again only when `free_slots` names it.",
                )
            self._lent.remove(slot)
        await self._begin()
        await self._send(Request(filled=messages.engine.Filled(slots=slots)))

    @override
    async def finish(self) -> None:
        """Say that no more comes."""
        self._all_sent = True
        await super().finish()

    @override
    async def close(self) -> None:
        """End it and free everything, whatever state it is in."""
        await super().close()
        self._free.put_nowait(None)
        if self._memory:
            self._memory.close()
            self._memory = None

    @override
    def _opening(self) -> Request:
        self._memory = self._memory or SharedFrames(self._frame_bytes)
        if self._lent is None:
            for slot in range(self._memory.slots):
                self._free.put_nowait(slot)
        opening = messages.engine.OpenStream(
            config=self._config, slots=self._memory.slots, memory=self._memory.path
        )
        return Request(open_stream=opening)

    @override
    def _take(self, response: Response) -> StreamEvent | None:
        if not response.HasField("emptied"):
            return None
        slots = response.emptied.slots
        if self._lent is None:
            for slot in slots:
                self._free.put_nowait(slot)
            return None
        self._lent.update(slots)
        return messages.scoring.FreeSlots(slots=slots)

    @override
    def _is_all_answered(self) -> bool:
        slots = self._memory.slots if self._memory else 0
        free = self._free.qsize() if self._lent is None else len(self._lent)
        return self._all_sent and free == slots

    async def _begin(self) -> None:
        """Wait for a worker, with a pair that waits as well.

        Pairs behind it wait with the client, in slots or elsewhere.

        Raises:
            BusyError: Too many streams do.
        """
        self._wanted.set()
        if not self._begun_or_ended.is_set():
            with self._waiting.among(2 * self._frame_bytes):
                await self._begun_or_ended.wait()


class WorkerUploadStream(WorkerStream):
    """A stream of videos that are read through the client.

    Args:
        task: What is to be scored.
        limits: What it may take.
        lend: Lends the worker.
    """

    def __init__(self, task: messages.task.ScoreTask, limits: Limits, lend: Lend) -> None:
        super().__init__(limits, lend)
        self._task = task
        self._reads = 0
        self._wanted.set()

    async def supply(self, chunk: messages.scoring.Chunk) -> None:
        """Answer a `Read`.

        Raises:
            UsageError: There is none to be answered.
        """
        if not self._reads:
            raise UsageError("a chunk came that nobody asked for", "Send one for every `read`.")
        self._reads -= 1
        await self._send(Request(chunk=chunk))

    @override
    def _opening(self) -> Request:
        return Request(open_upload=messages.engine.OpenUpload(task=self._task))

    @override
    def _take(self, response: Response) -> StreamEvent | None:
        if not response.HasField("read"):
            return None
        self._reads += 1
        return response.read

    @override
    def _is_all_answered(self) -> bool:
        return True
