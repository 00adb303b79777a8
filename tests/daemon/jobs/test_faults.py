"""Jobs when things go wrong: full disks, kills, jumping clocks."""

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import event

from support.scripted_engine import ScriptedEngine, controlling, ended, request, submitted
from vmafx_core.errors import WorkError
from vmafx_daemon.errors import BusyError
from vmafx_daemon.jobs import dispatcher
from vmafx_daemon.jobs.hub import one_by_one
from vmafx_daemon.jobs.records import COMPLETED, FAILED
from vmafx_daemon.jobs.store import Clock, JobStore
from vmafx_rpc import messages


@dataclass
class Disk:
    """A disk under a database that can be full."""

    store: JobStore
    full: bool = False
    _pages: int = field(default=0)

    def __post_init__(self) -> None:
        event.listen(self.store._engine, "connect", self._connect)

    async def fill(self) -> None:
        """Leave no room from now on."""
        self._pages = await self.store._read(
            lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        )
        self.full = True
        self.store._engine.dispose()
        with pytest.raises(WorkError):
            await self.store._change(self._fail)

    def empty(self) -> None:
        """Make room."""
        self.full = False
        self.store._engine.dispose()

    def _connect(self, connection: sqlite3.Connection, _: object) -> None:
        if self.full:
            connection.execute(f"PRAGMA max_page_count={self._pages}").close()

    def _fail(self, _: object) -> None:
        # So that the writer connects anew.
        raise ZeroDivisionError


def test_a_full_disk_refuses_jobs_keeps_others_and_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "_STORE_REST", 0.02)

    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            before = await submitted(controller, "wait")
            disk = Disk(controller._store)
            await disk.fill()
            accepted: list[str] = []

            async def submit_many() -> None:
                for _ in range(100):
                    labels = {str(i): "x" * 255 for i in range(32)}
                    accepted.append(await submitted(controller, labels=labels))

            with pytest.raises(BusyError, match="disk"):
                await submit_many()
            engine.go.set()
            await asyncio.sleep(0.1)
            disk.empty()
            for job_id in (before, *accepted, await submitted(controller)):
                assert (await ended(controller, job_id)).state == COMPLETED
            assert set(engine.completed.values()) == {1}

    asyncio.run(run())


def test_one_operation_that_fails_takes_no_other_with_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            writer = controller._store

            def fail(_: object) -> None:
                raise ZeroDivisionError

            answers = await asyncio.gather(
                submitted(controller),
                writer._change(fail),
                submitted(controller),
                return_exceptions=True,
            )
            assert isinstance(answers[1], WorkError)
            assert "database" in answers[1].message
            for job_id in (answers[0], answers[2]):
                assert (await ended(controller, str(job_id))).state == COMPLETED

    asyncio.run(run())


def test_a_job_that_outlived_its_attempts_with_killed_daemons_fails(tmp_path: Path) -> None:
    async def run() -> None:
        store = JobStore(f"sqlite:///{tmp_path / 'jobs.db'}")
        for attempts in (1, 2):
            await store.open()
            if attempts == 1:
                job = messages.controller.Job(id="one", max_attempts=2)
                job.spec.CopyFrom(request("wait").spec)
                await store.submit(job)
            await store.recover()
            (begun,) = await store.begin(1, "scripted")
            assert begun.job.attempts == attempts
            await store.close()
            store = JobStore(f"sqlite:///{tmp_path / 'jobs.db'}")
        async with controlling(tmp_path) as controller:
            left = await controller.get("one")
            assert (left.state, left.error.error_class) == (FAILED, "WorkError")
            assert "2 times" in left.error.message

    asyncio.run(run())


def test_what_an_ended_attempt_comes_to_is_dropped(tmp_path: Path) -> None:
    async def run() -> None:
        store = JobStore(f"sqlite:///{tmp_path / 'jobs.db'}")
        await store.open()
        job = messages.controller.Job(id="one", max_attempts=3, spec=request().spec)
        await store.submit(job)
        (old,) = await store.begin(1, "scripted")
        await store.release(old.ticket)
        (new,) = await store.begin(1, "scripted")
        await store.fail(old.ticket, WorkError("too late"))
        known = await store.get("one")
        assert known is not None
        assert known.number == new.ticket
        await store.close()

    asyncio.run(run())


