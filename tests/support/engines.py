"""A local engine for tests, and jobs for it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import psutil

from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.request import ScoreRequest
from vmafx_daemon.engine.contract import EngineEvent, Limits
from vmafx_daemon.engine.local import LocalEngine
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages
from vmafx_rpc.convert import to_message

JobSpec = messages.controller.JobSpec

ANY = Limits()


@asynccontextmanager
async def local_engine(**limits: int) -> AsyncIterator[LocalEngine]:
    """An engine with one worker, if nothing else is said; none stays behind."""
    engine = LocalEngine(LimitSettings(**{"workers": 1} | limits))
    await engine.start()
    before = _children()
    try:
        yield engine
    finally:
        await engine.close()
    assert _children() <= before


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def worker_pids(engine: LocalEngine) -> list[int]:
    """The processes of an engine, those at work first."""
    return [worker.pid for worker in (*engine._busy, *engine._idle)]


async def at_work(engine: LocalEngine) -> int:
    """The process of the one worker that is at work, once there is one."""
    while not engine._busy:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    return worker_pids(engine)[0]


def score_task(*locations: Path | str) -> messages.task.ScoreTask:
    """A score of a reference and distorted videos."""
    reference, *distorted = (InputSpec(location=str(location)) for location in locations)
    request = ScoreRequest(reference=reference, distorted=tuple(distorted))
    return to_message(request, messages.task.ScoreTask)


def score_job(*locations: Path | str) -> JobSpec:
    """A job that does that."""
    return JobSpec(score=score_task(*locations))


def endless_job(folder: Path, clip: Path) -> JobSpec:
    """A job that never ends: its reference is a pipe into which nobody writes."""
    pipe = folder / "nothing.y4m"
    os.mkfifo(pipe)
    return score_job(pipe, clip)


async def done(engine: LocalEngine, spec: JobSpec, limits: Limits = ANY) -> list[EngineEvent]:
    """Everything that a job tells."""
    async with aclosing(engine.run("job", spec, limits)) as events:
        return [event async for event in events]
