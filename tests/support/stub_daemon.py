"""A daemon that does what a test tells it to: for the faults that a real one seldom has."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc

from vmafx_core.errors import VmafxError
from vmafx_rpc import messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.client import ERROR_TRAILER
from vmafx_rpc.failures import error_to_message
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import (
    VmafxControllerServicer,
    add_VmafxControllerServicer_to_server,
)
from vmafx_rpc.stubs.vmafx.v1.scoring_pb2_grpc import (
    VmafxScoringServicer,
    add_VmafxScoringServicer_to_server,
)

Job = messages.controller.Job
JobEvent = messages.controller.JobEvent


class Silent:
    """Nothing is told for a while, and the connection stays."""


class Gone(Exception):  # noqa: N818  # what happens, not what is wrong
    """The connection is lost in the middle."""


class StubDaemon(VmafxControllerServicer, VmafxScoringServicer):
    """Answers calls with what tests put here, and keeps what was asked.

    Attributes:
        asked: The requests, in order.
        metadata: What came with the last call.
        answers: For each method what its calls give in turn: a message, an error, or for those
            that stream a list of messages and errors; the last one goes on for ever.
    """

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.metadata: dict[str, str] = {}
        self.answers: dict[str, list[Any]] = {}
        self.stream: Callable[[Iterator[Any]], Iterator[Any]] | None = None

    def SubmitJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("SubmitJob", request, context)

    def GetJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("GetJob", request, context)

    def ListJobs(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("ListJobs", request, context)

    def CancelJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("CancelJob", request, context)

    def RetryJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("RetryJob", request, context)

    def WatchJob(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        for event in self._next("WatchJob", request, context):
            yield self._said(event, context)

    def WatchJobs(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        for event in self._next("WatchJobs", request, context):
            yield self._said(event, context)

    def Probe(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("Probe", request, context)

    def GetStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("GetStatus", request, context)

    def ListModels(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._answer("ListModels", request, context)

    def ScoreStream(self, requests: Iterator[Any], context: Any) -> Iterator[Any]:  # noqa: N802
        assert self.stream
        for response in self.stream(requests):
            yield self._said(response, context)

    def _answer(self, method: str, request: Any, context: Any) -> Any:
        return self._said(self._next(method, request, context), context)

    def _next(self, method: str, request: Any, context: Any) -> Any:
        copy = type(request)()
        copy.CopyFrom(request)
        self.asked.append(copy)
        self.metadata = dict(context.invocation_metadata())
        answers = self.answers[method]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _said(self, answer: Any, context: Any) -> Any:
        if isinstance(answer, VmafxError):
            said = error_to_message(answer).SerializeToString()
            context.set_trailing_metadata([(ERROR_TRAILER, said)])
            context.abort(getattr(grpc.StatusCode, answer.grpc_status), answer.message)
        if isinstance(answer, Silent):
            left = threading.Event()
            context.add_callback(left.set)
            left.wait(60)
        if isinstance(answer, Gone):
            context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")
        return answer


@contextmanager
def serving(stub: StubDaemon, credentials: Any = None) -> Iterator[Address]:
    """Serve on a free port of this machine, by TLS where there are credentials."""
    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool)
        add_VmafxControllerServicer_to_server(stub, server)  # type: ignore[no-untyped-call]
        add_VmafxScoringServicer_to_server(stub, server)  # type: ignore[no-untyped-call]
        if credentials:
            port = server.add_secure_port("127.0.0.1:0", credentials)
        else:
            port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield Address(f"127.0.0.1:{port}", local=True, tls=credentials is not None)
        finally:
            server.stop(None).wait()


def watched(*events: JobEvent) -> list[Any]:
    """These events, as a watched job tells them."""
    return [messages.controller.WatchJobResponse(event=event) for event in events]
