from collections.abc import Iterator

import grpc
import pytest

from support.certificates import Certificate
from support.stub_daemon import Job, StubDaemon, serving
from vmafx_core.errors import RemoteError, UsageError
from vmafx_rpc import jobs, messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.client import Client, Identity


@pytest.fixture(scope="module")
def authority() -> Certificate:
    return Certificate.make("authority")


@pytest.fixture(scope="module")
def address(authority: Certificate) -> Iterator[Address]:
    """A daemon that asks its clients for certificates."""
    stub = StubDaemon()
    stub.answers["GetJob"] = [messages.controller.GetJobResponse(job=Job(id="j1"))]
    own = Certificate.make("daemon", signer=authority)
    credentials = grpc.ssl_server_credentials(
        [(own.key_pem, own.pem)], authority.pem, require_client_auth=True
    )
    with serving(stub, credentials) as address:
        yield address


def test_a_client_and_a_daemon_know_each_other_by_certificates(
    address: Address, authority: Certificate
) -> None:
    own = Certificate.make("client", signer=authority)
    identity = Identity(authority=authority.pem, certificate=own.pem, key=own.key_pem)
    with Client(address, identity) as client:
        assert jobs.get(client, "j1").id == "j1"


def test_a_daemon_of_another_authority_is_not_trusted(
    address: Address, authority: Certificate
) -> None:
    own = Certificate.make("client", signer=authority)
    other = Certificate.make("other")
    identity = Identity(authority=other.pem, certificate=own.pem, key=own.key_pem)
    with Client(address, identity) as client, pytest.raises(RemoteError) as failed:
        jobs.get(client, "j1")
    assert f"grpcs://{address.target}" in failed.value.message
    assert "unable to get local issuer certificate" in failed.value.message
    assert "--ca-file" in failed.value.hint


def test_a_daemon_that_speaks_tls_is_not_reached_without(address: Address) -> None:
    plain = Address(address.target, local=True)
    with Client(plain) as client, pytest.raises(RemoteError) as failed:
        jobs.get(client, "j1")
    assert f"grpcs://{address.target}" in failed.value.hint


def test_a_daemon_that_asks_for_certificates_is_told_of_as_such(
    address: Address, authority: Certificate
) -> None:
    stranger = Identity(authority=authority.pem)
    with Client(address, stranger) as client, pytest.raises(RemoteError) as failed:
        jobs.get(client, "j1")
    assert "--cert-file" in failed.value.hint


def test_a_key_that_is_not_the_certificates_is_refused(
    address: Address, authority: Certificate
) -> None:
    own, other = (Certificate.make(name, signer=authority) for name in ("client", "other"))
    mixed = Identity(authority=authority.pem, certificate=own.pem, key=other.key_pem)
    with Client(address, mixed) as client, pytest.raises(RemoteError) as failed:
        jobs.get(client, "j1")
    assert "--key-file" in failed.value.hint


def test_a_certificate_without_its_key_is_refused(address: Address, authority: Certificate) -> None:
    own = Certificate.make("client", signer=authority)
    with pytest.raises(UsageError, match="belong together"):
        Client(address, Identity(certificate=own.pem))
