"""A stream that a worker scores, as the daemon sees it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from vmafx_core.errors import WorkError
from vmafx_daemon.engine.contract import Limits, StreamTold
from vmafx_daemon.engine.process import WorkerProcess
from vmafx_daemon.engine.shared_frames import SharedFrames
from vmafx_rpc import messages

Request = messages.engine.WorkerRequest


class WorkerStream:
    """A stream at a worker.

    Args:
        worker: Scores it, and has been told to begin.
        limits: What it may take.
        memory: Where pairs of pictures are handed over; None for a stream without any.
        leave: Called once at the end, with whether the worker can be used again.
    """

    def __init__(
        self,
        worker: WorkerProcess,
        limits: Limits,
        memory: SharedFrames | None,
        leave: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._worker = worker
        self._limits = limits
        self._memory = memory
        self._leave: Callable[[bool], Awaitable[None]] | None = leave
        self._sound = False
        self._ended = asyncio.Event()
        self._free: asyncio.Queue[int] = asyncio.Queue()
        for slot in range(memory.slots if memory else 0):
            self._free.put_nowait(slot)

    async def feed(self, reference: bytes | memoryview, distorted: bytes | memoryview) -> None:
        """Hand over the next pair; waits while there is no room.

        Raises:
            UsageError: A picture is longer or shorter than it must be.
            WorkError: The stream has failed; `events` says why.
        """
        if self._memory is None:
            raise WorkError("this stream has no pairs of pictures")
        slot = asyncio.ensure_future(self._free.get())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((slot, ended), return_when=asyncio.FIRST_COMPLETED)
            if not slot.done():
                raise WorkError("the stream has ended")
            self._memory.fill(slot.result(), reference, distorted)
        finally:
            slot.cancel()
            ended.cancel()
        await self._worker.send(Request(filled=messages.engine.Filled(slot=slot.result())))

    async def supply(self, chunk: messages.scoring.Chunk) -> None:
        """Answer a `Read`."""
        await self._worker.send(Request(chunk=chunk))

    async def finish(self) -> None:
        """Say that no more comes."""
        await self._worker.send(Request(finish=messages.engine.Finish()))

    async def events(self) -> AsyncGenerator[StreamTold]:
        """What it tells, until the last; to be called once.

        Raises:
            VmafxError: It failed; the class says how.
        """
        try:
            async with aclosing(self._worker.told(self._limits)) as responses:
                async for response in responses:
                    match response.WhichOneof("response"):
                        case "emptied":
                            self._free.put_nowait(response.emptied.slot)
                        case "read":
                            yield response.read
                        case "score":
                            self._sound = response.score.HasField("finished")
                            yield response.score
                            if self._sound:
                                return
        finally:
            self._ended.set()

    async def close(self) -> None:
        """End it and free everything, whatever state it is in."""
        leave, self._leave = self._leave, None
        if leave:
            if self._memory:
                self._memory.close()
            await leave(self._sound)
