"""What every request has: an id, a line in the log, headers that keep browsers careful, and an end.

Errors become problem documents here, so that nothing else comes out, whatever goes wrong.
"""

import logging
import time
import uuid
from collections.abc import Iterator

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.http.problems import problem
from vmafx_daemon.metrics import Metrics
from vmafx_daemon.operations.logs import accepted_id, request_id

_REQUEST_KEY = "X-Request-Id"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PIECE_BYTES = 64 << 10
_SHOWN = 200
# Asked every few seconds by whoever watches over a daemon.
_QUIET = frozenset({"/healthz", "/livez", "/readyz", "/metrics", "/v1/status"})

_log = logging.getLogger(__name__)


class Middleware:
    """Runs each request inside of what all have.

    Args:
        app: What answers them.
        metrics: Counts them.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            raise RuntimeError(scope["type"])
        answer = _Answer(send, _id_of(scope))
        request_id.set(answer.request_id)
        began = time.monotonic()
        try:
            try:
                await self._app(scope, receive, answer.send)
            except ClientDisconnect:
                pass
            except Exception as error:  # noqa: BLE001  # whatever it is, the client is told no more
                await _tell(error, answer, scope, receive)
        finally:
            self._note(scope, answer.status, time.monotonic() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        operation = scope.get("operation")
        route = f"{operation.method} {operation.path}" if operation else "other"
        self._metrics.on_request("http", route, str(status), seconds)
        level = logging.DEBUG if scope["path"] in _QUIET else logging.INFO
        values = {
            "method": f"{scope['method']} {scope['path'][:_SHOWN]}",
            "status": status,
            "peer": (scope.get("client") or ["unknown"])[0],
            "seconds": round(seconds, 4),
        }
        _log.log(level, "request", extra={"event": values})


class _Answer:
    """An answer, to which what all have is added.

    Attributes:
        request_id: The id of the request.
        status: Its status; 499, as others write it, where the client went before there was one.
        begun: Whether its beginning is sent.
    """

    def __init__(self, send: Send, identity: str) -> None:
        self.request_id = identity
        self.status = 499
        self.begun = False
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.begun = message["status"], True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers[_REQUEST_KEY] = self.request_id
        for piece in _pieces(message):
            await self._send(piece)


def _pieces(message: Message) -> Iterator[Message]:
    """A long body in pieces, as the next one is made only when the client has read the last."""
    body: bytes = message.get("body", b"")
    last = max(0, len(body) - 1) // _PIECE_BYTES * _PIECE_BYTES
    for start in range(0, last, _PIECE_BYTES):
        yield {**message, "body": body[start : start + _PIECE_BYTES], "more_body": True}
    yield {**message, "body": body[last:]} if last else message


async def _tell(error: Exception, answer: _Answer, scope: Scope, receive: Receive) -> None:
    if not isinstance(error, VmafxError):
        _log.exception("%s failed inside the server", scope["path"], exc_info=error)
        error = WorkError("the server failed at this", "Its log says why.")
    if answer.begun:
        raise error  # all that is left is to break it off
    await problem(error)(scope, receive, answer.send)


def _id_of(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and (given := accepted_id(value.decode("latin-1"))):
            return given
    return uuid.uuid4().hex
