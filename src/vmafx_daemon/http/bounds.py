"""Bounds of connections: how many there are, and how long a client may take over its part."""

import asyncio
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from vmafx_core.errors import VmafxError
from vmafx_daemon.errors import BusyError
from vmafx_daemon.http.authentication import CERTIFICATE_KEY
from vmafx_daemon.http.problems import RequestError, problem

HEADER_BYTES = 32 << 10
"""How long the head of a request may be."""


class CertifiedProtocol(H11Protocol):
    """Puts the verified certificate of a connection into the state of its requests."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the certificate from the connection."""
        super().connection_made(transport)
        if certificate := transport.get_extra_info("peercert"):
            self.app_state = self.app_state | {CERTIFICATE_KEY: certificate}


class BoundedProtocol(CertifiedProtocol):
    """Ends connections of clients that are too many, too slow, or make no sense.

    Attributes:
        most: How many there may be.
        sending_seconds: How long the head of a request may take, and the rest of one that is
            answered already.
        reading_seconds: How long a client may read nothing of what it asked for.
    """

    most = 500
    sending_seconds = 10.0
    reading_seconds = 60.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sending = _Deadline(self.loop, self._give_up)
        self._reading = _Deadline(self.loop, self._abort)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._refuse(BusyError("too many connections are open", "Try again later.", 5.0))
        else:
            self._expect()

    def data_received(self, data: bytes) -> None:
        """Read on."""
        super().data_received(data)
        self._expect()

    def on_response_complete(self) -> None:
        """Wait for what comes next."""
        super().on_response_complete()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        super().connection_lost(exc)
        self._sending.stop()
        self._reading.stop()

    def pause_writing(self) -> None:
        """Wait until the client reads."""
        super().pause_writing()
        self._reading.start(self.reading_seconds)

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        self._reading.stop()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request."""
        error = sys.exception()
        if isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431:
            message = f"the head of the request is longer than {HEADER_BYTES} bytes"
            self._refuse(RequestError(431, message))
        else:
            self._refuse(RequestError(400, msg))

    def _expect(self) -> None:
        """Have the client send what is due in time."""
        state = self.conn.their_state
        head = state is h11.IDLE and not self._is_between_requests()
        rest = state is h11.SEND_BODY and self.cycle.response_complete
        if (head or rest) and not self.transport.is_closing():
            self._sending.start(self.sending_seconds)
        else:
            self._sending.stop()

    def _is_between_requests(self) -> bool:
        # This may last longer; the server has a limit for it.
        return self.timeout_keep_alive_task is not None and not self.conn.trailing_data[0]

    def _give_up(self) -> None:
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(RequestError(408, "the request took too long to come"))
        else:
            self.transport.close()

    def _abort(self) -> None:
        self.transport.abort()

    def _refuse(self, error: VmafxError) -> None:
        """Answer in place of the application, unless it has begun to, and hang up."""
        if self.cycle is None or self.cycle.response_complete:
            said = problem(error)
            head = (
                f"HTTP/1.1 {said.status_code} {HTTPStatus(said.status_code).phrase}",
                *(f"{name}: {value}" for name, value in said.headers.items()),
                "connection: close",
            )
            self.transport.write("".join(f"{line}\r\n" for line in (*head, "")).encode())
            self.transport.write(said.body)
        self.transport.close()


class _Deadline:
    """Does something if it is not stopped in time.

    Args:
        loop: Keeps the time.
        act: Is done then.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
        self._loop = loop
        self._act = act
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float) -> None:
        """Begin; what has begun goes on."""
        if self._timer is None:
            self._timer = self._loop.call_later(seconds, self._act)

    def stop(self) -> None:
        """Do nothing."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
