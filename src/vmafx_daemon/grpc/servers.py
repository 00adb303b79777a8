"""A server of gRPC that is replaced if it fails."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio

from vmafx_core.errors import VmafxError

# How long calls go on at a server that has failed.
_GRACE = 600.0

_log = logging.getLogger(__name__)


class KeptServer:
    """A server whose place another one takes if it fails.

    gRPC's asyncio server does at a call whose path is no UTF-8, whoever makes it: it takes no more
    calls, and those that it has go on.

    Args:
        make: Makes a server that answers, but listens nowhere yet.
        listen: Has it listen.

    Raises:
        VmafxError: What `listen` raises.
    """

    def __init__(
        self, make: Callable[[], grpc.aio.Server], listen: Callable[[grpc.aio.Server], None]
    ) -> None:
        self._make = make
        self._listen = listen
        self._server = self._listening()
        self._failed: dict[asyncio.Task[None], grpc.aio.Server] = {}
        self._missed = False

    async def start(self) -> None:
        """Begin to answer."""
        await self._server.start()

    async def renew(self) -> None:
        """Have another one answer if this has failed; to be called again and again."""
        if self._is_running():
            return
        try:
            server = self._listening()
        except VmafxError as error:
            if not self._missed:
                _log.warning("no other gRPC server takes the place of one: %s", error.message)
            self._missed = True
            return
        _log.warning("a gRPC server failed, and another one takes its place")
        self._missed = False
        ending = asyncio.create_task(_stop(self._server, _GRACE), name="failed gRPC server")
        self._failed[ending] = self._server
        ending.add_done_callback(self._failed.pop)
        self._server = server
        await server.start()

    async def stop(self, seconds: float) -> None:
        """Take no more calls, and cut off those that last longer than that."""
        servers = (self._server, *self._failed.values())
        await asyncio.gather(*(_stop(server, seconds) for server in servers))

    def _listening(self) -> grpc.aio.Server:
        server = self._make()
        self._listen(server)
        return server

    def _is_running(self) -> bool:
        # Waiting for its end would be too long: it ends when the last client closes its connection.
        return bool(self._server._server.is_running())  # noqa: SLF001  # nothing else tells


async def _stop(server: grpc.aio.Server, seconds: float) -> None:
    """Stop a server, whether or not it has failed."""
    try:
        await server.stop(seconds)
    except Exception:  # noqa: BLE001  # what it fails at while it stops; it goes on with that
        await server.stop(seconds)


class Generic:
    """A server to which services add their methods, and which is not told of them one by one.

    gRPC awaits a call of each method that it is told of apart, in every turn, which is slower.

    Args:
        server: The server.
    """

    def __init__(self, server: grpc.aio.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Have it answer what they do."""
        self._server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        """Nothing."""
