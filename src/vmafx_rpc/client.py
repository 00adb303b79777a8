"""Speaking to a daemon: one channel, its deadlines, and what is tried again.

A daemon that was never reached is given up at once. One that was, and then goes away, is waited
for: it may be starting anew. Only calls that may be made twice are repeated.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import grpc

from vmafx_core.errors import RemoteError, UsageError, VmafxError
from vmafx_rpc import frame_pairs, messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.failures import error_from_message
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import VmafxControllerStub
from vmafx_rpc.stubs.vmafx.v1.scoring_pb2_grpc import VmafxScoringStub

ERROR_TRAILER = "vmafx-error-bin"
"""The trailing metadata in which a daemon says an error as a `JobError`."""

_DEADLINE = 30.0
_LONGEST_MESSAGE = 256 << 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_PATIENCE = 60.0
_KEEPALIVE = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """By what a daemon knows this client, and this client the daemon.

    Attributes:
        token: The token; empty for none.
        authority: Certificates in PEM by which the daemon's is checked; None for the system's.
        certificate: This client's certificate chain in PEM; None for none.
        key: Its private key.
    """

    token: str = ""
    authority: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None


class Patience:
    """How long a daemon that went away is waited for.

    Args:
        seconds: Wall time since it was last there.
    """

    def __init__(self, seconds: float = _PATIENCE) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """Take note that it is there."""
        self._until = time.monotonic() + self._seconds
        self._pause = _FIRST_PAUSE

    def wait(self, error: VmafxError) -> None:
        """Wait a little longer than the last time.

        Raises:
            VmafxError: The error, once patience is at its end.
        """
        if time.monotonic() + self._pause > self._until:
            raise error
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)


class Client:
    """A connection to a daemon; a context manager that closes it.

    It may be used by several threads at once.

    Args:
        address: Where the daemon is.
        identity: By what the two know each other.
        patience: Seconds for which a daemon that was there before is waited for.

    Attributes:
        address: Where the daemon is.

    Raises:
        UsageError: A key or certificate is none.
    """

    def __init__(
        self, address: Address, identity: Identity = Identity(), *, patience: float = _PATIENCE
    ) -> None:
        self.address = address
        self._met = False
        self._patience = patience
        self._channel = _channel(address, identity)
        self.metadata = (("authorization", f"Bearer {identity.token}"),) if identity.token else ()
        self.controller: Any = VmafxControllerStub(self._channel)  # type: ignore[no-untyped-call]
        self.scoring: Any = VmafxScoringStub(self._channel)  # type: ignore[no-untyped-call]
        self.scoring.ScoreStream = self._channel.stream_stream(
            frame_pairs.METHOD,
            request_serializer=_bytes_of,
            response_deserializer=messages.scoring.ScoreStreamResponse.FromString,
        )

    def call[Response](
        self,
        method: Callable[..., Response],
        request: Any,
        *,
        repeatable: bool = True,
        deadline: float = _DEADLINE,
    ) -> Response:
        """Make a call and wait for its answer.

        Args:
            method: The method of one of the stubs.
            request: What to say.
            repeatable: Whether it does no harm to say it twice.
            deadline: Seconds for one answer.

        Raises:
            RemoteError: The daemon cannot be reached, or does not answer.
            VmafxError: It answers with an error.
        """
        patience = self.patience()
        while True:
            try:
                answer = method(request, timeout=deadline, metadata=self.metadata)
            except grpc.RpcError as failure:
                error = self.error(failure)
                if not (repeatable and self.is_passing(failure)):
                    raise error from None
                patience.wait(error)
            else:
                self.meet()
                return answer

    def meet(self) -> None:
        """Take note that the daemon has answered: should it go away, it is waited for."""
        self._met = True

    def patience(self) -> Patience:
        """A new patience with this daemon."""
        return Patience(self._patience)

    def is_passing(self, failure: Any) -> bool:
        """Whether a daemon that was there before only is not at the moment."""
        return self._met and failure.code() is grpc.StatusCode.UNAVAILABLE

    def error(self, failure: Any) -> VmafxError:
        """The error that a failed call says."""
        for key, value in failure.trailing_metadata() or ():
            if key == ERROR_TRAILER:
                return error_from_message(messages.controller.JobError.FromString(value))
        details = failure.details() or ""
        match failure.code():
            case grpc.StatusCode.UNAVAILABLE:
                return self._unreached(details)
            case grpc.StatusCode.DEADLINE_EXCEEDED:
                return RemoteError(
                    f"the daemon at {self.address} does not answer",
                    "See 'vmafx daemon status' and 'vmafx daemon logs' there.",
                )
            case grpc.StatusCode.UNIMPLEMENTED:
                return RemoteError(
                    f"what answers at {self.address} does not know this call",
                    "Check the address, and that the daemon is as new as this program.",
                )
            case _:
                return RemoteError(f"the daemon at {self.address} refused: {details}")

    def _unreached(self, details: str) -> RemoteError:
        """What to say where no daemon answers, and what may help."""
        reason = details.removesuffix(": OK").rpartition(": ")[2].rstrip("]")
        if self._met:
            return RemoteError(
                f"the daemon at {self.address} went away: {reason}",
                "Try again once it is back; see 'vmafx daemon status' there.",
            )
        hint = "Check the address, and that a daemon listens there."
        if "HTTP/2" in details:
            reason = "what listens there does not speak gRPC"
            hint = "A daemon has another port for HTTP: 'vmafx daemon status' there names both."
        elif "certificate" in reason.lower():
            hint = "Name the authority that has signed the daemon's certificate with --ca-file."
        elif "handshaker" in reason:
            reason = "the certificates or the key cannot be used"
            hint = "Check --ca-file, and that --cert-file and --key-file belong together."
        elif reason == "Socket closed" and self.address.tls:
            hint = "If it asks for certificates, show yours with --cert-file and --key-file."
        elif reason == "Socket closed":
            hint = f"If it speaks TLS, write grpcs://{self.address}."
        elif self.address.local:
            hint = "Start one with 'vmafx daemon start'."
        return RemoteError(f"no daemon can be reached at {self.address}: {reason}", hint)

    def close(self) -> None:
        """End the connection."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _bytes_of(request: messages.scoring.ScoreStreamRequest | bytes) -> bytes:
    """A request as it is sent, if it is not that already."""
    return request if isinstance(request, bytes) else request.SerializeToString()


def _channel(address: Address, identity: Identity) -> Any:
    options = [
        ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
        ("grpc.max_send_message_length", _LONGEST_MESSAGE),
        ("grpc.max_reconnect_backoff_ms", round(1000 * _LONGEST_PAUSE)),
    ]
    if address.local:
        options.append(("grpc.enable_http_proxy", 0))
    else:
        options.extend(_KEEPALIVE)
    if not address.tls:
        return grpc.insecure_channel(address.target, options)
    if (identity.certificate is None) != (identity.key is None):
        raise UsageError(
            "a certificate and its key belong together",
            "Name both, with --cert-file and --key-file.",
        )
    credentials = grpc.ssl_channel_credentials(
        identity.authority, identity.key, identity.certificate
    )
    return grpc.secure_channel(address.target, credentials, options)
