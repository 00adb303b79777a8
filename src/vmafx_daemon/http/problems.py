"""Errors as problem documents."""

import json
from math import ceil

from starlette.responses import Response

from vmafx_core.errors import UsageError, VmafxError
from vmafx_daemon.errors import BusyError, UnknownCallerError, http_status


class RequestError(UsageError):
    """What came is no request that is understood here.

    Args:
        status: The HTTP status that says so.
        message: What is wrong.
        hint: What to do about it.
        headers: Headers that go with that status.
    """

    def __init__(
        self, status: int, message: str, hint: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.headers = headers or {}


def problem(error: VmafxError) -> Response:
    """The answer that says an error: its class, what happened, and what to do about it."""
    headers: dict[str, str] = {}
    status = http_status(error)
    if isinstance(error, RequestError):
        status, headers = error.status, error.headers
    elif isinstance(error, UnknownCallerError):
        headers = {"WWW-Authenticate": "Bearer"}
    elif isinstance(error, BusyError):
        headers = {"Retry-After": str(ceil(error.retry_after))}
    said = {
        "status": status,
        "class": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
    }
    body = json.dumps(said).encode()
    return Response(body, status, headers, "application/problem+json")
