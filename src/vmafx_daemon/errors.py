"""Errors that only a server has; each knows its gRPC status and its HTTP status."""

from typing import Self

from vmafx_core.errors import RemoteError, UsageError, VmafxError


class NotFoundError(RemoteError):
    """There is no such job."""

    grpc_status = "NOT_FOUND"


class StateError(RemoteError):
    """A job is not in a state in which that can be done."""

    grpc_status = "FAILED_PRECONDITION"


class DeniedError(RemoteError):
    """The caller may not do that, or not name that place."""

    grpc_status = "PERMISSION_DENIED"


class UnknownCallerError(RemoteError):
    """The caller has not said who it is, or wrongly."""

    grpc_status = "UNAUTHENTICATED"


class BusyError(RemoteError):
    """There is no room for more.

    Args:
        message: What is full.
        hint: What to do.
        retry_after: Seconds after which it is worth another try.
    """

    grpc_status = "RESOURCE_EXHAUSTED"

    def __init__(self, message: str, hint: str = "", retry_after: float = 1.0) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class TooLargeError(UsageError):
    """What is asked for is larger than anything that is taken here."""

    grpc_status = "RESOURCE_EXHAUSTED"


class DrainingError(RemoteError):
    """The server is stopping and takes no more work."""

    grpc_status = "UNAVAILABLE"

    @classmethod
    def now(cls) -> Self:
        """The one that says so."""
        return cls("the server is stopping", "Try again when it has started anew.")


_HTTP_STATUS = {
    "INVALID_ARGUMENT": 422,
    "FAILED_PRECONDITION": 422,
    "NOT_FOUND": 404,
    "PERMISSION_DENIED": 403,
    "UNAUTHENTICATED": 401,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


def http_status(error: VmafxError) -> int:
    """The HTTP status that says the same as the error's gRPC status; 500 for the server's own."""
    if isinstance(error, TooLargeError):
        return 413
    return _HTTP_STATUS.get(error.grpc_status, 500)
