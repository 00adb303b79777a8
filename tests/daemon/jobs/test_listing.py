"""Lists of jobs, and deleting old ones."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from support.scripted_engine import ScriptedEngine, controlling, ended, running, submitted
from vmafx_core.errors import UsageError
from vmafx_daemon.controller import Controller
from vmafx_daemon.jobs import reading
from vmafx_daemon.jobs.records import COMPLETED, FAILED, PENDING, RUNNING
from vmafx_rpc import messages


async def listed(controller: Controller, **fields: Any) -> list[str]:
    """The ids of all pages."""
    asked, ids = messages.controller.ListJobsRequest(page_size=3, **fields), []
    while True:
        page = await controller.list(asked)
        assert len(page.jobs) <= 3
        ids += [job.id for job in page.jobs]
        if not page.next_page_token:
            return ids
        asked.page_token = page.next_page_token


def test_pages_list_every_job_once_the_newest_first(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            sent = [await submitted(controller) for _ in range(9)]
            assert await listed(controller) == sent[::-1]
            assert await listed(controller, states=[FAILED]) == []

    asyncio.run(run())


@pytest.mark.parametrize("few", [0, 1000])
def test_jobs_are_found_by_their_states_and_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(reading, "_FEW", few)

    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            done = await submitted(controller, labels={"title": "a", "kind": "x"})
            bad = await submitted(controller, "bad", labels={"title": "a"})
            await ended(controller, done)
            await ended(controller, bad)
            runs = await submitted(controller, "wait", labels={"title": "b"})
            waits = await submitted(controller, "wait", labels={"title": "a"})
            await running(controller, runs)
            for fields, found in (
                ({"states": [PENDING, RUNNING]}, [waits, runs]),
                ({"states": [RUNNING]}, [runs]),
                ({"states": [COMPLETED, FAILED, COMPLETED]}, [bad, done]),
                ({"labels": {"title": "a"}}, [waits, bad, done]),
                ({"labels": {"title": "a", "kind": "x"}}, [done]),
                ({"labels": {"title": "a"}, "states": [FAILED, PENDING]}, [waits, bad]),
                ({"labels": {"title": "c"}}, []),
            ):
                assert await listed(controller, **fields) == found

    asyncio.run(run())


@pytest.mark.parametrize(
    "fields",
    [
        {"page_size": -1},
        {"page_size": 1001},
        {"page_token": "x"},
        {"page_token": "9" * 30},
        {"states": range(1000)},
        {"labels": {str(i): "" for i in range(33)}},
    ],
)
def test_pages_that_cannot_be_are_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            with pytest.raises(UsageError):
                await controller.list(messages.controller.ListJobsRequest(**fields))

    asyncio.run(run())


def test_a_running_job_shows_how_far_it_is(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job_id = await submitted(controller, "tell")
            async for event in controller.watch(job_id):
                if event.HasField("progress"):
                    break
            assert (await controller.get(job_id)).progress.done == 2

    asyncio.run(run())


def test_old_jobs_are_deleted_with_results_that_no_other_has(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            old = [await submitted(controller, labels={"title": "old"}) for _ in range(3)]
            for job_id in old:
                await ended(controller, job_id)
            waits = await submitted(controller, "wait")
            store = controller._store
            assert await store.prune(3600.0, 1 << 30) == 0
            assert await store.prune(0.0, 1 << 30) == 3
            assert await listed(controller) == [waits]
            assert await listed(controller, labels={"title": "old"}) == []
            left = await store._read(
                lambda connection: connection.exec_driver_sql(
                    "SELECT count(*) FROM results"
                ).scalar()
            )
            assert left == 0
            engine.go.set()

    asyncio.run(run())


def test_the_newest_jobs_stay_within_the_bytes_that_are_kept(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            sent = []
            for _ in range(6):
                sent.append(await submitted(controller))
                await ended(controller, sent[-1])
            store = controller._store
            sizes = await store._read(
                lambda connection: (
                    connection.exec_driver_sql("SELECT bytes FROM jobs ORDER BY seq")
                    .scalars()
                    .all()
                )
            )
            assert await store.prune(3600.0, sum(sizes[3:])) == 3
            assert await listed(controller) == sent[:2:-1]

    asyncio.run(run())


def test_numbers_of_deleted_jobs_are_not_given_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            events = [event async for event in controller.watch(await submitted(controller))]
            await controller._store.prune(0.0, 0)
        async with controlling(tmp_path) as controller:
            (first, *_) = [event async for event in controller.watch(await submitted(controller))]
            assert first.number > events[-1].number

    asyncio.run(run())
