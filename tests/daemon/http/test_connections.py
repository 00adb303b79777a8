"""Clients that are too slow, or too many."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request

from vmafx_core.errors import VmafxError
from vmafx_daemon.http import bodies
from vmafx_daemon.http.bounds import BoundedProtocol
from vmafx_daemon.http.problems import problem

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Hasty(BoundedProtocol):
    sending_seconds = 1.0
    reading_seconds = 0.1


class Few(BoundedProtocol):
    most = 3


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body of what is posted, and answers everything else at once, at length."""
    if scope["method"] == "POST":
        try:
            await bodies.read_json(Request(scope, receive))
        except VmafxError as error:
            await problem(error)(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    long = scope["path"] == "/long"
    for _ in range(1000 if long else 0):
        await send({"type": "http.response.body", "body": bytes(1 << 16), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def holds(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not condition():  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(0.01)


def serving(
    test: Callable[[Connect, uvicorn.Server], Awaitable[None]],
    protocol: type[BoundedProtocol] = Hasty,
) -> None:
    """Run a test against a server of bounded connections."""

    async def run() -> None:
        config = uvicorn.Config(
            app, port=0, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        await holds(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            async with asyncio.timeout(30):
                await test(lambda: asyncio.open_connection("127.0.0.1", port), server)
        finally:
            server.should_exit = True
            await task

    asyncio.run(run())


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """The first line of the answer, which comes while there is more and more of the request."""
    line = asyncio.ensure_future(reader.readline())
    while not line.done():
        writer.write(b" ")
        await asyncio.wait((line,), timeout=0.02)
    return line.result()


def status(answer: bytes) -> int:
    """The status of an answer that is a problem."""
    head, _, body = answer.partition(b"\r\n\r\n")
    number = int(head.split()[1])
    assert json.loads(body)["status"] == number
    return number


def test_a_head_that_drips_is_not_waited_for() -> None:
    async def test(connect: Connect, __: uvicorn.Server) -> None:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert await dripping(reader, writer) == b"HTTP/1.1 408 Request Timeout\r\n"
        writer.close()

    serving(test)


def test_whoever_says_nothing_is_hung_up_on() -> None:
    async def test(connect: Connect, __: uvicorn.Server) -> None:
        reader, writer = await connect()
        assert await reader.read() == b""
        writer.close()

    serving(test)


def test_a_connection_may_rest_between_requests() -> None:
    async def test(connect: Connect, __: uvicorn.Server) -> None:
        reader, writer = await connect()
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = await reader.readuntil(b"0\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200")
            await asyncio.sleep(Hasty.sending_seconds + 0.2)
        writer.write(b"GET / HT")
        assert status(await reader.read()) == 408
        writer.close()

    serving(test)


def test_a_body_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_SECONDS", 0.1)

    async def test(connect: Connect, __: uvicorn.Server) -> None:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        assert await dripping(reader, writer) == b"HTTP/1.1 408 Request Timeout\r\n"
        # What is left of the body is not waited for either.
        while not reader.at_eof():
            await reader.read(1 << 16)
        writer.close()

    serving(test)


def test_whoever_reads_nothing_is_cut_off() -> None:
    async def test(connect: Connect, server: uvicorn.Server) -> None:
        _, writer = await connect()
        writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await holds(lambda: len(server.server_state.connections) == 1)
        await holds(lambda: not server.server_state.connections)
        writer.close()

    serving(test)


def test_there_are_only_so_many_connections() -> None:
    async def test(connect: Connect, server: uvicorn.Server) -> None:
        pairs = [await connect() for _ in range(3)]
        await holds(lambda: len(server.server_state.connections) == 3)
        reader, writer = await connect()
        answer = await reader.read()
        assert status(answer) == 429
        assert b"\r\nretry-after: 5\r\n" in answer
        for each in (writer, *(writer for _, writer in pairs)):
            each.close()

    serving(test, Few)
