"""Something that is done around every call, whatever its kind."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any

import grpc
import grpc.aio

from vmafx_core.errors import UsageError

READING_SECONDS = 600.0
"""How long a client may read nothing of what it is answered."""


class Around(grpc.aio.ServerInterceptor, ABC):  # type: ignore[misc]  # without types
    """Runs each call inside of a context."""

    def __init__(self) -> None:
        self._handlers: dict[str, Any] = {}

    @abstractmethod
    def around(self, method: str, context: Any) -> AbstractAsyncContextManager[None]:
        """The context of a call; it is in the same task as the call.

        Args:
            method: "/package.Service/Method".
            context: The call, as gRPC has it.
        """

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        """Put the context around the method."""
        handler = await continuation(details)
        if handler is None:
            return None
        known = self._handlers.get(details.method)
        if known is None:
            known = self._handlers[details.method] = self._surrounded(details.method, handler)
        return known

    def _surrounded(self, method: str, handler: Any) -> Any:
        if handler.response_streaming:
            inner = handler.stream_stream or handler.unary_stream
            kind = (
                grpc.stream_stream_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_stream_rpc_method_handler
            )
            wrapped: Any = self._streaming(method, inner)
        else:
            inner = handler.stream_unary or handler.unary_unary
            kind = (
                grpc.stream_unary_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_unary_rpc_method_handler
            )
            wrapped = self._answering(method, inner)
        return kind(wrapped, handler.request_deserializer, handler.response_serializer)

    def _answering(self, method: str, inner: Callable[..., Awaitable[Any]]) -> Any:
        async def call(request: Any, context: Any) -> Any:
            async with self.around(method, context):
                return await inner(request, context)

        return call

    def _streaming(self, method: str, inner: Callable[..., Any]) -> Any:
        async def call(request: Any, context: Any) -> None:
            async with self.around(method, context):
                answers: AsyncIterator[Any] | Awaitable[None] = inner(request, context)
                if isinstance(answers, Awaitable):  # it writes its answers itself
                    await answers
                    return
                async with aclosing(answers):  # type: ignore[type-var]  # a generator
                    async for answer in answers:
                        try:
                            async with asyncio.timeout(READING_SECONDS):
                                await context.write(answer)
                        except TimeoutError:
                            raise UsageError(
                                f"nobody read the answers for {READING_SECONDS:g} s"
                            ) from None

        return call
