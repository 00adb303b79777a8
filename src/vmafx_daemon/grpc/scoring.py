"""The service that scores pairs: at once, or live."""
# ruff: noqa: N802  # methods are called as in the contract

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from vmafx_daemon.controller import Controller
from vmafx_daemon.grpc.authentication import current_caller
from vmafx_daemon.grpc.streaming import score_stream
from vmafx_daemon.scoring.at_once import score_at_once
from vmafx_rpc.messages import scoring as wire
from vmafx_rpc.stubs.vmafx.v1.scoring_pb2_grpc import VmafxScoringServicer


class ScoringService(VmafxScoringServicer):
    """`vmafx.v1.VmafxScoring`.

    Args:
        controller: Does it.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    async def Score(self, request: wire.ScoreRequest, _: Any) -> wire.ScoreResponse:
        """Score a pair that the server can read."""
        return await score_at_once(self._controller, request, current_caller())

    async def ScoreStream(
        self, requests: AsyncIterator[wire.ScoreStreamRequest], _: Any
    ) -> AsyncGenerator[wire.ScoreStreamResponse]:
        """Score what is sent."""
        answers = score_stream(self._controller, aiter(requests), current_caller())
        async with aclosing(answers) as responses:
            async for response in responses:
                yield response

    async def Health(self, _: wire.HealthRequest, __: Any) -> wire.HealthResponse:
        """Say whether scoring works."""
        status = self._controller.status()
        return wire.HealthResponse(
            ok=status.ready,
            message=status.reason,
            vmafx_version=status.version,
            libvmaf_version=status.libvmaf_version,
        )