CHILD = """
import asyncio, random, sys
from pathlib import Path
from support.scripted_engine import OWNER, ScriptedEngine, controlling, request
from vmafx_daemon.jobs.hub import one_by_one
from vmafx_daemon.jobs.records import COMPLETED
from vmafx_daemon.settings import LimitSettings

def say(*words):
    print(*words, flush=True)

async def watch(controller, after):
    async for event in one_by_one(controller.watch_all(after)):
        if event.state.state == COMPLETED:
            say("completed", event.job_id, event.number)

async def submit(controller, client):
    while True:
        job_id, _ = await controller.submit(request("ok", name=f"/{client}"), OWNER)
        say("acknowledged", job_id)
        await asyncio.sleep(random.random() / 50)

async def main(state, after):
    engine = ScriptedEngine(slots=4)
    async with controlling(Path(state), engine, LimitSettings(attempts=1000)) as controller:
        async with asyncio.TaskGroup() as all_:
            all_.create_task(watch(controller, after))
            for client in range(8):
                all_.create_task(submit(controller, client))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def _killed(state: Path, after: int) -> list[list[str]]:
    """Run a controller under load, and kill it at a random point; returns what it said."""
    path = [str(Path(__file__).parents[2]), *sys.path]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(state), str(after)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": ":".join(path)},
    )
    assert child.stdout is not None
    said = [child.stdout.readline()]
    time.sleep(random.uniform(0.05, 0.5))
    child.kill()
    said += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    # The last line may have been cut off.
    return [line.split() for line in said if line.endswith("\n")]


def test_kill_9_loses_no_acknowledged_job_and_tells_no_completion_twice(tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    completed: Counter[str] = Counter()
    last = 0
    for _ in range(4):
        for what, job_id, *number in _killed(tmp_path, last):
            if what == "acknowledged":
                acknowledged.add(job_id)
            else:
                completed[job_id] += 1
                last = int(number[0])

    async def rest() -> None:
        async with controlling(tmp_path, ScriptedEngine(4)) as controller:
            for job_id in acknowledged:
                job = await ended(controller, job_id)
                assert job.state == COMPLETED
                assert job.result.score.pairs
            async with aclosing(one_by_one(controller.watch_all(last))) as watching:
                while not acknowledged <= completed.keys():
                    event = await asyncio.wait_for(anext(watching), 10)
                    completed[event.job_id] += event.state.state == COMPLETED

    asyncio.run(rest())
    assert acknowledged
    assert max(completed.values()) == 1


def test_numbers_that_a_killed_daemon_told_are_not_given_again(tmp_path: Path) -> None:
    async def run() -> None:
        told = []
        (tmp_path / "killed").mkdir()
        async with controlling(tmp_path / "killed") as controller:
            for _ in range(3):
                events = controller.watch(await submitted(controller))
                told += [event.number async for event in events]
            # What would be left of it.
            shutil.copytree(tmp_path / "killed", tmp_path / "left")
        async with controlling(tmp_path / "left") as controller:
            events = controller.watch(await submitted(controller))
            assert min([event.number async for event in events]) > max(told)

    asyncio.run(run())


def test_jobs_keep_their_order_and_their_age_when_the_clock_jumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time, time.time_ns

    def jump(seconds: int) -> None:
        monkeypatch.setattr(time, "time", lambda: real[0]() + seconds)
        monkeypatch.setattr(time, "time_ns", lambda: real[1]() + seconds * 10**9)

    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            first = await submitted(controller, "wait", name="/1")
            names = []
            for i, seconds in enumerate((0, 10**9, -(10**8))):
                jump(seconds)
                names.append(f"/{i + 2}")
                last = await submitted(controller, name=names[-1])
            engine.go.set()
            await ended(controller, last)
            assert engine.begun == ["/1", *names]
            listed = await controller.list(messages.controller.ListJobsRequest())
            assert [job.id for job in listed.jobs][0::3] == [last, first]
            jump(10**9)
            assert await controller._store.prune(86400.0, 1 << 30) == 0

    asyncio.run(run())


def test_time_passes_for_a_store_while_nobody_looks_but_never_backwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    assert Clock(clock=50.0, wall=900.0).now() == pytest.approx(150.0, abs=1.0)
    assert Clock(clock=50.0, wall=5000.0).now() == pytest.approx(50.0, abs=1.0)
