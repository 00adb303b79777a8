"""Reading requests: only once it is known who sends them, and refusing bytes that are no message.

gRPC itself reads the one message of a call before anybody is asked whether the caller may call. So
that nobody fills the memory, or has calls wait for ever, who may not call at all, the methods are
served as if they took a stream, of which the first message is read here.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any

import grpc.aio
from google.protobuf.message import DecodeError

from vmafx_core.errors import UsageError
from vmafx_daemon.errors import TooLargeError
from vmafx_rpc import frame_pairs
from vmafx_rpc.frame_pairs import is_bulk

MOST_SECONDS = 60.0
"""How long the message of a call that has only one may take to come."""

_NO_MESSAGE, _TOO_LONG = object(), object()
# What gRPC takes by itself. Longer ones may have so many fields that reading them holds up all.
_MOST_BYTES = 4 << 20
# What reads the requests of a method, where that is not what gRPC has for it.
_READERS: Mapping[str, Callable[[bytes], Any]] = {frame_pairs.METHOD: frame_pairs.read_request}


def reader_of(method: str, usual: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """What reads the bytes of a request; what is no message is found out by who takes it.

    Args:
        method: "/package.Service/Method".
        usual: What gRPC has for it.
    """
    read = _READERS.get(method, usual)

    def careful(data: bytes) -> Any:
        if len(data) > _MOST_BYTES and not (method == frame_pairs.METHOD and is_bulk(data)):
            return _TOO_LONG
        try:
            return read(data)
        except DecodeError:
            return _NO_MESSAGE

    return careful


async def only_message(context: Any, seconds: float) -> Any:
    """The message of a call that has only one.

    Args:
        context: The call, as gRPC has it.
        seconds: How long it may take to come.

    Raises:
        UsageError: There is none, or none in time, or it is too long.
    """
    try:
        async with asyncio.timeout(seconds):
            request = await context.read()
    except TimeoutError:
        raise UsageError(f"no message came within {seconds:g} s") from None
    if request is grpc.aio.EOF:
        raise UsageError("no message was sent", "Send one.")
    return _message(request)


async def messages(requests: AsyncIterator[Any]) -> AsyncGenerator[Any]:
    """The messages of a stream.

    Raises:
        UsageError: One is none, or too long.
    """
    async for request in requests:
        yield _message(request)


def _message(request: Any) -> Any:
    if request is _NO_MESSAGE:
        raise UsageError("the bytes that were sent are no message", "Send it as in the contract.")
    if request is _TOO_LONG:
        raise TooLargeError(
            f"a message has more than {_MOST_BYTES >> 20} MiB",
            "Only pictures and pieces of videos may be longer, each in a message of its own.",
        )
    return request
