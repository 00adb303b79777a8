"""HTTP/1.1 that tells the application about the client's certificate."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from vmafx_daemon.http.authentication import CERTIFICATE_KEY


class CertifiedProtocol(H11Protocol):
    """Puts the verified certificate of a connection into the state of its requests."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the certificate from the connection."""
        super().connection_made(transport)
        if certificate := transport.get_extra_info("peercert"):
            self.app_state = self.app_state | {CERTIFICATE_KEY: certificate}
