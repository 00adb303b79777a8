"""Finding out who calls by gRPC, and whether that caller may call this at all."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote

import grpc
import grpc.aio

from vmafx_core.errors import VmafxError
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.peer import Peer
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.errors import DeniedError
from vmafx_rpc.failures import error_to_message

ERROR_KEY = "vmafx-error-bin"
"""The trailing metadata with the whole error, as a `JobError`."""

_CONTROLLER = "/vmafx.controller.v1.VmafxController/"
_SCORING = "/vmafx.v1.VmafxScoring/"
# What is not listed here is refused. None is for everybody, as load balancers know no tokens.
_ROLES: Mapping[str, Role | None] = {
    f"{_CONTROLLER}SubmitJob": Role.WRITE,
    f"{_CONTROLLER}CancelJob": Role.WRITE,
    f"{_CONTROLLER}RetryJob": Role.WRITE,
    f"{_CONTROLLER}GetJob": Role.READ,
    f"{_CONTROLLER}ListJobs": Role.READ,
    f"{_CONTROLLER}WatchJob": Role.READ,
    f"{_CONTROLLER}WatchJobs": Role.READ,
    f"{_CONTROLLER}ListModels": Role.READ,
    f"{_CONTROLLER}GetStatus": Role.READ,
    f"{_SCORING}Score": Role.WRITE,
    f"{_SCORING}ScoreStream": Role.WRITE,
    f"{_SCORING}Health": Role.READ,
    "/grpc.health.v1.Health/Check": None,
    "/grpc.health.v1.Health/Watch": None,
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": Role.READ,
}

# The parts of a subject as RFC 2253 writes it: OU=read,CN=Jane\, the second
_PARTS = re.compile(r"(?:^|[,+])([A-Za-z0-9.]+)=((?:\\.|[^,+\\])*)")
_ESCAPED = re.compile(r"\\(.)")

_caller: ContextVar[Caller] = ContextVar("caller")


def current_caller() -> Caller:
    """Who called the method that this task is in."""
    return _caller.get()


class Authentication(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # without types
    """Lets through who may call, and remembers who it is.

    Args:
        policy: Decides.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        """Put the decision before the method."""
        handler = await continuation(details)
        if handler is None:
            return None
        method: str = details.method
        if handler.response_streaming:
            inner = handler.stream_stream or handler.unary_stream
            kind = (
                grpc.stream_stream_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_stream_rpc_method_handler
            )
            guarded: Any = self._streaming(method, inner)
        else:
            inner, kind = handler.unary_unary, grpc.unary_unary_rpc_method_handler
            guarded = self._answering(method, inner)
        return kind(guarded, handler.request_deserializer, handler.response_serializer)

    def _answering(self, method: str, inner: Callable[..., Awaitable[Any]]) -> Any:
        async def call(request: Any, context: Any) -> Any:
            await self._admit(method, context)
            return await inner(request, context)

        return call

    def _streaming(self, method: str, inner: Callable[..., Any]) -> Any:
        async def call(request: Any, context: Any) -> None:
            await self._admit(method, context)
            answers: AsyncIterator[Any] | Awaitable[None] = inner(request, context)
            if isinstance(answers, Awaitable):  # it writes its answers itself
                await answers
                return
            async with aclosing(answers):  # type: ignore[type-var]  # a generator
                async for answer in answers:
                    await context.write(answer)

        return call

    async def _admit(self, method: str, context: Any) -> None:
        try:
            self._check(method, context)
        except VmafxError as error:
            await context.abort(
                grpc.StatusCode[error.grpc_status],
                str(error),
                ((ERROR_KEY, error_to_message(error).SerializeToString()),),
            )

    def _check(self, method: str, context: Any) -> None:
        if method not in _ROLES:
            raise DeniedError(f"{method} is nobody's to call")
        if (role := _ROLES[method]) is None:
            return
        metadata = dict(context.invocation_metadata() or ())
        caller = self._policy.authenticate(metadata.get("authorization"), peer_of(context))
        self._policy.require(caller, role)
        _caller.set(caller)


def peer_of(context: Any) -> Peer:
    """Where a call comes from, as gRPC tells it: "unix:", "ipv4:127.0.0.1:50000"."""
    kind, _, address = unquote(context.peer()).partition(":")
    if kind == "unix":
        return Peer("unix", socket=True)
    host = address.rpartition(":")[0].strip("[]")
    for subject in context.auth_context().get("x509_subject", ()):
        found = _PARTS.findall(subject.decode())
        return Peer.certified(host, ((key, _ESCAPED.sub(r"\1", text)) for key, text in found))
    return Peer(host)
