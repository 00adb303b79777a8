"""Streams: how many there may be, and what they leave behind."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from support.scripted_engine import OWNER, ScriptedEngine, controlling
from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.engine.contract import PairStream
from vmafx_daemon.errors import BusyError, DeniedError, DrainingError
from vmafx_daemon.observers import Observer
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages

CONFIG = messages.scoring.StreamConfig(width=64, height=64)


class FakeStream:
    """A stream that cannot do anything but end."""

    def __init__(self, error: VmafxError | None = None) -> None:
        self._error = error

    async def nothing(self, *_: Any) -> None: ...

    feed = feed_slots = finish = events = share = nothing

    @property
    def slots(self) -> "FakeStream":
        return self

    async def close(self) -> None:
        if self._error:
            raise self._error


class StreamingEngine(ScriptedEngine):
    """Opens streams, or fails to."""

    def __init__(
        self, opening: VmafxError | None = None, closing: VmafxError | None = None
    ) -> None:
        super().__init__()
        self._opening, self._closing = opening, closing

    async def open_stream(self, *_: object) -> PairStream:
        if self._opening:
            raise self._opening
        return FakeStream(self._closing)  # type: ignore[return-value]


def test_there_are_no_more_streams_than_allowed(tmp_path: Path) -> None:
    async def run() -> None:
        limits = LimitSettings(idle_streams=2)
        async with controlling(tmp_path, StreamingEngine(), limits) as controller:
            streams = [await controller.open_stream(CONFIG, OWNER) for _ in range(2)]
            with pytest.raises(BusyError) as refused:
                await controller.open_stream(CONFIG, OWNER)
            assert refused.value.retry_after > 0
            assert controller.status().streams == 2
            await streams[0].close()
            await streams[0].close()
            assert controller.status().streams == 1
            await controller.open_stream(CONFIG, OWNER)

    asyncio.run(run())


@pytest.mark.parametrize("where", ["opening", "closing"])
def test_a_stream_that_fails_gives_its_place_back(tmp_path: Path, where: str) -> None:
    told: list[str] = []

    class Listening(Observer):
        def on_stream_opened(self) -> None:
            told.append("opened")

        def on_stream_closed(self, seconds: float) -> None:
            told.append(f"closed {seconds >= 0}")

    async def run() -> None:
        engine = StreamingEngine(**{where: WorkError("the worker was killed")})
        async with controlling(tmp_path, engine) as controller:
            controller.observers.append(Listening())
            with pytest.raises(WorkError):
                await (await controller.open_stream(CONFIG, OWNER)).close()
            assert controller.status().streams == 0
            assert told == ["opened", "closed True"]

    asyncio.run(run())


@pytest.mark.parametrize("fed", [False, True])
def test_a_stop_ends_streams_at_once_that_have_had_no_pairs(tmp_path: Path, *, fed: bool) -> None:
    async def run() -> None:
        async with controlling(tmp_path, StreamingEngine()) as controller:
            stream = await controller.open_stream(CONFIG, OWNER)
            if fed:
                assert stream.slots
                await stream.slots.feed_slots([0])
            await controller.drain(0.0)
            assert controller.status().streams == int(fed)

    asyncio.run(run())


def test_readers_open_no_streams_and_nobody_while_draining(tmp_path: Path) -> None:
    async def run() -> None:
        async with controlling(tmp_path, StreamingEngine()) as controller:
            with pytest.raises(DeniedError):
                await controller.open_stream(CONFIG, Caller("reader", Role.READ))
            await controller.drain(0.0)
            with pytest.raises(DrainingError):
                await controller.open_stream(CONFIG, OWNER)
            with pytest.raises(DrainingError):
                await controller.open_upload(messages.task.ScoreTask(), OWNER)

    asyncio.run(run())
