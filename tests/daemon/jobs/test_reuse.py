"""Answering equal requests from stored results."""

import asyncio
import os
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from threading import Event

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
from vmafx_daemon import controller as controller_module
from vmafx_daemon.access import path_checks
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.controller import Controller
from vmafx_daemon.errors import BusyError
from vmafx_daemon.jobs.database import connect
from vmafx_daemon.jobs.fingerprint import fingerprint
from vmafx_daemon.jobs.hub import one_by_one
from vmafx_daemon.jobs.records import COMPLETED, PENDING, Job, Outcome
from vmafx_daemon.jobs.store import JobStore
from vmafx_daemon.jobs.transitions import Numbers, Transaction
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages


@pytest.fixture(autouse=True)
def time_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, files are read in time."""
    monkeypatch.setattr(path_checks, "_READING_SECONDS", 60.0)


def files(folder: Path, what: str = "ok") -> messages.controller.SubmitJobRequest:
    """A request for two files that are there."""
    made = request(what)
    for name, each in (
        (what, made.spec.score.reference),
        ("distorted", made.spec.score.distorted[0]),
    ):
        path = folder / f"{name}.mkv"
        path.write_bytes(name.encode() * 50_000)
        each.location = str(path)
    return made


async def done(controller: Controller, wanted: messages.controller.SubmitJobRequest) -> Job:
    """Have a job done."""
    return await ended(controller, (await controller.submit(wanted, OWNER))[0])


def test_an_equal_job_gets_the_stored_result(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            wanted = files(tmp_path)
            first, second = [await done(controller, wanted) for _ in range(2)]
            assert (first.cached, second.cached) == (False, True)
            assert second.result == first.result
            assert list(second.scores) == list(first.scores)
            assert len(engine.begun) == 1

    asyncio.run(run())


def test_an_equal_job_waits_for_nobody(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            wanted = files(tmp_path)
            first = await done(controller, wanted)
            for _ in range(2 * engine.slots):
                await controller.submit(request("wait"), OWNER)
            job_id, _ = await controller.submit(wanted, OWNER)
            second = await controller.get(job_id, with_result=True)
            assert second.state == COMPLETED
            assert second.cached
            assert second.attempts == 0
            assert second.result == first.result

    asyncio.run(run())


def test_an_equal_job_needs_no_room_in_the_queue(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine, LimitSettings(queue=1)) as controller:
            wanted, other = files(tmp_path), files(tmp_path, "other")
            await done(controller, wanted)
            await running(controller, await submitted(controller, "wait"))
            await submitted(controller)
            assert (await done(controller, wanted)).cached
            for refused in (other, request(idempotency_key="new")):
                with pytest.raises(BusyError):
                    await controller.submit(refused, OWNER)
            engine.go.set()

    asyncio.run(run())


def test_watchers_hear_of_a_job_that_is_answered_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            wanted = files(tmp_path)
            await done(controller, wanted)
            async with aclosing(one_by_one(controller.watch_all())) as events:
                heard = asyncio.ensure_future(anext(events))
                await asyncio.sleep(0)
                job_id, _ = await controller.submit(wanted, OWNER)
                event = await asyncio.wait_for(heard, 10)
            assert (event.job_id, event.state.state) == (job_id, COMPLETED)
            told = [event.WhichOneof("event") async for event in controller.watch(job_id)]
            assert told == ["state", "result"]

    asyncio.run(run())


def test_a_job_that_is_answered_at_once_keeps_its_key(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            wanted = files(tmp_path)
            await done(controller, wanted)
            wanted.idempotency_key = "key"
            (first, new), (second, known) = [
                await controller.submit(wanted, OWNER) for _ in range(2)
            ]
            assert (first, new, known) == (second, False, True)

    asyncio.run(run())


def test_the_same_files_of_another_caller_are_scored(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine, roots=(tmp_path,)) as controller:
            wanted = files(tmp_path)
            await done(controller, wanted)
            job_id, _ = await controller.submit(wanted, Caller("127.0.0.1", Role.WRITE))
            assert not (await ended(controller, job_id)).cached
            assert len(engine.begun) == 2

    asyncio.run(run())


def test_files_that_cannot_be_read_in_time_wait_in_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(path_checks, "_READING_SECONDS", 0.01)
    read = Event()

    def slow(spec: messages.controller.JobSpec) -> bytes | None:
        read.wait()
        return fingerprint(spec)

    monkeypatch.setattr(controller_module, "fingerprint", slow)

    async def run() -> None:
        async with controlling(tmp_path) as controller:
            wanted = files(tmp_path)
            await done(controller, wanted)
            job_id, _ = await controller.submit(wanted, OWNER)
            job = await ended(controller, job_id)
            assert (job.cached, job.attempts) == (True, 1)

    try:
        asyncio.run(run())
    finally:
        read.set()


def test_an_answer_that_is_not_written_is_not_kept(tmp_path: Path) -> None:
    """Where a commit fails, what was to be written together is written one by one."""
    store = connect(f"sqlite:///{tmp_path / 'jobs.db'}")
    job = Job(id="b", max_attempts=1)
    outcome = Outcome(b"body", (93.5,), b"print")
    with store.connect() as connection:
        first = Transaction(connection, Numbers(0), float)
        first.submit(Job(id="a"), "", no_cache=False, fingerprint=None)
        (begun,) = first.begin(1, "worker")
        first.complete(begun.ticket, outcome)
        first.submit(job, "", no_cache=False, fingerprint=b"print")
        assert first.changes[-1].job.cached
        # As the writer does.
        connection.invalidate()
        connection.rollback()
        again = Transaction(connection, Numbers(0), float)
        again.submit(job, "", no_cache=False, fingerprint=b"print")
        stored = again.changes[-1].job
        assert (stored.state, stored.cached, list(stored.scores)) == (PENDING, False, [])
        connection.rollback()
    store.dispose()


def test_results_are_reused_after_a_restart(tmp_path: Path) -> None:
    async def run() -> None:
        wanted = files(tmp_path)
        for cached in (False, True):
            async with controlling(tmp_path) as controller:
                assert (await done(controller, wanted)).cached == cached

    asyncio.run(run())


def test_a_result_can_be_had_anew(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            wanted = files(tmp_path)
            await done(controller, wanted)
            wanted.no_cache = True
            assert not (await done(controller, wanted)).cached
            assert len(engine.begun) == 2

    asyncio.run(run())


def test_failures_are_not_reused(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            for _ in range(2):
                await done(controller, files(tmp_path, "bad"))
            assert len(engine.begun) == 2

    asyncio.run(run())


def test_a_file_that_changes_while_it_is_scored_is_not_reused(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            wanted = files(tmp_path, "wait")
            reference = Path(wanted.spec.score.reference.location)
            job_id, _ = await controller.submit(wanted, OWNER)
            async for event in controller.watch(job_id):
                if event.state.state == messages.controller.JOB_STATE_RUNNING:
                    while not engine.begun:  # noqa: ASYNC110 - the script has no event for it
                        await asyncio.sleep(0.01)
                    await asyncio.to_thread(reference.write_bytes, b"other")
                    engine.go.set()
            assert not (await done(controller, wanted)).cached

    asyncio.run(run())


def _replace(path: Path) -> None:
    stat, new = path.stat(), path.with_suffix(".new")
    new.write_bytes(path.read_bytes())
    os.utime(new, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    new.replace(path)


def _rewrite(path: Path) -> None:
    """Write it, and set its time back; what changed may be where nobody looks."""
    stat = path.stat()
    while path.stat().st_ctime_ns == stat.st_ctime_ns:
        path.write_bytes(path.read_bytes())
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


DIFFERENCES: dict[str, Callable[[Path], object]] = {
    "content": lambda path: path.write_bytes(b"kk" * 50_000),
    "time": lambda path: os.utime(path, ns=(1, 1)),
    "number": _replace,
    "writing": _rewrite,
    "model file": lambda path: path.with_name("model.json").write_text("{1}"),
}


@pytest.mark.parametrize("what", DIFFERENCES)
def test_other_content_has_another_fingerprint(tmp_path: Path, what: str) -> None:
    wanted = files(tmp_path)
    model = tmp_path / "model.json"
    model.write_text("{}")
    wanted.spec.score.models.add(path=str(model))
    before = fingerprint(wanted.spec)
    assert before == fingerprint(wanted.spec)
    assert before is not None
    DIFFERENCES[what](tmp_path / "ok.mkv")
    assert fingerprint(wanted.spec) not in {None, before}


def test_other_settings_have_another_fingerprint(tmp_path: Path) -> None:
    wanted = files(tmp_path)
    before = fingerprint(wanted.spec)
    wanted.spec.score.features.add(name="psnr")
    assert fingerprint(wanted.spec) not in {None, before}


@pytest.mark.parametrize("begin", [b"#EXTM3U\n", b"ffconcat version 1.0", b"\xef\xbb\xbf<?xml"])
def test_lists_of_files_have_no_fingerprint(tmp_path: Path, begin: bytes) -> None:
    wanted = files(tmp_path)
    Path(wanted.spec.score.reference.location).write_bytes(begin)
    assert fingerprint(wanted.spec) is None


@pytest.mark.parametrize("place", ["https://example.org/a.mkv", "/missing.mkv", "/dev/null"])
def test_what_is_no_plain_file_has_no_fingerprint(tmp_path: Path, place: str) -> None:
    wanted = files(tmp_path)
    wanted.spec.score.reference.location = place
    assert fingerprint(wanted.spec) is None


def test_a_pipe_has_no_fingerprint_and_is_not_opened(tmp_path: Path) -> None:
    wanted = files(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    wanted.spec.score.reference.location = str(tmp_path / "pipe")
    assert fingerprint(wanted.spec) is None


def test_probes_and_neural_models_have_no_fingerprint(tmp_path: Path) -> None:
    wanted = files(tmp_path)
    wanted.spec.score.neural.add(model="any")
    assert fingerprint(wanted.spec) is None
    wanted.spec.encode.setting.encoder = "libx264"
    assert fingerprint(wanted.spec) is None


def test_equal_jobs_that_come_together_read_their_files_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[messages.controller.JobSpec] = []

    def counted(spec: messages.controller.JobSpec) -> bytes | None:
        read.append(spec)
        return fingerprint(spec)

    monkeypatch.setattr(controller_module, "fingerprint", counted)

    async def run() -> None:
        async with controlling(tmp_path) as controller:
            wanted = files(tmp_path)
            await done(controller, wanted)
            answers = await asyncio.gather(*(controller.submit(wanted, OWNER) for _ in range(40)))
            ids = {job_id for job_id, _ in answers}
            assert len(ids) == 40
            assert all([(await ended(controller, job_id)).cached for job_id in ids])
            assert len(read) <= 2

    asyncio.run(run())


def test_of_jobs_that_are_answered_together_the_newest_stay(tmp_path: Path) -> None:
    async def run() -> None:
        store = JobStore(f"sqlite:///{tmp_path / 'jobs.db'}")
        await store.open()
        await store.submit(Job(id="first", max_attempts=1))
        (begun,) = await store.begin(1, "worker")
        await store.complete(begun.ticket, Outcome(b"z" * 1000, (93.5,), b"print"))
        jobs = [Job(id=f"job {index}", max_attempts=1) for index in range(100)]
        await asyncio.gather(*(store.submit(job, fingerprint=b"print") for job in jobs))
        kept = await store.page(messages.controller.ListJobsRequest(page_size=1000))
        assert len(kept.jobs) == 101
        deleted = await store.prune(1e9, 50 * 1100)
        assert 45 < deleted < 60
        kept = await store.page(messages.controller.ListJobsRequest(page_size=1000))
        assert {job.id for job in kept.jobs} == {
            f"job {index}" for index in range(deleted - 1, 100)
        }
        await store.close()

    asyncio.run(run())
