import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn

from support.certificates import Certificate
from vmafx_daemon.access.caller import Role
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.access.tls import server_context
from vmafx_daemon.access.tokens import add_token
from vmafx_daemon.errors import UnknownCallerError
from vmafx_daemon.http.authentication import caller_of
from vmafx_daemon.http.bounds import CertifiedProtocol
from vmafx_daemon.settings import AccessSettings, LimitSettings


@contextmanager
def served(access: AccessSettings) -> Iterator[str]:
    """A server that tells everybody who they are."""
    policy = Policy(access, LimitSettings())

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - ASGI's
        try:
            caller = caller_of(scope, policy)
            status, text = 200, f"{caller.name} {caller.role.name}"
        except UnknownCallerError as error:
            status, text = 401, error.message
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": text.encode()})

    config = uvicorn.Config(
        app, port=0, http=CertifiedProtocol, lifespan="off", log_config=None, proxy_headers=False
    )
    config.load()
    config.ssl = server_context(access)
    server = uvicorn.Server(config)
    thread = Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"{'https' if config.ssl else 'http'}://localhost:{port}/"
    finally:
        server.should_exit = True
        thread.join()


def test_this_machine_needs_no_token_but_what_it_passes_on_does() -> None:
    with served(AccessSettings()) as url:
        assert httpx.get(url).text == "127.0.0.1 WRITE"
        for header in ("X-Forwarded-For", "Forwarded", "Via"):
            assert httpx.get(url, headers={header: "127.0.0.1"}).status_code == 401


def test_tokens_are_asked_for(tmp_path: Path) -> None:
    token = add_token(tmp_path / "tokens", "r", Role.READ)
    with served(AccessSettings(token_file=tmp_path / "tokens")) as url:
        assert httpx.get(url).status_code == 401
        assert httpx.get(url, headers={b"Authorization": b"Bearer \xe9"}).status_code == 401
        assert httpx.get(url, headers={"Authorization": f"Bearer {token}"}).text == "r READ"


def test_certificates_say_who_calls(tmp_path: Path) -> None:
    authority = Certificate.make("authority")
    certificate, key = Certificate.make("server", signer=authority).write(tmp_path, "server")
    access = AccessSettings(
        certificate=certificate, key=key, client_authority=authority.write(tmp_path, "ca")[0]
    )

    def context(client: Certificate | None) -> ssl.SSLContext:
        made = ssl.create_default_context(cadata=authority.pem.decode())
        if client:
            made.load_cert_chain(*client.write(tmp_path, "client"))
        return made

    with served(access) as url:
        jane = Certificate.make("Jane", signer=authority)
        assert httpx.get(url, verify=context(jane)).text == "Jane WRITE"
        looker = Certificate.make("looker", unit="read", signer=authority)
        assert httpx.get(url, verify=context(looker)).text == "looker READ"
        for stranger in (None, Certificate.make("stranger")):
            with pytest.raises(httpx.TransportError):
                httpx.get(url, verify=context(stranger))
