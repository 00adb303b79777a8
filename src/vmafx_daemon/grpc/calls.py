"""What every call has: an id, a line in the log, and errors that clients can tell apart."""

import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.errors import BusyError
from vmafx_daemon.grpc.around import Around
from vmafx_daemon.operations.logs import accepted_id, request_id
from vmafx_rpc.failures import error_to_message

ERROR_KEY = "vmafx-error-bin"
"""The trailing metadata with the whole error, as a `JobError`."""
REQUEST_KEY = "x-request-id"
"""The metadata with the id of a call; one is made where a client sends none."""

_RETRY_KEY = "retry-after"
# All that is told of an error has to fit into metadata, of which clients take 8 KiB; what is not
# ASCII takes three bytes for each of its own there.
_LONGEST_MESSAGE, _LONGEST_HINT = 800, 300
# Asked every few seconds by whoever watches over a daemon.
_QUIET = ("/grpc.health.v1.Health/", "/vmafx.controller.v1.VmafxController/GetStatus")

_log = logging.getLogger(__name__)


class Calls(Around):
    """Names calls, logs them, and tells errors by status, words and trailing metadata."""

    @asynccontextmanager
    async def around(self, method: str, context: Any) -> AsyncIterator[None]:
        """Surround a call."""
        request_id.set(_id_of(context))
        began = time.monotonic()
        outcome = "CANCELLED"
        try:
            yield
            outcome = _status(context)
        except VmafxError as error:
            outcome = error.grpc_status
            await _abort(context, error)
        except grpc.aio.AbortError:
            outcome = _status(context)
            raise
        except Exception:  # noqa: BLE001  # whatever it is, the client is told no more
            outcome = "INTERNAL"
            _log.exception("%s failed inside the server", method)
            await _abort(context, WorkError("the server failed at this", "Its log says why."))
        finally:
            level = logging.DEBUG if method.startswith(_QUIET) else logging.INFO
            values = {"method": method, "status": outcome, "peer": context.peer()}
            seconds = round(time.monotonic() - began, 4)
            _log.log(level, "call", extra={"event": values | {"seconds": seconds}})


def _id_of(context: Any) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_KEY and isinstance(value, str) and (given := accepted_id(value)):
            return given
    return uuid.uuid4().hex


def _status(context: Any) -> str:
    """The status that a call has ended with; OK where nothing else was said."""
    code = context.code()
    return grpc.StatusCode(code).name if isinstance(code, grpc.StatusCode) else "OK"


async def _abort(context: Any, error: VmafxError) -> None:
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
    await context.abort(grpc.StatusCode[error.grpc_status], said, tuple(trailing))


def _shortened(text: str, most: int) -> str:
    """A text of at most so many bytes, and three dots; its end says what is wrong."""
    data = text.encode()
    if len(data) <= most:
        return text
    half = most // 2
    return f"{data[:half].decode(errors='ignore')}...{data[-half:].decode(errors='ignore')}"
