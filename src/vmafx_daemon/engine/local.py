"""The engine of one machine: a few worker processes, kept warm between jobs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial

from vmafx_core.limits import memory_limit, usable_cpus
from vmafx_daemon.engine.contract import EngineEvent, Limits, PairStream, UploadStream
from vmafx_daemon.engine.process import WorkerProcess
from vmafx_daemon.engine.shared_frames import frame_bytes
from vmafx_daemon.engine.stream import Waiting, WorkerPairStream, WorkerUploadStream
from vmafx_daemon.scoring.pairs import stream_task
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages

# Videos that are looked at at the same time; each takes a moment, or waits for its server.
_PROBES = 4
# Of the memory that there is, for all workers that execute jobs together.
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
        cpus = usable_cpus()
        self.slots = settings.workers or max(1, cpus // 2)
        self._threads = max(1, cpus // self.slots)
        self._settings = settings
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._jobs = asyncio.Semaphore(self.slots)
        self._streams = asyncio.Semaphore(settings.streams)
        self._probes = asyncio.Semaphore(_PROBES)
        self._waiting = Waiting()

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
    ) -> AsyncGenerator[EngineEvent]:
        """Execute a job; closing the generator ends its worker.

        Raises:
            WorkerLostError: The worker went away.
            TimeLimitError: It took longer than it may.
            VmafxError: The work failed; the class says how.
        """
        async with (
            self._lent(self._jobs) as worker,
            aclosing(worker.run(spec, self._bounded(limits))) as events,
        ):
            async for told in events:
                yield told

    async def probe(self, source: messages.task.Input, limits: Limits) -> messages.result.Probe:
        """Say what a video is; being cancelled ends the worker that looks at it.

        Raises:
            WorkerLostError: The worker went away.
            TimeLimitError: It took longer than it may.
            VmafxError: It cannot be read; the class says how.
        """
        async with self._lent(self._probes) as worker:
            return await worker.probe(source, self._bounded(limits))

    async def open_stream(
        self, config: messages.scoring.StreamConfig, limits: Limits
    ) -> PairStream:
        """Begin to score pairs of pictures that come; the first one waits for a place.

        Raises:
            UsageError: What is asked for cannot be scored.
        """
        stream_task(config)
        size = frame_bytes(config, self._settings)
        lend = partial(self._lent, self._streams)
        return WorkerPairStream(config, size, self._bounded(limits), lend, self._waiting)

    async def open_upload(self, task: messages.task.ScoreTask, limits: Limits) -> UploadStream:
        """Begin to score videos that are read through the client, when there is a place."""
        return WorkerUploadStream(task, self._bounded(limits), partial(self._lent, self._streams))

    @asynccontextmanager
    async def _lent(self, places: asyncio.Semaphore) -> AsyncIterator[WorkerProcess]:
        """A worker, when there is a place; one that is not at rest in the end is killed."""
        async with places:
            worker = await self._take()
            self._busy.add(worker)
            try:
                yield worker
            finally:
                try:
                    if worker.at_rest and worker.alive and len(self._idle) < self.slots:
                        self._idle.append(worker)
                    else:
                        await worker.kill()
                finally:
                    self._busy.discard(worker)  # only now: closing waits for those in here

    async def _take(self) -> WorkerProcess:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await worker.kill()
        return await WorkerProcess.start(self._threads)

    def _bounded(self, limits: Limits) -> Limits:
        memory = limits.memory or self._settings.worker_memory
        if not memory and (most := memory_limit()):
            memory = int(most * _SHARE / self.slots)
        return replace(limits, memory=memory)
