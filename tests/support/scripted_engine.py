"""An engine that does what a job's reference is called, and a controller around it."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from vmafx_core.errors import InputError
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.controller import Controller
from vmafx_daemon.engine.contract import (
    EngineEvent,
    Limits,
    PairStream,
    UploadStream,
    WorkerLostError,
)
from vmafx_daemon.jobs.database import database_url
from vmafx_daemon.jobs.store import JobStore
from vmafx_daemon.settings import AccessSettings, LimitSettings, Settings
from vmafx_rpc import messages

OWNER = Caller("socket owner", Role.WRITE, owner=True)

Job = messages.controller.Job
ScoreEvent = messages.result.ScoreEvent


def request(
    what: str = "ok", *, name: str = "/clips/distorted.mkv", **fields: Any
) -> messages.controller.SubmitJobRequest:
    """A request for a score; `what` is the reference, which the scripted engine acts on."""
    submitted = messages.controller.SubmitJobRequest(**fields)
    submitted.spec.score.reference.location = str(Path("/clips", what))
    submitted.spec.score.distorted.add(location=name)
    return submitted


def finished(score: float = 93.5, frames: int = 3) -> ScoreEvent:
    """A result as an engine tells it."""
    event = ScoreEvent()
    pair = event.finished.result.pairs.add()
    pair.frames.scored = frames
    metric = pair.metrics.add(name="vmaf", kind="model")
    metric.values[:] = [score] * frames
    metric.pooled.mean = score
    return event


def scored(first: int, frames: int = 2) -> ScoreEvent:
    """Scores of frames as an engine tells them."""
    event = ScoreEvent()
    event.frame_scores.first = first
    event.frame_scores.metrics.add(name="vmaf", values=[90.0 + i for i in range(frames)])
    return event


def advanced(frames: int) -> ScoreEvent:
    """Progress as an engine tells it."""
    event = ScoreEvent()
    event.progress.frames, event.progress.fps = frames, 25.0
    return event


class ScriptedEngine:
    """Does what a job's reference says; videos are looked at unless they are to wait.

        ok          ends with a result
        tell        tells of frames, waits for `go`, and ends with a result
        wait        waits for `go`, and ends with a result
        bad         cannot be read
        lost        loses its worker, always
        lost once   loses its worker the first time
        fault       fails as no engine may

    Args:
        slots: Jobs at once.

    Attributes:
        begun: The distorted videos of the jobs, and videos looked at, in the order they were begun.
        go: Lets those that wait go on.
        ended: Jobs, and videos looked at, that ended before they were done.
        completed: How often each job came to a result.
    """

    name = "scripted"

    def __init__(self, slots: int = 1) -> None:
        self.slots = slots
        self.begun: list[str] = []
        self.go = asyncio.Event()
        self.ended: list[str] = []
        self.completed: Counter[str] = Counter()

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def run(
        self, job_id: str, spec: messages.controller.JobSpec, _: Limits
    ) -> AsyncGenerator[EngineEvent]:
        what = Path(spec.score.reference.location).stem
        name = spec.score.distorted[0].location
        again = name in self.begun
        self.begun.append(name)
        try:
            if what == "bad":
                raise InputError(f"{name}: no such file", "Check the path.")
            if what == "fault":
                raise RuntimeError(what)
            if what == "lost" or (what == "lost once" and not again):
                raise WorkerLostError("the worker was killed by signal 9", "It may need memory.")
            if what == "tell":
                yield scored(0)
                yield advanced(2)
                yield scored(2)
            if what in {"tell", "wait"}:
                await self.go.wait()
            self.completed[job_id] += 1
            yield finished()
        except (asyncio.CancelledError, GeneratorExit):
            if not self.completed[job_id]:
                self.ended.append(job_id)
            raise

    async def probe(self, source: messages.task.Input, _: Limits) -> messages.result.Probe:
        what = Path(source.location).stem
        self.begun.append(source.location)
        try:
            if what == "wait":
                await self.go.wait()
        except asyncio.CancelledError:
            self.ended.append(source.location)
            raise
        return messages.result.Probe(info=messages.result.VideoInfo(location=source.location))

    async def open_stream(self, *_: object) -> PairStream:
        raise AssertionError("nobody streams to a script")

    async def open_upload(self, *_: object) -> UploadStream:
        raise AssertionError("nobody streams to a script")


@asynccontextmanager
async def controlling(
    state: Path,
    engine: ScriptedEngine | None = None,
    limits: LimitSettings | None = None,
    database: str | None = None,
    roots: tuple[Path, ...] = (),
) -> AsyncIterator[Controller]:
    """A controller that has started, on a state folder."""
    settings = Settings(state=state, socket=None, limits=limits or LimitSettings())
    settings = replace(settings, database=database, access=AccessSettings(roots=roots))
    controller = Controller(
        settings,
        JobStore(database_url(settings)),
        engine or ScriptedEngine(),
        Policy(settings.access, settings.limits),
    )
    await controller.start()
    try:
        yield controller
    finally:
        await controller.close()


async def submitted(controller: Controller, what: str = "ok", **fields: Any) -> str:
    """Submit a job; returns its id."""
    return (await controller.submit(request(what, **fields), OWNER))[0]


async def ended(controller: Controller, job_id: str) -> Job:
    """Wait until a job has ended."""
    async for _ in controller.watch(job_id):
        pass
    return await controller.get(job_id, with_result=True)


async def running(controller: Controller, job_id: str) -> None:
    """Wait until a job runs."""
    async for event in controller.watch(job_id):
        if event.state.state == messages.controller.JOB_STATE_RUNNING:
            return
