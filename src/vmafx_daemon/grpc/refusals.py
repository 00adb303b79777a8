"""Telling errors by status, words and trailing metadata."""

import asyncio
from typing import Any

import grpc
import grpc.aio

from vmafx_core.errors import VmafxError
from vmafx_daemon.errors import BusyError
from vmafx_daemon.operations.logs import request_id
from vmafx_rpc.failures import error_to_message

ERROR_KEY = "vmafx-error-bin"
"""The trailing metadata with the whole error, as a `JobError`."""
REQUEST_KEY = "x-request-id"
"""The metadata with the id of a call; one is made where a client sends none."""

_RETRY_KEY = "retry-after"
# All that is told of an error has to fit into metadata, of which clients take 8 KiB; what is not
# ASCII takes three bytes for each of its own there.
_LONGEST_MESSAGE, _LONGEST_HINT = 800, 300


async def abort(context: Any, error: VmafxError) -> None:
    """End a call with an error.

    Raises:
        AbortError: gRPC wants to see it.
        CancelledError: The client has just gone.
    """
    told = error_to_message(error)
    told.message = _shortened(told.message, _LONGEST_MESSAGE)
    told.hint = _shortened(told.hint, _LONGEST_HINT)
    trailing: list[tuple[str, str | bytes]] = [
        (ERROR_KEY, told.SerializeToString()),
        (REQUEST_KEY, request_id.get()),
    ]
    if isinstance(error, BusyError):
        trailing.append((_RETRY_KEY, f"{error.retry_after:g}"))
    said = "\n".join(filter(None, (told.message, told.hint)))
    try:
        await context.abort(grpc.StatusCode[error.grpc_status], said, tuple(trailing))
    except grpc.aio.InternalError:
        raise asyncio.CancelledError from None


def _shortened(text: str, most: int) -> str:
    """A text of at most so many bytes, and three dots; its end says what is wrong."""
    data = text.encode()
    if len(data) <= most:
        return text
    half = most // 2
    return f"{data[:half].decode(errors='ignore')}...{data[-half:].decode(errors='ignore')}"
