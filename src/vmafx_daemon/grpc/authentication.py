"""Finding out who calls by gRPC, and whether that caller may call this at all."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote

from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.peer import Peer
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.errors import DeniedError

_CONTROLLER = "/vmafx.controller.v1.VmafxController/"
_SCORING = "/vmafx.v1.VmafxScoring/"
# What is not listed here is refused. None is for everybody, as load balancers know no tokens.
_ROLES: Mapping[str, Role | None] = {
    f"{_CONTROLLER}SubmitJob": Role.WRITE,
    f"{_CONTROLLER}CancelJob": Role.WRITE,
    f"{_CONTROLLER}RetryJob": Role.WRITE,
    f"{_CONTROLLER}Probe": Role.WRITE,
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


def admit(policy: Policy, method: str, context: Any) -> None:
    """Let through who may call, and remember who it is.

    Args:
        policy: Decides.
        method: "/package.Service/Method".
        context: The call, as gRPC has it; this is in its task.

    Raises:
        UnknownCallerError: The caller has not said who it is, or wrongly.
        DeniedError: It may not call this.
    """
    if method not in _ROLES:
        raise DeniedError(f"{method} is nobody's to call")
    if role := _ROLES[method]:
        metadata = dict(context.invocation_metadata() or ())
        caller = policy.authenticate(metadata.get("authorization"), peer_of(context))
        policy.require(caller, role)
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
