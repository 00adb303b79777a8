"""Servers of gRPC: several that answer alike, each replaced if it fails."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio

from vmafx_core.errors import VmafxError

_log = logging.getLogger(__name__)


class KeptServer:
    """A server whose place another one takes if it fails.

    gRPC's asyncio server does, with all its calls, at a call whose path is no UTF-8, whoever makes
    it.

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
            _log.warning("no other gRPC server takes the place of one: %s", error.message)
            return
        _log.warning("a gRPC server failed, and another one takes its place")
        self._server = server
        await server.start()

    async def stop(self, seconds: float) -> None:
        """Take no more calls, and cut off those that last longer than that."""
        if self._is_running():
            await self._server.stop(seconds)

    def _listening(self) -> grpc.aio.Server:
        server = self._make()
        self._listen(server)
        return server

    def _is_running(self) -> bool:
        # Waiting for its end would be too long: it ends when the last client closes its connection.
        return bool(self._server._server.is_running())  # noqa: SLF001  # nothing else tells


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
