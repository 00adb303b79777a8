"""What surrounds every call: who calls, an id, its errors, a line in the log, and metrics."""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
import grpc.aio

from vmafx_core.errors import UsageError, VmafxError, WorkError
from vmafx_daemon.errors import BusyError
from vmafx_daemon.grpc.reading import MOST_SECONDS, messages, only_message, reader_of
from vmafx_daemon.grpc.refusals import REQUEST_KEY, abort
from vmafx_daemon.operations.logs import accepted_id, request_id

READING_SECONDS = 600.0
"""How long a client may read nothing of what it is answered."""

# Asked every few seconds by whoever watches over a daemon.
_QUIET = ("/grpc.health.v1.Health/", "/vmafx.controller.v1.VmafxController/GetStatus")

_log = logging.getLogger(__name__)


def _nobody(method: str, outcome: str, seconds: float) -> None:
    """Nobody counts calls."""


class Calls(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # without types
    """Surrounds every call that leads somewhere, whatever its kind.

    Args:
        admit: Is handed the method ("/package.Service/Method") and the call as gRPC has it, in the
            call's task, before anything is read; raises a `VmafxError` to refuse it.
        on_call: Is told of each call that has ended: its method, status and seconds.
        seconds: How long the message of a call that has only one may take to come.
        most: How many may be open at once, at all servers that are surrounded by this.
    """

    def __init__(
        self,
        admit: Callable[[str, Any], None],
        on_call: Callable[[str, str, float], None] = _nobody,
        seconds: float = MOST_SECONDS,
        *,
        most: int,
    ) -> None:
        self._admit = admit
        self._on_call = on_call
        self._seconds = seconds
        self._most = most
        self._open = 0
        self._handlers: dict[str, Any] = {}

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        """Surround the method; one that is not there is left to gRPC."""
        method = details.method
        if method not in self._handlers:
            handler = await continuation(details)
            if handler is None:
                return None
            self._handlers[method] = self._surrounded(method, handler)
        return self._handlers[method]

    def _surrounded(self, method: str, handler: Any) -> Any:
        if handler.response_streaming:
            inner = handler.stream_stream or handler.unary_stream
            kind = grpc.stream_stream_rpc_method_handler
        else:
            inner = handler.stream_unary or handler.unary_unary
            kind = grpc.stream_unary_rpc_method_handler
        streaming, answering = handler.request_streaming, not handler.response_streaming

        async def call(requests: Any, context: Any) -> Any:
            request_id.set(_id_of(context))
            began = time.monotonic()
            outcome = "CANCELLED"
            answer = None
            try:
                self._take_place(context)
                self._admit(method, context)
                if streaming:
                    request = messages(requests)
                else:
                    request = await only_message(context, self._seconds)
                if answering:
                    answer = await inner(request, context)
                else:
                    await _write(inner(request, context), context)
                outcome = _status(context)
            except VmafxError as error:
                outcome = error.grpc_status
                await abort(context, error)
            except grpc.aio.AbortError:
                outcome = _status(context)
                raise
            except grpc.aio.InternalError:
                # An answer was too long, or its client has just gone.
                raise asyncio.CancelledError from None
            except Exception:  # noqa: BLE001  # whatever it is, the client is told no more
                outcome = "INTERNAL"
                _log.exception("%s failed inside the server", method)
                await abort(context, WorkError("the server failed at this", "Its log says why."))
            finally:
                self._tell(method, context, outcome, time.monotonic() - began)
            return answer

        return kind(
            call, reader_of(method, handler.request_deserializer), handler.response_serializer
        )

    def _take_place(self, context: Any) -> None:
        if self._open >= self._most:
            raise BusyError(f"{self._most} calls are open already", "Try again later.")
        self._open += 1
        # Only when its answer is sent, for which a client may have no room.
        context.add_done_callback(self._leave_place)

    def _leave_place(self, _: Any) -> None:
        self._open -= 1

    def _tell(self, method: str, context: Any, outcome: str, seconds: float) -> None:
        self._on_call(method, outcome, seconds)
        level = logging.DEBUG if method.startswith(_QUIET) else logging.INFO
        if _log.isEnabledFor(level):
            values = {"method": method, "status": outcome, "peer": context.peer()}
            values["seconds"] = round(seconds, 4)
            _log.log(level, "call", extra={"event": values})


async def _write(answers: AsyncGenerator[Any] | Awaitable[None], context: Any) -> None:
    """Send the answers of a method that has many.

    Raises:
        UsageError: Nobody reads them.
    """
    if isinstance(answers, Awaitable):  # it writes its answers itself
        await answers
        return
    async with aclosing(answers):
        async for answer in answers:
            try:
                async with asyncio.timeout(READING_SECONDS):
                    await context.write(answer)
            except TimeoutError:
                raise UsageError(f"nobody read the answers for {READING_SECONDS:g} s") from None


def _id_of(context: Any) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_KEY and isinstance(value, str) and (given := accepted_id(value)):
            return given
    return uuid.uuid4().hex


def _status(context: Any) -> str:
    """The status that a call has ended with; OK where nothing else was said."""
    code = context.code()
    return grpc.StatusCode(code).name if isinstance(code, grpc.StatusCode) else "OK"
