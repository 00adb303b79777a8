"""The health service that load balancers ask: it says what the controller's status does."""
# ruff: noqa: N802  # methods are called as in the contract

import asyncio
from collections.abc import AsyncGenerator, Collection
from typing import Any

from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthServicer

from vmafx_daemon.controller import Controller
from vmafx_daemon.errors import BusyError, NotFoundError

SERVICE = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name

_State = health_pb2.HealthCheckResponse
_SECONDS = 0.5

MOST_WATCHERS = 100
"""How many may watch at once; anybody may, and they are not to keep others out."""


class HealthService(HealthServicer):  # type: ignore[misc]  # without types
    """`grpc.health.v1.Health`.

    Args:
        controller: Knows how it is.
        services: The full names of the services whose health is the controller's.
    """

    def __init__(self, controller: Controller, services: Collection[str]) -> None:
        self._controller = controller
        self._services = services
        self._watchers = 0

    async def Check(
        self, request: health_pb2.HealthCheckRequest, _: Any
    ) -> health_pb2.HealthCheckResponse:
        """Say how a service is, or with an empty name, all of them."""
        status = self._status(request.service)
        if status == _State.SERVICE_UNKNOWN:
            raise NotFoundError(f"there is no service {request.service[:100]!r}")
        return health_pb2.HealthCheckResponse(status=status)

    async def Watch(
        self, request: health_pb2.HealthCheckRequest, _: Any
    ) -> AsyncGenerator[health_pb2.HealthCheckResponse]:
        """Say it now and whenever it changes."""
        if self._watchers >= MOST_WATCHERS:
            raise BusyError(f"{MOST_WATCHERS} watch already", "Ask for it now and then instead.")
        self._watchers += 1
        said: int | None = None
        try:
            while True:
                if (status := self._status(request.service)) != said:
                    said = status
                    yield health_pb2.HealthCheckResponse(status=status)
                await asyncio.sleep(_SECONDS)
        finally:
            self._watchers -= 1

    def _status(self, service: str) -> int:
        if service and service not in self._services:
            return int(_State.SERVICE_UNKNOWN)
        ready = self._controller.status().ready
        return int(_State.SERVING if ready else _State.NOT_SERVING)
