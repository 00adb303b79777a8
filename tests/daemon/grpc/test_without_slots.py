"""An engine whose streams have no slots in shared memory, as one on other machines."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import grpc
import pytest

from support.scripted_engine import ScriptedEngine, controlling
from support.streams import HEIGHT, WIDTH, Talk, config, made_pairs, scored_here
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.engine.contract import Limits, PairStream, StreamEvent
from vmafx_daemon.engine.local import LocalEngine
from vmafx_daemon.grpc.server import GrpcDoor
from vmafx_daemon.settings import AccessSettings, LimitSettings
from vmafx_rpc.addresses import parse_address
from vmafx_rpc.client import Client
from vmafx_rpc.live import score_pairs
from vmafx_rpc.messages import scoring

PAIRS = made_pairs(12)
CONFIG = scoring.StreamConfig(width=WIDTH, height=HEIGHT)
LIMITS = LimitSettings(workers=1)


class MessagesOnly:
    """A stream to which pairs come in messages alone."""

    slots = None

    def __init__(self, stream: PairStream) -> None:
        self._stream = stream
        self.feed, self.finish, self.close = stream.feed, stream.finish, stream.close

    def events(self) -> AsyncGenerator[StreamEvent]:
        return self._stream.events()


class EngineWithoutSlots(ScriptedEngine):
    def __init__(self) -> None:
        super().__init__()
        self._local = LocalEngine(LIMITS)

    async def close(self) -> None:
        await self._local.close()

    async def open_stream(self, config: scoring.StreamConfig, limits: Limits) -> PairStream:  # type: ignore[override]
        return MessagesOnly(await self._local.open_stream(config, limits))


def with_daemon[T](folder: Path, use: Callable[[Client], T]) -> T:
    """What a client finds at a daemon with such an engine."""

    async def serve() -> T:
        policy = Policy(AccessSettings(), LIMITS)
        async with controlling(folder, EngineWithoutSlots()) as controller:
            door = GrpcDoor(controller, policy, LIMITS, [], lambda *_: None)
            door.listen_on_socket(folder / "socket")
            await door.start()
            try:
                return await asyncio.to_thread(ask)
            finally:
                await door.stop(1.0)

    def ask() -> T:
        with Client(parse_address(f"unix:{folder / 'socket'}")) as client:
            return use(client)

    return asyncio.run(serve())


def test_score_pairs_sends_them_in_messages(tmp_path: Path) -> None:
    *scores, last = with_daemon(tmp_path, lambda client: list(score_pairs(client, CONFIG, PAIRS)))
    here = scored_here(tmp_path, PAIRS, models=["vmaf_v0.6.1"]).metrics["vmaf"]
    assert [frame.score for frame in scores] == here.values.tolist()
    assert last.score == here.pooled.mean


def test_slots_that_a_client_fills_all_the_same_are_refused(tmp_path: Path) -> None:
    def fill(client: Client) -> None:
        talk = Talk(client, config(shared_memory=True))
        assert talk.answer().memory == scoring.SharedMemory()
        talk.say(scoring.ScoreStreamRequest(filled=scoring.FilledSlots(slots=[0])))
        with pytest.raises(grpc.RpcError, match="of which there are none"):
            talk.answers()

    with_daemon(tmp_path, fill)
