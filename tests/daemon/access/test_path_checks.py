"""PathChecks at what requests name, where nobody answers."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from support.scripted_engine import OWNER, ScriptedEngine, controlling, ended, request, submitted
from vmafx_daemon.access import path_checks
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.path_checks import NoAnswerError, PathChecks
from vmafx_daemon.jobs import dispatcher
from vmafx_daemon.jobs.records import COMPLETED, FAILED, Job
from vmafx_daemon.observers import Observer
from vmafx_daemon.settings import LimitSettings

STRANGER = Caller("anybody", Role.WRITE)


@pytest.fixture
def back() -> Iterator[Event]:
    """Comes back to life in the end, so that no thread is left."""
    event = Event()
    yield event
    event.set()


def test_what_was_checked_and_read_is_returned() -> None:
    async def run() -> None:
        path_checks = PathChecks()
        assert await path_checks.check("/a", lambda: 1) == 1
        assert await path_checks.check_and_read("/a", lambda: 1, lambda one: one + 1) == (1, 2)
        with pytest.raises(ZeroDivisionError):
            await path_checks.check("/a", lambda: 1 // 0)

    asyncio.run(run())


def test_what_is_read_for_too_long_is_done_without(back: Event) -> None:
    async def run() -> None:
        path_checks = PathChecks()
        path_checks.reading_seconds = 0.01
        assert await path_checks.check_and_read("/a", lambda: 1, lambda _: back.wait()) == (1, None)

    asyncio.run(run())
    back.set()


def test_what_hangs_while_it_is_read_leaves_room_for_checks(back: Event) -> None:
    async def run() -> None:
        path_checks = PathChecks()
        path_checks.reading_seconds = 0.01
        reading = [
            path_checks.check_and_read("/a", lambda: 1, lambda _: back.wait()) for _ in range(40)
        ]
        assert await asyncio.gather(*reading) == [(1, None)] * 40
        path_checks.reading_seconds = 10.0
        assert await path_checks.check("/b", lambda: 2) == 2

    asyncio.run(run())


def test_what_is_refused_is_not_looked_at_later(back: Event) -> None:
    begun: list[int] = []

    def hang() -> None:
        begun.append(1)
        back.wait()

    async def run() -> None:
        path_checks = PathChecks()
        path_checks.reading_seconds = path_checks.seconds = 0.1
        asking = [path_checks.check("/a", hang) for _ in range(40)]
        refused = await asyncio.gather(*asking, return_exceptions=True)
        assert {type(each) for each in refused} == {NoAnswerError}
        back.set()
        path_checks.seconds = 10.0
        for _ in range(20):
            await path_checks.check("/b", lambda: 2)
        assert 0 < len(begun) < 40

    asyncio.run(run())


def test_what_cannot_be_checked_in_time_is_refused_without_secrets(back: Event) -> None:
    async def run() -> None:
        path_checks = PathChecks()
        path_checks.reading_seconds = path_checks.seconds = 0.01
        with pytest.raises(NoAnswerError) as caught:
            await path_checks.check("https://me:secret@host/a.mkv", back.wait)
        assert caught.value.message.startswith("https://***@host/a.mkv: ")

    asyncio.run(run())


@pytest.mark.parametrize("returns", [True, False])
def test_a_job_whose_disk_gives_no_answer_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: Event, *, returns: bool
) -> None:
    monkeypatch.setattr(path_checks, "_SECONDS", 0.2)
    monkeypatch.setattr(path_checks, "_READING_SECONDS", 0.1)
    monkeypatch.setattr(dispatcher, "_FIRST_REST", 0.01)
    reasons: list[str] = []
    root = tmp_path / "clips"
    real = os.stat

    def stat(path: object, *more: object, **options: object) -> os.stat_result:
        if str(path).startswith(str(root)) and dead.is_set():
            back.wait()
        return real(path, *more, **options)  # type: ignore[arg-type]

    class Listening(Observer):
        def on_requeued(self, job: Job, reason: str) -> None:
            assert job.error.error_class == "NoAnswerError"
            reasons.append(reason)
            if returns:
                dead.clear()
                back.set()

    async def run() -> None:
        limits = LimitSettings(attempts=3)
        async with controlling(tmp_path, limits=limits, roots=(root,)) as controller:
            controller.observers.append(Listening())
            runs = await submitted(controller, "wait")
            asked = request()
            asked.spec.score.reference.location = asked.spec.score.distorted[0].location = clip
            job_id, _ = await controller.submit(asked, STRANGER)
            dead.set()
            await controller.cancel(runs)
            job = await ended(controller, job_id)
            assert job.state == (COMPLETED if returns else FAILED)
            assert job.attempts == (2 if returns else 3)
            assert reasons == ["no_answer"] * (1 if returns else 2)

    dead = Event()
    root.mkdir()
    clip = str(root / "ok.mkv")
    Path(clip).touch()
    monkeypatch.setattr(os, "stat", stat)
    asyncio.run(run())


def test_a_dead_disk_holds_up_no_other_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: Event
) -> None:
    real = os.stat

    def stat(path: object, *more: object, **options: object) -> os.stat_result:
        if str(path).startswith("/clips/dead"):
            back.wait()
        return real(path, *more, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(path_checks, "_SECONDS", 0.5)
    monkeypatch.setattr(path_checks, "_READING_SECONDS", 0.1)

    async def run() -> None:
        async with controlling(tmp_path, ScriptedEngine()) as controller:
            runs = await submitted(controller)
            dead = [controller.submit(request(f"dead{n}"), OWNER) for n in range(40)]
            refused = await asyncio.gather(*dead, return_exceptions=True)
            assert {type(each) for each in refused} == {NoAnswerError}
            assert (await ended(controller, runs)).result.score.pairs
            back.set()
            await ended(controller, await submitted(controller))

    asyncio.run(run())
