"""Where a daemon listens for HTTP, and how."""

import socket
import ssl
from pathlib import Path

import httpx
import pytest

from support.certificates import Certificate
from support.daemon import LOG, begin, running


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = begin(tmp_path / "state", "--http-port", port)
        assert process.wait(30) == 7
    said = (tmp_path / "state" / LOG).read_text()
    assert f"cannot listen on 127.0.0.1:{port} for HTTP (--http-port)" in said
    assert "Traceback" not in said


def test_certificates_are_shown_and_asked_for(tmp_path: Path) -> None:
    authority = Certificate.make("authority")
    certificate, key = Certificate.make("server", signer=authority).write(tmp_path, "server")
    trusted = authority.write(tmp_path, "ca")[0]
    options = ("--tls-cert", certificate, "--tls-key", key, "--client-ca", trusted)

    def client(known: Certificate | None) -> httpx.Client:
        context = ssl.create_default_context(cadata=authority.pem.decode())
        if known:
            context.load_cert_chain(*known.write(tmp_path, "client"))
        return httpx.Client(verify=context, timeout=30)

    with running(tmp_path / "state", *options) as daemon:
        assert daemon.url.startswith("https://127.0.0.1:")
        url = daemon.url.replace("127.0.0.1", "localhost")
        with client(Certificate.make("Jane", signer=authority)) as jane:
            assert jane.get(f"{url}/v1/status").json()["addresses"] == daemon.addresses
            # A browser asks for no such name here, as the certificate is of another one.
            assert jane.get(f"{url}/v1/jobs", headers={"Host": "vmaf.example"}).is_success
            assert jane.delete(f"{url}/v1/jobs/x").status_code == 404
        looker = Certificate.make("looker", unit="read", signer=authority)
        with client(looker) as reader:
            assert reader.get(f"{url}/v1/jobs").is_success
            assert reader.delete(f"{url}/v1/jobs/x").status_code == 403
        with client(None) as stranger, pytest.raises(httpx.TransportError):
            stranger.get(f"{url}/v1/jobs")
