"""Looking at videos for others: who may, how many at once, and for how long."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from support.scripted_engine import OWNER, ScriptedEngine, controlling
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.controller import Controller
from vmafx_daemon.engine.contract import TimeLimitError
from vmafx_daemon.errors import BusyError, DeniedError, DrainingError
from vmafx_rpc import messages

Test = Callable[[Controller, ScriptedEngine], Awaitable[None]]


def source(location: str) -> messages.task.Input:
    return messages.task.Input(location=location)


def run(state: Path, test: Test) -> None:
    async def all_of_it() -> None:
        engine = ScriptedEngine()
        async with controlling(state, engine) as controller:
            await test(controller, engine)

    asyncio.run(all_of_it())


async def begun(engine: ScriptedEngine, count: int) -> None:
    until = time.monotonic() + 10
    while len(engine.begun) < count:
        assert time.monotonic() < until
        await asyncio.sleep(0.01)


def test_what_it_is_is_told_and_nothing_is_stored(tmp_path: Path) -> None:
    async def test(controller: Controller, _: ScriptedEngine) -> None:
        told = await controller.probe(source("/clips/ok"), OWNER)
        assert told.info.location == "/clips/ok"
        assert not (await controller.list(messages.controller.ListJobsRequest())).jobs

    run(tmp_path, test)


def test_who_may_not_have_it_scored_may_not_have_it_looked_at(tmp_path: Path) -> None:
    async def test(controller: Controller, engine: ScriptedEngine) -> None:
        with pytest.raises(DeniedError, match="reader may only read"):
            await controller.probe(source("/clips/ok"), Caller("reader", Role.READ))
        with pytest.raises(DeniedError, match="is in no folder that may be read here"):
            await controller.probe(source("/clips/ok"), Caller("writer", Role.WRITE))
        assert not engine.begun

    run(tmp_path, test)


def test_whoever_stops_looks_at_nothing_more(tmp_path: Path) -> None:
    async def test(controller: Controller, engine: ScriptedEngine) -> None:
        await controller.drain(0.0)
        with pytest.raises(DrainingError):
            await controller.probe(source("/clips/ok"), OWNER)
        assert not engine.begun

    run(tmp_path, test)


def test_of_too_many_at_once_the_last_is_refused(tmp_path: Path) -> None:
    async def test(controller: Controller, engine: ScriptedEngine) -> None:
        controller._probes.most = 2
        waiting = [
            asyncio.create_task(controller.probe(source("/clips/wait"), OWNER)) for _ in range(2)
        ]
        await begun(engine, 2)
        with pytest.raises(BusyError, match="2 videos are being looked at already"):
            await controller.probe(source("/clips/ok"), OWNER)
        engine.go.set()
        await asyncio.gather(*waiting)
        await controller.probe(source("/clips/ok"), OWNER)

    run(tmp_path, test)


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    async def test(controller: Controller, engine: ScriptedEngine) -> None:
        controller._probes.seconds = 0.1
        with pytest.raises(TimeLimitError, match=r"^/clips/wait: was not read within 0\.1 s"):
            await controller.probe(source("/clips/wait"), OWNER)
        assert engine.ended == ["/clips/wait"]

    run(tmp_path, test)


def test_where_nobody_waits_for_it_the_looking_ends(tmp_path: Path) -> None:
    async def test(controller: Controller, engine: ScriptedEngine) -> None:
        looking = asyncio.create_task(controller.probe(source("/clips/wait"), OWNER))
        await begun(engine, 1)
        looking.cancel()
        await asyncio.wait((looking,))
        assert engine.ended == ["/clips/wait"]

    run(tmp_path, test)
