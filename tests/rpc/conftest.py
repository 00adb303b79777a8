"""A daemon that does what a test tells it to, and a client of it."""

from collections.abc import Iterator

import pytest

from support.stub_daemon import StubDaemon, serving
from vmafx_rpc.client import Client, Identity


@pytest.fixture
def stub() -> StubDaemon:
    return StubDaemon()


@pytest.fixture
def client(stub: StubDaemon) -> Iterator[Client]:
    with serving(stub) as address, Client(address, Identity(token="t0"), patience=3) as client:
        yield client
