"""The HTTP door: where it listens, and its bounds."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from vmafx_daemon.access.policy import Policy
from vmafx_daemon.access.tls import server_context
from vmafx_daemon.controller import Controller
from vmafx_daemon.http.application import make_app
from vmafx_daemon.http.bounds import HEADER_BYTES, BoundedProtocol
from vmafx_daemon.http.disconnect import Disconnect
from vmafx_daemon.metrics import Metrics
from vmafx_daemon.operations.sockets import listen
from vmafx_daemon.settings import Settings

_IDLE_SECONDS = 60


class HttpDoor:
    """Serves HTTP.

    Args:
        controller: What it leads to.
        policy: Who may do what.
        metrics: Counts requests.
        settings: Where to listen, and by which certificates.
        addresses: Where the daemon listens, as its status tells; this one is added.

    Raises:
        WorkError: The port is taken, or not of this machine.
    """

    def __init__(
        self,
        controller: Controller,
        policy: Policy,
        metrics: Metrics,
        settings: Settings,
        addresses: list[str],
    ) -> None:
        host = settings.host
        self._disconnect = Disconnect()
        app = make_app(
            controller, policy, metrics, self._disconnect, host=host, addresses=addresses
        )
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_IDLE_SECONDS,
            h11_max_incomplete_event_size=HEADER_BYTES,
        )
        config.load()
        config.ssl = server_context(settings.access)
        self._server = _Server(config)
        self._socket = listen(host, settings.http_port, "HTTP (--http-port)")
        self._serving: asyncio.Task[None] | None = None
        shown = f"[{host}]" if ":" in host else host
        scheme = "https" if config.ssl else "http"
        addresses.append(f"{scheme}://{shown}:{self._socket.getsockname()[1]}")

    async def start(self) -> None:
        """Begin to answer."""
        self._serving = asyncio.create_task(self._server.serve([self._socket]), name="http")

    async def stop(self, seconds: float) -> None:
        """Take no more requests, and cut off those that last longer than that."""
        if not self._serving:
            self._socket.close()
            return
        self._disconnect.end()
        self._server.config.timeout_graceful_shutdown = seconds  # type: ignore[assignment]
        self._server.should_exit = True
        await self._serving


class _Server(uvicorn.Server):
    """One among several servers of a process, whose signals are somebody else's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
