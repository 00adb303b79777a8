"""Reading requests: only once it is known who sends them, and refusing bytes that are no message.

gRPC itself reads the one message of a call before anybody is asked whether the caller may call. So
that nobody fills the memory, or has calls wait for ever, who may not call at all, the methods are
served as if they took a stream, of which the first message is read here.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from vmafx_core.errors import UsageError
from vmafx_rpc import frame_pairs

MOST_SECONDS = 60.0
"""How long the message of a call that has only one may take to come."""

_NO_MESSAGE = object()
# What reads the requests of a method, where that is not what gRPC has for it.
_READERS: Mapping[str, Callable[[bytes], Any]] = {frame_pairs.METHOD: frame_pairs.read_request}


class WellFormed(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # without types
    """Reads requests; has to be inside of what tells errors, and of what asks who calls.

    Args:
        seconds: How long the message of a call that has only one may take to come.
    """

    def __init__(self, seconds: float = MOST_SECONDS) -> None:
        self._seconds = seconds
        self._handlers: dict[str, Any] = {}

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        """Have the method look at what was read."""
        handler = await continuation(details)
        if handler is None:
            return None
        known = self._handlers.get(details.method)
        if known is None:
            known = self._handlers[details.method] = self._wrapped(details.method, handler)
        return known

    def _wrapped(self, method: str, handler: Any) -> Any:
        read = _reading(_READERS.get(method, handler.request_deserializer))
        if handler.stream_stream:
            kind, call = grpc.stream_stream_rpc_method_handler, _all(handler.stream_stream)
        elif handler.unary_stream:
            kind, call = grpc.stream_stream_rpc_method_handler, self._first(handler.unary_stream)
        else:
            kind, call = grpc.stream_unary_rpc_method_handler, self._only(handler.unary_unary)
        return kind(call, read, handler.response_serializer)

    def _only(self, inner: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
        async def call(requests: AsyncIterator[Any], context: Any) -> Any:
            return await inner(await self._read(requests), context)

        return call

    def _first(self, inner: Callable[..., AsyncGenerator[Any]]) -> Callable[..., Any]:
        async def call(requests: AsyncIterator[Any], context: Any) -> AsyncGenerator[Any]:
            async with aclosing(inner(await self._read(requests), context)) as answers:
                async for answer in answers:
                    yield answer

        return call

    async def _read(self, requests: AsyncIterator[Any]) -> Any:
        try:
            async with asyncio.timeout(self._seconds):
                async for request in requests:
                    return _message(request)
        except TimeoutError:
            raise UsageError(f"no message came within {self._seconds:g} s") from None
        raise UsageError("no message was sent", "Send one.")


def _reading(read: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def careful(data: bytes) -> Any:
        try:
            return read(data)
        except DecodeError:
            return _NO_MESSAGE

    return careful


def _all(inner: Callable[..., Any]) -> Callable[..., Any]:
    async def messages(requests: AsyncIterator[Any]) -> AsyncGenerator[Any]:
        async for request in requests:
            yield _message(request)

    def call(requests: AsyncIterator[Any], context: Any) -> Any:
        return inner(messages(requests), context)

    return call


def _message(request: Any) -> Any:
    if request is _NO_MESSAGE:
        raise UsageError("the bytes that were sent are no message", "Send it as in the contract.")
    return request
