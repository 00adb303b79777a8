"""Many connections at once."""

import resource
import socket
from contextlib import ExitStack
from pathlib import Path

from support.daemon import running
from vmafx_rpc.messages import controller

MANY = 300


def test_there_may_be_more_connections_than_files_are_usually_allowed(tmp_path: Path) -> None:
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (MANY - 100, usual[1]))
    with ExitStack() as stack:
        try:
            daemon = stack.enter_context(running(tmp_path))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, usual)
        host, _, port = daemon.addresses[1].rpartition(":")
        for _ in range(MANY):
            stack.enter_context(socket.create_connection((host, int(port)), timeout=5))
        client = daemon.client(remote=True)
        assert client.call(client.controller.GetStatus, controller.GetStatusRequest()).ready
