"""The engine of one machine: a few worker processes, kept warm between jobs."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing

import psutil

from vmafx_core.errors import VmafxError
from vmafx_daemon.engine.contract import Limits, Stream, TimeLimitError, Told, WorkerLostError
from vmafx_daemon.engine.process import WorkerProcess
from vmafx_daemon.engine.shared_frames import SharedFrames
from vmafx_daemon.engine.stream import WorkerStream
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages

# Of the machine's memory, for all workers together.
_SHARE = 0.8


class LocalEngine:
    """Executes jobs in processes of this machine, one job at a time each.

    Processes are started when they are first needed, stay for the next job, and are replaced when
    they die.

    Args:
        settings: How many, and what each may take.
    """

    name = "local"

    def __init__(self, settings: LimitSettings) -> None:
        cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self.slots = settings.workers or max(1, (cpus or 1) // 2)
        self._threads = max(1, (cpus or 1) // self.slots)
        self._memory = settings.worker_memory
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._room = asyncio.Semaphore(self.slots)
        self._places = asyncio.Semaphore(settings.streams)

    async def start(self) -> None:
        """Nothing: the first job starts the first worker."""

    async def close(self) -> None:
        """End all workers."""
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        await asyncio.gather(*(worker.kill() for worker in workers))

    async def run(
        self,
        job_id: str,  # noqa: ARG002 - an engine of many machines needs it
        spec: messages.controller.JobSpec,
        limits: Limits,
    ) -> AsyncGenerator[Told]:
        """Execute a job; closing the generator ends its worker.

        Raises:
            WorkerLostError: The worker went away.
            TimeLimitError: It took longer than it may.
            VmafxError: The work failed; the class says how.
        """
        limits = Limits(limits.seconds, limits.memory or self._most_memory())
        async with self._room:
            worker = self._idle.pop() if self._idle else await WorkerProcess.start(self._threads)
            self._busy.add(worker)
            sound = False
            try:
                async with aclosing(worker.run(spec, limits)) as events:
                    async for told in events:
                        sound = _is_last(told)
                        yield told
            except (WorkerLostError, TimeLimitError):
                raise
            except VmafxError:
                # It told so itself, and is ready for the next job.
                sound = True
                raise
            finally:
                self._busy.discard(worker)
                if sound:
                    self._idle.append(worker)
                else:
                    await worker.kill()

    async def open_stream(self, config: messages.scoring.StreamConfig, limits: Limits) -> Stream:
        """Begin to score pairs of pictures that come; waits while all places are taken.

        Raises:
            VmafxError: What is asked for cannot be scored.
        """
        memory = SharedFrames.of(config)
        opening = messages.engine.OpenStream(config=config, slots=memory.slots, memory=memory.path)
        try:
            return await self._stream(
                messages.engine.WorkerRequest(open_stream=opening), limits, memory
            )
        except BaseException:
            memory.close()
            raise

    async def open_upload(self, task: messages.task.ScoreTask, limits: Limits) -> Stream:
        """Begin to score videos that are read through the client; waits likewise.

        Raises:
            VmafxError: No worker can be had.
        """
        opening = messages.engine.OpenUpload(task=task)
        return await self._stream(messages.engine.WorkerRequest(open_upload=opening), limits, None)

    async def _stream(
        self,
        request: messages.engine.WorkerRequest,
        limits: Limits,
        memory: SharedFrames | None,
    ) -> Stream:
        limits = Limits(limits.seconds, limits.memory or self._most_memory())
        await self._places.acquire()
        try:
            worker = self._idle.pop() if self._idle else await WorkerProcess.start(self._threads)
        except BaseException:
            self._places.release()
            raise
        self._busy.add(worker)

        async def leave(sound: bool) -> None:
            self._places.release()
            self._busy.discard(worker)
            if sound:
                self._idle.append(worker)
            else:
                await worker.kill()

        try:
            await worker.send(request)
        except BaseException:
            await leave(False)
            raise
        return WorkerStream(worker, limits, memory, leave)

    def _most_memory(self) -> int:
        total: int = psutil.virtual_memory().total
        return self._memory or int(total * _SHARE / self.slots)


def _is_last(told: Told) -> bool:
    if isinstance(told, messages.result.ScoreEvent):
        return told.HasField("finished")
    return told.HasField("point")
