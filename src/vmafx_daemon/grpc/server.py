"""The gRPC door: its services, its limits, and where it listens.

A unix socket has a server of its own, so that nobody who only reaches the port can make it fail.
Several servers that share a port take 1.4 times as many jobs from 32 clients that never pause (880
for 620 a second, on two CPUs), and none sooner at 200 a second: one is enough.
"""

import asyncio
import os
from collections.abc import Callable
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
from vmafx_daemon.grpc.servers import Generic, KeptServer
from vmafx_daemon.grpc.status import SERVICE as HEALTH
from vmafx_daemon.grpc.status import HealthService
from vmafx_daemon.jobs.dispatcher import end_tasks
from vmafx_daemon.operations.sockets import addresses_of, check_free, check_path
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
# Seconds between two looks whether they all are there: nobody is answered meanwhile.
_LOOK = 0.02
_OPTIONS = (
    # Two daemons on one port would each get some of the calls.
    ("grpc.so_reuseport", 0),
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
        self._servers: list[KeptServer] = []
        self._keeping: asyncio.Task[None] | None = None
        self._jobs = ControllerService(controller, addresses)
        self._scores = ScoringService(controller)
        self._health = HealthService(controller, _SERVICES)
        names = (*_SERVICES, HEALTH, reflection.SERVICE_NAME)
        self._reflection = reflection.aio.ReflectionServicer(names)
        most = limits.idle_streams + _MORE_CALLS
        self._calls = Calls(partial(admit, policy), on_call, most=most)
        self._options = (
            *_OPTIONS,
            ("grpc.max_receive_message_length", limits.message_bytes),
            ("grpc.max_send_message_length", limits.message_bytes),
        )

    def listen_on_socket(self, path: Path) -> None:
        """Listen on a unix socket that only this user may use.

        Raises:
            WorkError: It cannot be made.
        """
        check_path(path)

        def listen(server: grpc.aio.Server) -> None:
            mask = os.umask(0o177)  # what other threads make meanwhile is for this user alone, too
            try:
                server.add_insecure_port(f"unix:{path}")
            except RuntimeError as error:
                raise WorkError(f"cannot listen on the socket {path}") from error
            finally:
                os.umask(mask)

        self._servers.append(KeptServer(self._made, listen))
        self._addresses.append(f"unix:{path}")

    def listen_on_port(self, host: str, port: int, access: AccessSettings) -> None:
        """Listen on a port; 0 is any free one.

        Raises:
            WorkError: It is taken, or not of this machine.
        """
        what = "gRPC (--grpc-port)"
        credentials = server_credentials(access)
        for address in addresses_of(host, port, what):
            check_free(address, port, what)
            target = f"[{address}]" if ":" in address else address

            def listen(server: grpc.aio.Server, target: str = target) -> None:
                nonlocal port
                at = f"{target}:{port}"
                try:
                    if credentials:
                        port = server.add_secure_port(at, credentials)
                    else:
                        port = server.add_insecure_port(at)
                except RuntimeError as error:
                    raise WorkError(f"cannot listen on {at} for gRPC") from error

            self._servers.append(KeptServer(self._made, listen))
        shown = f"[{host}]" if ":" in host else host
        self._addresses.append(f"{'grpcs://' if credentials else ''}{shown}:{port}")

    async def start(self) -> None:
        """Begin to answer."""
        for server in self._servers:
            await server.start()
        self._keeping = asyncio.create_task(self._keep(), name="gRPC servers")

    async def stop(self, seconds: float) -> None:
        """Take no more calls, and cut off those that last longer than that."""
        if self._keeping:
            await end_tasks([self._keeping])
        await asyncio.gather(*(server.stop(seconds) for server in self._servers))

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            for server in self._servers:
                await server.renew()

    def _made(self) -> grpc.aio.Server:
        """A server with all services."""
        server = grpc.aio.server(interceptors=[self._calls], options=self._options)
        generic: Any = Generic(server)
        add_VmafxControllerServicer_to_server(self._jobs, generic)  # type: ignore[no-untyped-call]
        add_VmafxScoringServicer_to_server(self._scores, generic)  # type: ignore[no-untyped-call]
        add_HealthServicer_to_server(self._health, generic)
        add_ServerReflectionServicer_to_server(self._reflection, generic)
        return server
