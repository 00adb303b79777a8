"""The controller: what both doors lead to."""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from functools import partial

from vmafx_core import __version__
from vmafx_core.backends.installed import installed
from vmafx_core.errors import ComponentError, VmafxError
from vmafx_core.libvmaf.catalogue import MODELS
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.path_checks import NoAnswerError, PathChecks
from vmafx_daemon.access.policy import Policy, is_confined, name_of
from vmafx_daemon.engine.contract import Engine, PairStream, UploadStream
from vmafx_daemon.errors import BusyError, DrainingError, StateError
from vmafx_daemon.jobs.answered import Answered
from vmafx_daemon.jobs.dispatcher import Dispatcher, end_tasks
from vmafx_daemon.jobs.fingerprint import fingerprint
from vmafx_daemon.jobs.hub import Hub, no_job
from vmafx_daemon.jobs.records import COMPLETED, ENDED, NEW, PENDING, RUNNING, Change, now
from vmafx_daemon.jobs.single_flight import SingleFlight
from vmafx_daemon.jobs.store import JobStore
from vmafx_daemon.jobs.submission import job_of
from vmafx_daemon.libvmaf import libvmaf_version
from vmafx_daemon.observers import Observer
from vmafx_daemon.scoring.probes import Probes
from vmafx_daemon.scoring.streams import Streams
from vmafx_daemon.settings import Settings
from vmafx_rpc import messages

Job = messages.controller.Job
JobEvent = messages.controller.JobEvent
JobState = messages.controller.JobState

