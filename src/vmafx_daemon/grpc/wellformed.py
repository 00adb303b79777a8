"""Bytes that are no message: refused as a wrong request, not as the server's own fault."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from vmafx_core.errors import UsageError
from vmafx_daemon.grpc.pairs_read import read_request

_NO_MESSAGE = object()
# What reads the requests of a method, where that is not what gRPC has for it.
_READERS: Mapping[str, Callable[[bytes], Any]] = {
    "/vmafx.v1.VmafxScoring/ScoreStream": read_request
}


class WellFormed(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # without types
    """Lets through only what can be read; has to be inside of what tells errors."""

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        """Have the method look at what was read."""
        handler = await continuation(details)
        if handler is None:
            return None
        read = _reading(_READERS.get(details.method, handler.request_deserializer))
        if handler.stream_stream:
            kind, call = grpc.stream_stream_rpc_method_handler, _all(handler.stream_stream)
        elif handler.unary_stream:
            kind, call = grpc.unary_stream_rpc_method_handler, _one(handler.unary_stream)
        else:
            kind, call = grpc.unary_unary_rpc_method_handler, _one(handler.unary_unary)
        return kind(call, read, handler.response_serializer)


def _reading(read: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def careful(data: bytes) -> Any:
        try:
            return read(data)
        except DecodeError:
            return _NO_MESSAGE

    return careful


def _one(inner: Callable[..., Any]) -> Callable[..., Any]:
    def call(request: Any, context: Any) -> Any:
        return inner(_message(request), context)

    return call


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
