"""The gRPC door: its services, its limits, and where it listens.

A server of gRPC's asyncio takes one call at a time from those that have come, a few turns of the
loop each: with many clients that is what they wait for most. So several servers share a port, and
the system gives each some of the connections. A unix socket cannot be shared.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from grpc_reflection.v1alpha import reflection
from grpc_reflection.v1alpha.reflection_pb2_grpc import add_ServerReflectionServicer_to_server

from vmafx_core.errors import WorkError
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.access.tls import server_credentials
from vmafx_daemon.controller import Controller
from vmafx_daemon.grpc.authentication import admit
from vmafx_daemon.grpc.calls import Calls
from vmafx_daemon.grpc.controller import ControllerService
from vmafx_daemon.grpc.scoring import ScoringService
from vmafx_daemon.grpc.status import SERVICE as HEALTH
from vmafx_daemon.grpc.status import HealthService
from vmafx_daemon.operations.sockets import check_free, check_path, claim
from vmafx_daemon.settings import AccessSettings, LimitSettings
from vmafx_rpc.messages import controller as controller_messages
from vmafx_rpc.messages import scoring as scoring_messages
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import (
    add_VmafxControllerServicer_to_server,
)
from vmafx_rpc.stubs.vmafx.v1.scoring_pb2_grpc import add_VmafxScoringServicer_to_server

_SERVICES = (
    controller_messages.DESCRIPTOR.services_by_name["VmafxController"].full_name,
    scoring_messages.DESCRIPTOR.services_by_name["VmafxScoring"].full_name,
)
# Calls at once besides streams: those that wait, watch or ask.
_MORE_CALLS = 2000
# Elsewhere the system does not share connections out.
_SERVERS = 16 if sys.platform == "linux" else 1
_OPTIONS = (
    ("grpc.so_reuseport", int(_SERVERS > 1)),
    # Clients that went away without a word are noticed, and those that ask after us are let.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
)


class GrpcDoor:
    """Serves gRPC.

    Args:
        controller: What it leads to.
        policy: Who may do what.
        limits: How much there may be.
        addresses: Where the daemon listens, as its status tells; those of gRPC are added.
        on_call: Is told of each call that has ended: its method, status and seconds.
    """

    def __init__(
        self,
        controller: Controller,
        policy: Policy,
        limits: LimitSettings,
        addresses: list[str],
        on_call: Callable[[str, str, float], None],
    ) -> None:
        self._addresses = addresses
        self._claims: list[socket.socket] = []
        most = limits.idle_streams + _MORE_CALLS
        calls = Calls(partial(admit, policy), on_call, most=most)
        options = (
            *_OPTIONS,
            ("grpc.max_receive_message_length", limits.message_bytes),
            ("grpc.max_send_message_length", limits.message_bytes),
        )
        self._servers = [
            grpc.aio.server(interceptors=[calls], options=options) for _ in range(_SERVERS)
        ]
        everywhere: Any = _Everywhere(self._servers)
        jobs = ControllerService(controller, addresses)
        add_VmafxControllerServicer_to_server(jobs, everywhere)  # type: ignore[no-untyped-call]
        scores = ScoringService(controller)
        add_VmafxScoringServicer_to_server(scores, everywhere)  # type: ignore[no-untyped-call]
        add_HealthServicer_to_server(HealthService(controller, _SERVICES), everywhere)
        names = (*_SERVICES, HEALTH, reflection.SERVICE_NAME)
        add_ServerReflectionServicer_to_server(reflection.aio.ReflectionServicer(names), everywhere)

    def listen_on_socket(self, path: Path) -> None:
        """Listen on a unix socket that only this user may use.

        Raises:
            WorkError: It cannot be made.
        """
        check_path(path)
        mask = os.umask(0o177)
        try:
            self._servers[0].add_insecure_port(f"unix:{path}")
        except RuntimeError as error:
            raise WorkError(f"cannot listen on the socket {path}") from error
        finally:
            os.umask(mask)
        self._addresses.append(f"unix:{path}")

    def listen_on_port(self, host: str, port: int, access: AccessSettings) -> None:
        """Listen on a port; 0 is any free one.

        Raises:
            WorkError: It is taken, or not of this machine.
        """
        what = "gRPC (--grpc-port)"
        if port and _SERVERS > 1:
            self._claims.append(claim(host, port, what))
        check_free(host, port, what)
        target = f"[{host}]" if ":" in host else host
        credentials = server_credentials(access)
        try:
            for server in self._servers:
                if credentials:
                    port = server.add_secure_port(f"{target}:{port}", credentials)
                else:
                    port = server.add_insecure_port(f"{target}:{port}")
        except RuntimeError as error:
            raise WorkError(f"cannot listen on {target}:{port} for gRPC") from error
        self._addresses.append(f"{'grpcs://' if credentials else ''}{target}:{port}")

    async def start(self) -> None:
        """Begin to answer."""
        for server in self._servers:
            await server.start()

    async def stop(self, seconds: float) -> None:
        """Take no more calls, and cut off those that last longer than that."""
        await asyncio.gather(*(server.stop(seconds) for server in self._servers))
        for claimed in self._claims:
            claimed.close()


class _Everywhere:
    """Adds services to several servers, as one.

    Args:
        servers: The servers.
    """

    def __init__(self, servers: Sequence[grpc.aio.Server]) -> None:
        self._servers = servers

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Have all of them answer."""
        for server in self._servers:
            server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        """Nothing: each method that a server knows ahead is one more that it waits for in turns."""
