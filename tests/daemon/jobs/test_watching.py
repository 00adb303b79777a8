"""What watchers are told."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from support.scripted_engine import (
    ScriptedEngine,
    controlling,
    ended,
    running,
    scored,
    submitted,
)
from vmafx_daemon.jobs import hub, topic
from vmafx_daemon.jobs.hub import one_by_one
from vmafx_daemon.jobs.records import CANCELLED, COMPLETED, PENDING, RUNNING
from vmafx_daemon.jobs.topic import JobEvent


def kinds(events: list[JobEvent]) -> list[str | int | None]:
    """What events are, states by their number."""
    return [e.state.state if e.HasField("state") else e.WhichOneof("event") for e in events]


async def some(events: AsyncGenerator[JobEvent], count: int) -> list[JobEvent]:
    """The next few events."""
    return [await asyncio.wait_for(anext(events), 10) for _ in range(count)]


async def told(events: AsyncGenerator[JobEvent]) -> list[JobEvent]:
    """All events until the end."""
    return [event async for event in events]


def test_a_watcher_is_told_of_states_scores_progress_and_the_result_in_order(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            first = await submitted(controller, "wait")
            await running(controller, first)
            job_id = await submitted(controller, "tell")
            watching = controller.watch(job_id)
            events = await some(watching, 1)
            await controller.cancel(first)
            events += await some(watching, 4)
            engine.go.set()
            events += await told(watching)
            assert kinds(events) == [
                PENDING, RUNNING, "score", "score", "progress", COMPLETED, "result",
            ]  # fmt: skip
            numbers = [event.number for event in events]
            assert numbers == sorted(numbers)
            assert [e.score.frame_scores.first for e in events[2:4]] == [0, 2]
            assert events[-1].result.score.pairs
            assert not events[-2].state.HasField("result")

    asyncio.run(run())


def test_watching_goes_on_behind_any_event(tmp_path: Path) -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        async with controlling(tmp_path, engine) as controller:
            job_id = await submitted(controller, "tell")
            await running(controller, job_id)
            async with aclosing(controller.watch(job_id)) as watching:
                before = await some(watching, 3)
            assert kinds(before) == [RUNNING, "score", "score"]
            engine.go.set()
            await ended(controller, job_id)
            rest = await told(controller.watch(job_id, before[-1].number))
            assert kinds(rest) == [COMPLETED, "result"]
            assert kinds(await told(controller.watch(job_id, rest[0].number))) == ["result"]
            assert await told(controller.watch(job_id, rest[1].number)) == []

    asyncio.run(run())


def test_scores_told_before_are_told_to_who_comes_later(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job_id = await submitted(controller, "tell")
            async with aclosing(controller.watch(job_id)) as early:
                while not (await anext(early)).HasField("progress"):
                    pass
            async with aclosing(controller.watch(job_id)) as late:
                events = await some(late, 4)
            assert kinds(events) == [RUNNING, "score", "score", "progress"]
            async with aclosing(controller.watch(job_id, events[1].number)) as resumed:
                assert await some(resumed, 1) == events[2:3]

    asyncio.run(run())


def test_all_jobs_are_watched_from_now_on_or_from_an_event_on(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            await ended(controller, await submitted(controller))
            watching = one_by_one(controller.watch_all())
            one = asyncio.create_task(some(watching, 3))
            await asyncio.sleep(0)
            job_id = await submitted(controller, "bad")
            events = await one
            assert {event.job_id for event in events} == {job_id}
            await watching.aclose()
            async with aclosing(one_by_one(controller.watch_all(events[0].number))) as again:
                assert await some(again, 2) == events[1:]

    asyncio.run(run())


def test_a_watcher_that_fell_behind_is_told_the_latest_of_each_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "_MOST_RECENT", 4)
    monkeypatch.setattr(hub, "_PAGE", 3)

    async def run() -> None:
        async with controlling(tmp_path) as controller:
            async with aclosing(one_by_one(controller.watch_all())) as watching:
                first = asyncio.create_task(some(watching, 1))
                await asyncio.sleep(0)
                sent = [await submitted(controller, "bad") for _ in range(20)]
                for job_id in sent:
                    await ended(controller, job_id)
                start = (await first)[0].number
                last: dict[str, int] = {}
                numbers = [start]
                while len(last) < 20 or set(last.values()) == {PENDING}:
                    (event,) = await some(watching, 1)
                    numbers.append(event.number)
                    last[event.job_id] = event.state.state
                    if all(last.get(job_id) == 4 for job_id in sent):
                        break
            assert numbers == sorted(set(numbers))
            assert last.keys() == set(sent)

    asyncio.run(run())


def test_numbers_grow_over_restarts_and_watching_goes_on(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job_id = await submitted(controller, "tell")
            await running(controller, job_id)
            async with aclosing(controller.watch(job_id)) as watching:
                before = await some(watching, 4)
        engine = ScriptedEngine()
        engine.go.set()
        async with controlling(tmp_path, engine) as controller:
            rest = await told(controller.watch(job_id, before[-1].number))
            assert kinds(rest)[-2:] == [COMPLETED, "result"]
            assert min(event.number for event in rest) > max(event.number for event in before)
        async with controlling(tmp_path) as controller:
            async with aclosing(one_by_one(controller.watch_all(before[-1].number))) as everything:
                (event,) = await some(everything, 1)
            assert (event.job_id, event.state.state) == (job_id, COMPLETED)
            assert event.number == rest[-2].number

    asyncio.run(run())


def test_a_number_of_another_store_is_none(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job_id = await submitted(controller)
            assert kinds(await told(controller.watch(job_id, 1 << 60)))[-1] == "result"

    asyncio.run(run())


def test_a_cancelled_job_ends_its_watching(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            job_id = await submitted(controller, "wait")
            watching = asyncio.create_task(told(controller.watch(job_id)))
            await running(controller, job_id)
            await controller.cancel(job_id)
            assert kinds(await watching)[-1] == CANCELLED

    asyncio.run(run())


def test_nothing_is_kept_of_jobs_that_nobody_watches(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            for _ in range(3):
                await ended(controller, await submitted(controller))
            assert not controller._hub._topics

    asyncio.run(run())


def test_scores_of_a_running_job_are_bounded_and_keep_their_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(topic, "_MOST_BYTES", 10_000)
    known = topic.Topic()
    state = JobEvent(number=1)
    state.state.state = RUNNING
    known.begin(state, running=True)
    started = JobEvent(number=2)
    started.score.started.threads = 2
    known.add(started)
    for number in range(3, 1000):
        known.add(JobEvent(number=number, score=scored(number, 10)))
    assert sum(event.ByteSize() for event in known._events) < 11_000
    assert known.after(0) == state
    assert known.after(1) == started
    last = known.after(998)
    assert last is not None
    assert last.number == 999


def test_what_happens_together_is_told_together_in_bounded_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with controlling(tmp_path) as controller:
            watching = controller.watch_all()
            first = asyncio.ensure_future(anext(watching))
            await asyncio.sleep(0)
            sent = await asyncio.gather(*(submitted(controller, "bad") for _ in range(20)))
            pieces = [list(await first)]
            for job_id in sent:
                await ended(controller, job_id)
            pieces.append(list(await anext(watching)))
            assert len(pieces[1]) > 20
            monkeypatch.setattr(hub, "_MOST_BYTES", 2 * pieces[1][0].ByteSize())
            async with aclosing(controller.watch_all(pieces[0][0].number)) as again:
                told: list[JobEvent] = []
                while len(told) < 40:
                    piece = await anext(again)
                    assert 0 < len(piece) <= 3
                    told.extend(piece)
            numbers = [event.number for event in told]
            assert numbers == sorted(set(numbers))
            await watching.aclose()

    asyncio.run(run())
