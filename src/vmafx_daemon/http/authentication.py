"""Finding out who calls by HTTP."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from vmafx_daemon.access.caller import Caller
from vmafx_daemon.access.peer import Peer
from vmafx_daemon.access.policy import Policy

CERTIFICATE_KEY = "peer_certificate"
"""Where, in the state of a request, the client's verified certificate is."""

# What is passed on by another server comes from anywhere, however near that server is.
_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})


def caller_of(scope: MutableMapping[str, Any], policy: Policy) -> Caller:
    """Find out who makes a request.

    Args:
        scope: The request, as ASGI has it.
        policy: Decides.

    Raises:
        UnknownCallerError: It has not said who it is, or wrongly.
    """
    headers: dict[bytes, bytes] = dict(scope["headers"])
    authorization = headers.get(b"authorization")
    said = authorization.decode("latin-1") if authorization is not None else None
    return policy.authenticate(said, _peer(scope, forwarded=bool(_FORWARDED & headers.keys())))


def _peer(scope: Mapping[str, Any], *, forwarded: bool) -> Peer:
    client = scope.get("client")
    address = "forwarded" if forwarded or not client else str(client[0])
    certificate = scope.get("state", {}).get(CERTIFICATE_KEY)
    if not certificate:
        return Peer(address)
    return Peer.certified(address, (part for group in certificate["subject"] for part in group))
