"""The store in PostgreSQL, where that is installed."""

import asyncio
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from support.data import missing, program
from support.scripted_engine import ScriptedEngine, controlling, ended, running, submitted
from vmafx_core.errors import WorkError
from vmafx_daemon.jobs.records import CANCELLED, COMPLETED, FAILED
from vmafx_rpc import messages

psycopg = pytest.importorskip("psycopg")


def _programs() -> Path:
    """The folder of the server's programs; Debian has one for each version."""
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        return found.parent
    return Path(program("postgres")).resolve().parent


def _user() -> str | None:
    """Who is to run it: it refuses the administrator."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    return missing("PostgreSQL does not run as the administrator, and there is no other user")


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A server that listens in a folder, and nowhere else."""
    user, programs = _user(), _programs()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data = str(folder / "data")
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "vmafx", "--auth=trust", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
        )
        running_server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", name, "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
        )
        try:
            _wait_for(folder)
            yield folder
        finally:
            running_server.send_signal(signal.SIGINT)
            running_server.wait(30)


def _wait_for(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(f"host={folder} user=vmafx dbname=postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


_numbers = itertools.count()


@pytest.fixture
def database(server: Path) -> str:
    """The URL of an empty database."""
    name = f"jobs{next(_numbers)}"
    with psycopg.connect(f"host={server} user=vmafx dbname=postgres", autocommit=True) as made:
        made.execute(f"CREATE DATABASE {name}")
    return f"postgresql://vmafx@/{name}?host={server}"


def test_jobs_live_and_end_as_in_sqlite(tmp_path: Path, database: str) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine, database=database) as controller:
            done = await ended(controller, await submitted(controller, labels={"title": "a"}))
            bad = await ended(controller, await submitted(controller, "bad"))
            assert (done.state, bad.state) == (COMPLETED, FAILED)
            assert done.result.score.pairs
            cancelled = await submitted(controller, "wait")
            await running(controller, cancelled)
            assert (await controller.cancel(cancelled)).state == CANCELLED
            again, _ = await asyncio.gather(
                submitted(controller, idempotency_key="k"),
                submitted(controller, idempotency_key="k"),
            )
            await ended(controller, again)
            asked = messages.controller.ListJobsRequest(
                states=[COMPLETED, FAILED], labels={"title": "a"}
            )
            assert [job.id for job in (await controller.list(asked)).jobs] == [done.id]
            everything = await controller.list(messages.controller.ListJobsRequest())
            assert [job.id for job in everything.jobs] == [again, cancelled, bad.id, done.id]
            assert await controller._store.prune(0.0, 0) == 4

    asyncio.run(run())


def test_what_was_left_behind_is_done_after_a_restart(tmp_path: Path, database: str) -> None:
    async def run() -> None:
        async with controlling(tmp_path, database=database) as controller:
            left = await submitted(controller, "wait")
            await running(controller, left)
            events = controller.watch(left)
            before = (await anext(events)).number
            await events.aclose()
        engine = ScriptedEngine()
        engine.go.set()
        async with controlling(tmp_path, engine, database=database) as controller:
            assert (await ended(controller, left)).state == COMPLETED
            rest = [event async for event in controller.watch(left, before)]
            assert rest[-1].HasField("result")

    asyncio.run(run())


def test_a_database_belongs_to_one_daemon(tmp_path: Path, database: str) -> None:
    async def run() -> None:
        async with controlling(tmp_path, database=database):
            with pytest.raises(WorkError, match="another daemon"):
                async with controlling(tmp_path, database=database):
                    pass
        async with controlling(tmp_path, database=database) as controller:
            assert controller.status().slots == 1

    asyncio.run(run())


def test_a_daemon_that_another_took_the_database_from_goes_no_further(
    tmp_path: Path, database: str, server: Path
) -> None:
    async def run() -> None:
        async with controlling(tmp_path, database=database) as controller:
            await ended(controller, await submitted(controller))
            end_connections(server)
            async with controlling(tmp_path, database=database) as other:
                done = await ended(other, await submitted(other))
            for _ in range(3):
                with pytest.raises(WorkError):
                    await submitted(controller)
            with pytest.raises(WorkError, match="another daemon has used"):
                await submitted(controller)
        async with controlling(tmp_path, database=database) as controller:
            assert (await controller.get(done.id)).state == COMPLETED
            assert (await ended(controller, await submitted(controller))).state == COMPLETED

    asyncio.run(run())


def end_connections(server: Path) -> None:
    """End what the server has with all daemons."""
    with psycopg.connect(f"host={server} user=vmafx dbname=postgres") as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'jobs%'"
        )


def test_a_lost_connection_is_made_anew(tmp_path: Path, database: str, server: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path, database=database) as controller:
            end_connections(server)
            # Whoever writes first notices it.
            with suppress(WorkError):
                await submitted(controller)
            assert (await ended(controller, await submitted(controller))).state == COMPLETED

    asyncio.run(run())
