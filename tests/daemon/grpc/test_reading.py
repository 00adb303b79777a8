"""Reading the one message of a call, and clients that do not read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import closing
from typing import Any, override

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckResponse

from support.raw_http2 import RawConnection
from vmafx_daemon.grpc import calls
from vmafx_daemon.grpc.calls import Calls

# A field that nobody knows, of 64 KiB.
LARGE = b"\x7a\x80\x80\x04" + bytes(1 << 16)


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # without types
    """Answers whatever it is asked."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    @override
    async def Check(self, *_: Any) -> HealthCheckResponse:
        return HealthCheckResponse()

    @override
    async def Watch(self, *_: Any) -> AsyncGenerator[HealthCheckResponse]:
        try:
            while True:
                yield HealthCheckResponse.FromString(LARGE)
        finally:
            self.ended.set()


def anybody(*_: Any) -> None:
    """Lets every call through."""


@pytest.mark.parametrize(
    ("sends_on", "told"), [(False, "no message was sent"), (True, "no message came within 0.1 s")]
)
def test_a_call_without_a_message_is_refused(*, sends_on: bool, told: str) -> None:
    async def run() -> None:
        seconds = 0.1 if sends_on else 60
        server = grpc.aio.server(interceptors=[Calls(anybody, seconds=seconds, most=9)])
        health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = channel.stream_unary("/grpc.health.v1.Health/Check")()
            if not sends_on:
                await call.done_writing()
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await call
        await server.stop(0)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert told in (refused.value.details() or "")

    asyncio.run(run())


def test_answers_that_nobody_reads_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "READING_SECONDS", 0.2)

    async def run() -> None:
        health = Health()
        server = grpc.aio.server(interceptors=[Calls(anybody, most=9)])
        health_pb2_grpc.add_HealthServicer_to_server(health, server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = channel.unary_stream("/grpc.health.v1.Health/Watch")(b"")
            await asyncio.wait_for(health.ended.wait(), 20)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                async for _ in call:
                    pass
            assert "nobody read" in (refused.value.details() or "")
        await server.stop(0)

    asyncio.run(run())


def test_there_is_a_most_of_calls_at_once_whoever_makes_them() -> None:
    async def run() -> None:
        health = Health()
        surrounding = Calls(anybody, most=1)
        ports = []
        for _ in range(2):
            server = grpc.aio.server(interceptors=[surrounding])
            health_pb2_grpc.add_HealthServicer_to_server(health, server)
            ports.append(server.add_insecure_port("127.0.0.1:0"))
            await server.start()
            servers.append(server)
        channels = [grpc.aio.insecure_channel(f"127.0.0.1:{port}") for port in ports]
        first = channels[0].unary_stream("/grpc.health.v1.Health/Watch")(b"")
        await first.read()
        check = channels[1].unary_unary("/grpc.health.v1.Health/Check")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await check(b"")
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "1 calls are open already" in (refused.value.details() or "")
        assert "retry-after" in dict(refused.value.trailing_metadata())
        first.cancel()
        await asyncio.wait_for(health.ended.wait(), 20)
        await check(b"")
        for channel in channels:
            await channel.close()
        for server in servers:
            await server.stop(0)

    servers: list[grpc.aio.Server] = []
    asyncio.run(run())


def test_an_answer_for_which_the_client_has_no_room_takes_a_place() -> None:
    async def run() -> None:
        server = grpc.aio.server(interceptors=[Calls(anybody, most=2)])
        health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        async with grpc.aio.insecure_channel(address) as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check")

            async def status() -> grpc.StatusCode:
                return await check(b"").code()

            async def until(code: grpc.StatusCode) -> None:
                while await status() is not code:
                    pass

            with closing(RawConnection(address, window=0)) as connection:
                for _ in range(2):
                    connection.call(b"/grpc.health.v1.Health/Check")
                await asyncio.wait_for(until(grpc.StatusCode.RESOURCE_EXHAUSTED), 20)
                assert {await status() for _ in range(5)} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
            await asyncio.wait_for(until(grpc.StatusCode.OK), 20)
        await server.stop(0)

    asyncio.run(run())
