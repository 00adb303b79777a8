"""What becomes of jobs."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from support.scripted_engine import (
    OWNER,
    ScriptedEngine,
    controlling,
    ended,
    request,
    running,
    submitted,
)
from vmafx_core.errors import UsageError
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.errors import BusyError, DeniedError, DrainingError, NotFoundError, StateError
from vmafx_daemon.jobs import dispatcher
from vmafx_daemon.jobs.records import CANCELLED, COMPLETED, FAILED, PENDING
from vmafx_daemon.observers import Job, Observer
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages


async def begun(engine: ScriptedEngine, jobs: int = 1) -> None:
    """Wait until an engine has so many jobs: each of them is running a little before."""
    while len(engine.begun) < jobs:  # noqa: ASYNC110 - the script has no event for it
        await asyncio.sleep(0.01)


def test_a_job_is_completed_with_its_result_and_leading_scores(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job = await ended(controller, await submitted(controller, labels={"title": "one"}))
            assert job.state == COMPLETED
            assert list(job.scores) == [93.5]
            assert job.result.score.pairs[0].metrics[0].pooled.mean == 93.5
            assert (job.attempts, job.labels["title"], job.worker) == (1, "one", "scripted")
            assert job.created_at.ToNanoseconds() <= job.ended_at.ToNanoseconds()

    asyncio.run(run())


def test_a_pair_asked_for_in_short_is_stored_at_length(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            pair = messages.scoring.ScoreRequest(reference="/ok.y4m", distorted="/b.y4m")
            pair.options.feature.append("psnr")
            spec = messages.controller.JobSpec(pair=pair)
            request = messages.controller.SubmitJobRequest(spec=spec)
            job = await ended(controller, (await controller.submit(request, OWNER))[0])
            assert job.state == COMPLETED
            assert job.spec.score.reference.location == "/ok.y4m"
            assert [model.version for model in job.spec.score.models] == ["vmaf_v0.6.1"]
            assert [feature.name for feature in job.spec.score.features] == ["psnr"]

    asyncio.run(run())


def test_what_cannot_be_read_fails_at_once_with_its_error(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            job = await ended(controller, await submitted(controller, "bad"))
            assert job.state == FAILED
            assert (job.error.error_class, job.error.exit_code) == ("InputError", 3)
            assert job.error.hint == "Check the path."
            assert len(engine.begun) == 1

    asyncio.run(run())


def test_a_fault_of_the_engine_fails_its_job_and_nothing_else(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job = await ended(controller, await submitted(controller, "fault"))
            assert (job.state, job.error.error_class) == (FAILED, "WorkError")
            assert (await ended(controller, await submitted(controller))).state == COMPLETED

    asyncio.run(run())


def test_a_lost_worker_is_another_attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "_FIRST_REST", 0.01)

    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job = await ended(controller, await submitted(controller, "lost once"))
            assert (job.state, job.attempts) == (COMPLETED, 2)
            assert not job.HasField("error")

    asyncio.run(run())


def test_attempts_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "_FIRST_REST", 0.01)

    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            job = await ended(controller, await submitted(controller, "lost", max_attempts=2))
            assert (job.state, job.attempts, len(engine.begun)) == (FAILED, 2, 2)
            assert job.error.message == "the worker was killed by signal 9"

    asyncio.run(run())


def test_others_go_on_while_a_job_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "_FIRST_REST", 60.0)

    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            lost = await submitted(controller, "lost", name="/lost")
            await ended(controller, await submitted(controller, name="/other"))
            assert (await controller.get(lost)).state == PENDING
            assert (await controller.get(lost)).error.error_class == "WorkerLostError"
            assert engine.begun == ["/lost", "/other"]

    asyncio.run(run())


def test_higher_priorities_go_first_and_then_older_ones(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            first = await submitted(controller, "wait", name="/first")
            await running(controller, first)
            later = []
            for name, priority in (("/b", 0), ("/low", -5), ("/c", 0), ("/high", 7)):
                later.append(await submitted(controller, name=name, priority=priority))
            engine.go.set()
            for job_id in later:
                await ended(controller, job_id)
            assert engine.begun == ["/first", "/high", "/b", "/c", "/low"]

    asyncio.run(run())


def test_as_many_run_at_once_as_the_engine_has_slots(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine(slots=3)
        async with controlling(tmp_path, engine) as controller:
            sent = [await submitted(controller, "wait", name=f"/{i}") for i in range(5)]
            for job_id in sent[:3]:
                await running(controller, job_id)
            await begun(engine, 3)
            await asyncio.sleep(0.05)  # in which one too many could be begun
            assert (controller.status().running, controller.status().pending) == (3, 2)
            assert len(engine.begun) == 3
            engine.go.set()

    asyncio.run(run())


def test_a_waiting_job_can_be_cancelled_and_is_not_begun(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            running_one = await submitted(controller, "wait", name="/running")
            waiting = await submitted(controller, name="/waiting")
            assert (await controller.cancel(waiting)).state == CANCELLED
            engine.go.set()
            await ended(controller, running_one)
            await ended(controller, await submitted(controller, name="/after"))
            assert engine.begun == ["/running", "/after"]

    asyncio.run(run())


def test_cancelling_ends_a_running_job(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            job_id = await submitted(controller, "wait")
            await running(controller, job_id)
            await begun(engine)
            assert (await controller.cancel(job_id)).state == CANCELLED
            assert engine.ended == [job_id]
            assert controller.status().running == 0

    asyncio.run(run())


def test_an_ended_job_stays_as_it_is(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job_id = await submitted(controller)
            await ended(controller, job_id)
            assert (await controller.cancel(job_id)).state == COMPLETED
            with pytest.raises(StateError, match="is completed"):
                await controller.retry(job_id)

    asyncio.run(run())


def test_failed_and_cancelled_jobs_can_be_queued_again(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            failed = await submitted(controller, "bad")
            await ended(controller, failed)
            before = await submitted(controller, "wait")
            await running(controller, before)
            again = await controller.retry(failed)
            assert (again.state, again.attempts, again.HasField("error")) == (PENDING, 0, False)
            await controller.cancel(before)
            assert (await ended(controller, failed)).state == FAILED
            waiting = await submitted(controller, "wait")
            await running(controller, waiting)
            await controller.cancel(waiting)
            engine.go.set()
            await controller.retry(waiting)
            assert (await ended(controller, waiting)).state == COMPLETED

    asyncio.run(run())


def test_the_same_key_gives_the_same_job(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            one = request("wait", idempotency_key="key")
            answers = await asyncio.gather(*(controller.submit(one, OWNER) for _ in range(5)))
            assert len({job_id for job_id, _ in answers}) == 1
            assert sorted(existing for _, existing in answers) == [False, True, True, True, True]
            engine.go.set()

    asyncio.run(run())


def test_a_key_of_another_job_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine, LimitSettings(queue=1)) as controller:
            await running(controller, await submitted(controller, "wait"))
            first, _ = await controller.submit(request(idempotency_key="key"), OWNER)
            other = request(name="/clips/other.mkv", idempotency_key="key")
            with pytest.raises(StateError, match="something else"):
                await controller.submit(other, OWNER)  # while the queue is full
            engine.go.set()
            await ended(controller, first)
            with pytest.raises(StateError, match="something else"):
                await controller.submit(other, OWNER)

    asyncio.run(run())


def test_no_job_is_queued_again_while_the_queue_is_full(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine, LimitSettings(queue=1)) as controller:
            await running(controller, await submitted(controller, "wait"))
            cancelled = await submitted(controller)
            await controller.cancel(cancelled)
            await submitted(controller)
            with pytest.raises(BusyError):
                await controller.retry(cancelled)
            engine.go.set()

    asyncio.run(run())


def test_a_full_queue_takes_no_more_but_knows_its_keys(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine, LimitSettings(queue=3)) as controller:
            await running(controller, await submitted(controller, "wait"))
            sent = [
                controller.submit(request(name=f"/{i}", idempotency_key=str(i)), OWNER)
                for i in range(10)
            ]
            answers = await asyncio.gather(*sent, return_exceptions=True)
            refused = [answer for answer in answers if isinstance(answer, BusyError)]
            assert len(refused) == 7
            assert refused[0].retry_after > 0
            # Which three were the first is for their threads to settle.
            index, taken = next((i, a) for i, a in enumerate(answers) if isinstance(a, tuple))
            again = request(name=f"/{index}", idempotency_key=str(index))
            assert await controller.submit(again, OWNER) == (taken[0], True)
            engine.go.set()

    asyncio.run(run())


@pytest.mark.parametrize(
    "fields",
    [
        {"priority": 101},
        {"max_attempts": 4},
        {"max_attempts": -1},
        {"labels": {"": "x"}},
        {"labels": {"x": "y" * 256}},
        {"labels": {"x": "\0"}},
        {"labels": {str(i): "" for i in range(33)}},
        {"idempotency_key": "k" * 256},
        {"idempotency_key": "\0"},
    ],
)
def test_requests_out_of_bounds_are_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            with pytest.raises(UsageError):
                await submitted(controller, **fields)
            assert not (await controller.list(messages.controller.ListJobsRequest())).jobs

    asyncio.run(run())


@pytest.mark.parametrize("seconds", [0, -1, 7 * 3600])
def test_timeouts_out_of_bounds_are_refused(tmp_path: Path, seconds: int) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            timed = request()
            timed.timeout.seconds = seconds
            with pytest.raises(UsageError, match="timeout"):
                await controller.submit(timed, OWNER)

    asyncio.run(run())


def test_readers_may_not_submit(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            with pytest.raises(DeniedError):
                await controller.submit(request(), Caller("reader", Role.READ))

    asyncio.run(run())


def test_there_is_no_job_of_an_unknown_name(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            for asked in (controller.get, controller.cancel, controller.retry):
                with pytest.raises(NotFoundError):
                    await asked("0123")
            with pytest.raises(NotFoundError):
                await anext(controller.watch("0123"))

    asyncio.run(run())


def test_draining_takes_nothing_more_and_lets_running_jobs_end(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            job_id = await submitted(controller, "wait")
            waiting = await submitted(controller, name="/waiting")
            await running(controller, job_id)
            draining = asyncio.create_task(controller.drain(10.0))
            await asyncio.sleep(0.01)
            with pytest.raises(DrainingError):
                await submitted(controller)
            assert not controller.status().ready
            engine.go.set()
            await draining
            assert (await controller.get(job_id)).state == COMPLETED
            assert (await controller.get(waiting)).state == PENDING

    asyncio.run(run())


def test_draining_queues_again_what_does_not_end_without_counting_the_attempt(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            job_id = await submitted(controller, "wait")
            await running(controller, job_id)
            await begun(engine)
            await controller.drain(0.01)
            job = await controller.get(job_id)
            assert (job.state, job.attempts) == (PENDING, 0)
            assert engine.ended == [job_id]

    asyncio.run(run())


def test_observers_are_told_of_every_change(tmp_path: Path) -> None:
    told: list[str] = []

    class Listening(Observer):
        def on_submitted(self, job: Job) -> None:
            told.append(f"submitted {job.attempts}")

        def on_started(self, job: Job) -> None:
            told.append(f"started {job.attempts}")

        def on_frames(self, frames: int) -> None:
            told.append(f"frames {frames}")

        def on_ended(self, job: Job, seconds: float) -> None:
            told.append(f"ended {job.state == COMPLETED} {seconds > 0}")

    async def run() -> None:
        engine = ScriptedEngine()
        engine.go.set()
        async with controlling(tmp_path, engine) as controller:
            controller.observers.append(Listening())
            await ended(controller, await submitted(controller, "tell"))
            assert told == ["submitted 0", "started 1", "frames 2", "frames 1", "ended True True"]

    asyncio.run(run())


def test_observers_are_told_why_a_job_waits_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "_FIRST_REST", 0.01)
    told: list[str] = []

    class Listening(Observer):
        def on_requeued(self, job: Job, reason: str) -> None:  # noqa: ARG002  # whichever
            told.append(reason)

    async def run() -> None:
        async with controlling(tmp_path) as controller:
            controller.observers.append(Listening())
            await ended(controller, await submitted(controller, "lost once"))
            failed = await submitted(controller, "bad")
            await ended(controller, failed)
            await controller.retry(failed)
            await ended(controller, failed)
            await running(controller, await submitted(controller, "wait"))
            await controller.drain(0.0)
            assert told == ["node_lost", "retried", "controller_restart"]

    asyncio.run(run())
