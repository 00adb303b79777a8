"""The gRPC door: its services, its limits, and where it listens."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import grpc
import grpc.aio
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from grpc_reflection.v1alpha import reflection

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
from vmafx_daemon.operations.sockets import check_free, check_path
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
_OPTIONS = (
    # A port that another program has is not shared with it.
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
        self._server = grpc.aio.server(
            interceptors=[Calls(partial(admit, policy), on_call)],
            options=(
                *_OPTIONS,
                ("grpc.max_receive_message_length", limits.message_bytes),
                ("grpc.max_send_message_length", limits.message_bytes),
            ),
            maximum_concurrent_rpcs=limits.idle_streams + _MORE_CALLS,
        )
        jobs = ControllerService(controller, addresses)
        add_VmafxControllerServicer_to_server(jobs, self._server)  # type: ignore[no-untyped-call]
        scores = ScoringService(controller)
        add_VmafxScoringServicer_to_server(scores, self._server)  # type: ignore[no-untyped-call]
        add_HealthServicer_to_server(HealthService(controller, _SERVICES), self._server)
        names = (*_SERVICES, HEALTH, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)

    def listen_on_socket(self, path: Path) -> None:
        """Listen on a unix socket that only this user may use.

        Raises:
            WorkError: It cannot be made.
        """
        check_path(path)
        mask = os.umask(0o177)
        try:
            self._server.add_insecure_port(f"unix:{path}")
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
        check_free(host, port, "gRPC (--grpc-port)")
        target = f"[{host}]" if ":" in host else host
        credentials = server_credentials(access)
        try:
            if credentials:
                port = self._server.add_secure_port(f"{target}:{port}", credentials)
            else:
                port = self._server.add_insecure_port(f"{target}:{port}")
        except RuntimeError as error:
            raise WorkError(f"cannot listen on {target}:{port} for gRPC") from error
        self._addresses.append(f"{'grpcs://' if credentials else ''}{target}:{port}")

    async def start(self) -> None:
        """Begin to answer."""
        await self._server.start()

    async def stop(self, seconds: float) -> None:
        """Take no more calls, and cut off those that last longer than that."""
        await self._server.stop(seconds)