_PRUNE_SECONDS = 600.0
_DAY = 86400.0
_FULL_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Controller:
    """Takes jobs and streams, has an engine execute them, and tells about them.

    Args:
        settings: The daemon's settings.
        store: The jobs.
        engine: What executes them.
        policy: Who may do what.

    Attributes:
        observers: Who is told what it does.
    """

    def __init__(self, settings: Settings, store: JobStore, engine: Engine, policy: Policy) -> None:
        self.observers: list[Observer] = []
        self._limits = settings.limits
        self._store = store
        self._engine = engine
        self._policy = policy
        self._path_checks = path_checks = PathChecks()
        # Apart, so that no caller keeps the jobs of others from beginning.
        self._later_checks = PathChecks()
        self._probes = Probes(engine, policy, path_checks)
        self._streams = Streams(engine, policy, path_checks, settings.limits, self.observers)
        self._counts: Counter[int] = Counter()
        self._submitting = 0
        self._begun: dict[str, float] = {}
        self._answered = Answered()
        self._looks: SingleFlight[tuple[messages.controller.JobSpec, bytes | None]] = SingleFlight()
        self._draining = False
        self._started_at = now()
        self._version = __version__
        self._libvmaf = ""
        self._no_libvmaf = "libvmaf is being looked for"
        self._hub: Hub
        self._dispatcher: Dispatcher
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open the store, queue what was left behind, and begin.

        Raises:
            VmafxError: The database cannot be used.
        """
        await self._store.open()
        self._hub = Hub(self._store)
        self._counts.update(await self._store.counts())
        self._dispatcher = Dispatcher(
            self._store,
            self._hub,
            self._engine,
            self._limits,
            check=self._check_again,
            on_frames=self._tell_frames,
        )
        self._store.on_change = self._changed
        await self._store.recover()
        await self._engine.start()
        self._dispatcher.start()
        self._tasks = [
            asyncio.create_task(self._find_libvmaf(), name="libvmaf"),
            asyncio.create_task(self._prune(), name="pruning"),
        ]

    async def drain(self, seconds: float) -> None:
        """Take nothing more, and queue again what does not end by then.

        Args:
            seconds: How long running jobs may go on.
        """
        self._draining = True
        await self._streams.dismiss_idle()
        await self._dispatcher.stop(seconds)

    async def close(self) -> None:
        """End everything; what still runs is queued again."""
        await self.drain(0.0)
        await end_tasks(self._tasks)
        self._path_checks.close()
        self._later_checks.close()
        await self._engine.close()
        await self._store.close()

    async def submit(
        self, request: messages.controller.SubmitJobRequest, caller: Caller
    ) -> tuple[str, bool]:
        """Store a job.

        Returns:
            Its id, and whether it was stored by an earlier request with the same key.

        Raises:
            DrainingError: The server is stopping.
            BusyError: The queue or the disk is full.
            VmafxError: The request is wrong or not allowed.
        """
        self._policy.require(caller, Role.WRITE)
        self._check_open()
        if request.spec.HasField("pair"):
            request.no_cache |= request.spec.pair.options.no_cache
        asked = request.spec.SerializeToString(deterministic=True), request.no_cache, caller
        spec, known_by = await self._looks.do(asked, partial(self._look, request, caller))
        request.spec.CopyFrom(spec)
        job = job_of(request, self._limits)
        key, room = request.idempotency_key, self._has_room()
        if not (room or key or known_by):
            raise self._full()
        self._submitting += room
        try:
            stored = await self._store.submit(
                job, key, no_cache=request.no_cache, fingerprint=known_by, room=room
            )
        finally:
            self._submitting -= room
        if stored is None:
            raise self._full()
        job_id, existing = stored
        if existing:
            await self._check_same(job_id, request.spec)
            _log.info("job submitted again", extra={"event": {"job_id": job_id}})
        return job_id, existing

    async def get(self, job_id: str, *, with_result: bool = False) -> Job:
        """A job, with its progress while it runs.

        Raises:
            NotFoundError: There is no such job.
        """
        known = await self._store.get(job_id)
        if known is None:
            raise no_job(job_id)
        job = known.job
        if job.state == RUNNING and (progress := self._hub.progress(job_id)):
            job.progress.CopyFrom(progress)
        if with_result and (result := await self._store.result(job_id)):
            job.result.CopyFrom(result)
        return job

    async def list(
        self, request: messages.controller.ListJobsRequest
    ) -> messages.controller.ListJobsResponse:
        """A page of jobs, the newest first, without results.

        Raises:
            UsageError: The size of the page is none, or its token is of no other page.
        """
        return await self._store.page(request)

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job; returns it as it is then, as it may have ended before.

        Raises:
            NotFoundError: There is no such job.
        """
        await self._store.cancel(job_id)
        await self._dispatcher.end(job_id)
        return await self.get(job_id)

    async def retry(self, job_id: str) -> Job:
        """Queue a failed or cancelled job again; returns it as it is then.

        Raises:
            NotFoundError: There is no such job.
            StateError: It is neither failed nor cancelled.
            BusyError: The queue is full.
        """
        if not self._has_room():
            raise self._full()
        if not await self._store.retry(job_id):
            state = JobState.Name((await self.get(job_id)).state)
            raise StateError(
                f"job {job_id} is {state.removeprefix('JOB_STATE_').lower()}",
                "Only failed and cancelled jobs can be queued again.",
            )
        return await self.get(job_id)

    def watch(self, job_id: str, after: int = 0) -> AsyncGenerator[JobEvent]:
        """What happens to a job until it has ended; its result last.

        Args:
            job_id: The job.
            after: The number of the event to begin behind; 0 for what is known.

        Raises:
            NotFoundError: There is no such job.
        """
        return self._hub.watch(job_id, after)

    def watch_all(self, after: int = 0) -> AsyncGenerator[Sequence[JobEvent]]:
        """What happens to all jobs, without scores and results; does not end.

        Args:
            after: The number of the event to begin behind; 0 for now.

        Yields:
            The next events, in order.
        """
        return self._hub.watch_all(after)

    async def probe(self, source: messages.task.Input, caller: Caller) -> messages.result.Probe:
        """Say what a video is and what scoring would do with it; nothing is stored.

        Raises:
            VmafxError: It is not allowed, takes too long, or cannot be read.
        """
        self._check_open()
        return await self._probes.probe(source, caller)

    async def open_stream(
        self, config: messages.scoring.StreamConfig, caller: Caller
    ) -> PairStream:
        """Begin to score pairs of pictures that come.

        Raises:
            VmafxError: It is not allowed, there are too many, or it cannot be scored.
        """
        self._check_open()
        return await self._streams.open_pairs(config, caller)

    async def open_upload(self, task: messages.task.ScoreTask, caller: Caller) -> UploadStream:
        """Begin to score videos that are read through the client.

        Raises:
            VmafxError: It is not allowed, there are too many, or it cannot be scored.
        """
        self._check_open()
        return await self._streams.open_upload(task, caller)

    def status(self) -> messages.controller.GetStatusResponse:
        """What the server is and how it is doing; where it listens is for it to say."""
        reason = "the server is stopping" if self._draining else self._no_libvmaf
        return messages.controller.GetStatusResponse(
            version=self._version,
            libvmaf_version=self._libvmaf,
            started_at=self._started_at,
            ready=not reason,
            reason=reason,
            engine=self._engine.name,
            slots=self._engine.slots,
            running=self._counts[RUNNING],
            pending=self._counts[PENDING],
            streams=self._streams.open,
            pid=os.getpid(),
        )

    async def oldest_pending(self) -> Job | None:
        """The job that waits longest."""
        return await self._store.oldest_pending()

    async def models(self) -> messages.controller.ListModelsResponse:
        """The models that can be used: libvmaf's, then those that are installed."""
        built_in = [
            messages.controller.Model(
                name=model.name,
                purpose=model.purpose,
                range=messages.result.Range(low=model.score_range[0], high=model.score_range[1]),
                distance=model.viewing_distance,
            )
            for model in MODELS
        ]
        added = [
            messages.controller.Model(
                name=name, purpose=model.entry.description or model.description.role.value
            )
            for name, model in (await asyncio.to_thread(installed)).items()
        ]
        return messages.controller.ListModelsResponse(models=[*built_in, *added])

    async def _look(
        self, request: messages.controller.SubmitJobRequest, caller: Caller
    ) -> tuple[messages.controller.JobSpec, bytes | None]:
        """Check what is to be done; returns it put down at length, and by what its result is known.

        The latter only where there may be one already, and its files are read in time.
        """

        def check() -> messages.controller.JobSpec:
            spec = messages.controller.JobSpec()
            spec.CopyFrom(request.spec)
            self._policy.check_spec(spec, caller)
            return spec

        def read(spec: messages.controller.JobSpec) -> bytes | None:
            again = not request.no_cache and self._answered.knows(spec)
            return fingerprint(spec) if again else None

        return await self._path_checks.check_and_read(name_of(request.spec), check, read)

    async def _check_again(self, spec: messages.controller.JobSpec) -> None:
        """Refuse a stored job whose names lead elsewhere by now."""
        if is_confined(spec):
            await self._later_checks.check(name_of(spec), partial(self._policy.check_again, spec))

    def _check_open(self) -> None:
        if self._draining:
            raise DrainingError.now()

    def _has_room(self) -> bool:
        """Whether one more job may wait."""
        return self._counts[PENDING] + self._submitting < self._limits.queue

    def _full(self) -> BusyError:
        return BusyError(
            f"{self._limits.queue} jobs wait already", "Try again later.", _FULL_SECONDS
        )

    async def _check_same(self, job_id: str, spec: messages.controller.JobSpec) -> None:
        """Refuse to take a job for another one, only because somebody gave both the same key."""
        known = await self._store.get(job_id)
        if known and known.job.spec != spec:
            raise StateError(
                f"the idempotency_key is that of job {job_id}, which is to do something else",
                "Use another key for every job.",
            )

    def _changed(self, change: Change) -> None:
        """Tell everybody of a change of state."""
        job = change.job
        self._counts[change.before] -= 1
        self._counts[job.state] += 1
        self._hub.publish(change)
        if job.state == PENDING:
            self._dispatcher.wake()
        begun = self._begun.pop(job.id, None)
        if job.state == RUNNING:
            self._begun[job.id] = time.monotonic()
        elif job.state == COMPLETED and change.before != NEW:  # else it was known
            self._answered.add(job.spec)
        for observer in self.observers:
            if change.before == NEW:
                observer.on_submitted(job)
            if job.state == RUNNING:
                observer.on_started(job)
            elif job.state in ENDED:
                observer.on_ended(job, time.monotonic() - begun if begun else 0.0)
            elif change.before != NEW:
                observer.on_requeued(job, _why_again(change))

    def _tell_frames(self, frames: int) -> None:
        for observer in self.observers:
            observer.on_frames(frames)

    async def _find_libvmaf(self) -> None:
        try:
            self._libvmaf, self._no_libvmaf = await libvmaf_version(), ""
        except ComponentError as error:
            # Callers are told no paths of this machine.
            self._no_libvmaf = "libvmaf is missing or unusable; the server's log says why"
            _log.error("no work can be done: %s", error.message)  # it says enough

    async def _prune(self) -> None:
        while True:
            await asyncio.sleep(_PRUNE_SECONDS)
            try:
                await self._store.prune(self._limits.keep_days * _DAY, self._limits.keep_bytes)
            except VmafxError as error:
                _log.warning("old jobs could not be deleted: %s", error.message)


def _why_again(change: Change) -> str:
    """The reason that a job waits again; see `Observer.on_requeued`."""
    if change.before in ENDED:
        return "retried"
    if not change.job.HasField("error"):
        return "controller_restart"
    return "no_answer" if change.job.error.error_class == NoAnswerError.__name__ else "node_lost"
