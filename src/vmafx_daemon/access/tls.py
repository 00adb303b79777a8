"""Certificates: the server's own, and those that clients must have."""

import ssl
from pathlib import Path

import grpc

from vmafx_core.errors import UsageError
from vmafx_daemon.settings import AccessSettings


def check_certificates(settings: AccessSettings) -> None:
    """Refuse certificates that do not go together, or cannot be used.

    Raises:
        UsageError: One is missing, cannot be read, or does not fit.
    """
    if (settings.certificate is None) != (settings.key is None):
        raise UsageError("TLS needs both a certificate and its private key", "Name both.")
    if settings.client_authority and not settings.certificate:
        raise UsageError(
            "clients' certificates can only be asked for with TLS", "Name a certificate and a key."
        )
    server_context(settings)


def server_context(settings: AccessSettings) -> ssl.SSLContext | None:
    """What HTTP speaks TLS with; None for none.

    Raises:
        UsageError: A file cannot be used.
    """
    if not settings.certificate or not settings.key:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"the certificate {settings.certificate} cannot be used with the key {settings.key}: "
            f"{_reason(error)}",
            "Both are to be PEM files that belong together, the key without a passphrase.",
        ) from error
    if authority := settings.client_authority:
        try:
            context.load_verify_locations(authority)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(
                f"the certificates of {authority} cannot be used: {_reason(error)}",
                "It is to be a PEM file.",
            ) from error
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def server_credentials(settings: AccessSettings) -> grpc.ServerCredentials | None:
    """What gRPC speaks TLS with; None for none.

    Raises:
        UsageError: A file cannot be read.
    """
    if not settings.certificate or not settings.key:
        return None
    authority = settings.client_authority
    return grpc.ssl_server_credentials(
        [(_content(settings.key), _content(settings.certificate))],
        root_certificates=_content(authority) if authority else None,
        require_client_auth=authority is not None,
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _reason(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or str(error)
