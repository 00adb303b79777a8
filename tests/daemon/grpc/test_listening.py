"""Where a daemon listens for gRPC: ports that its servers share, and with no other daemon."""

import socket
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import psutil

from support.daemon import Daemon, begin, running
from support.ports import free_port
from support.raw_http2 import RawConnection
from vmafx_rpc import messages
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import VmafxControllerStub

_PATIENCE = 60.0


def answers(address: str) -> int:
    """The process that answers a connection of its own."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(address, options) as channel:
        stub: Any = VmafxControllerStub(channel)  # type: ignore[no-untyped-call]
        return int(stub.GetStatus(messages.controller.GetStatusRequest(), timeout=_PATIENCE).pid)


def servers(daemon: Daemon) -> int:
    """How many servers listen at its port."""
    connections = psutil.Process(daemon.pid).net_connections("tcp")
    port = int(daemon.addresses[1].rpartition(":")[2])
    return sum(
        each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in connections
    )


def test_many_connections_are_answered_by_several_servers(tmp_path: Path) -> None:
    with running(tmp_path) as daemon, ThreadPoolExecutor(8) as clients:
        assert servers(daemon) > 1 or sys.platform != "linux"
        assert list(clients.map(answers, [daemon.addresses[1]] * 64)) == [daemon.pid] * 64


def test_servers_that_fail_are_replaced(tmp_path: Path) -> None:
    with running(tmp_path) as daemon:
        at_first = servers(daemon)
        for _ in range(3 * at_first):
            # Where another call has just ended the server, it may not be there.
            with suppress(OSError), RawConnection(daemon.addresses[1]) as connection:
                connection.call(b"/vmafx.v1.VmafxScoring/\xff")
                connection.wait_for(b"Server shutdown")
        until = time.monotonic() + _PATIENCE
        while servers(daemon) < at_first:
            assert time.monotonic() < until, "some are not replaced"
            time.sleep(0.02)
        assert answers(daemon.addresses[1]) == daemon.pid
        assert answers(daemon.addresses[0]) == daemon.pid
        said = [event for event in daemon.log() if "takes its place" in event["event"]]
        assert said


def test_a_server_that_fails_at_the_unix_socket_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path) as daemon:
        path = daemon.state / "daemon.sock"
        with RawConnection(daemon.addresses[0]) as connection:
            connection.call(b"/\xff")
            connection.wait_for(b"Server shutdown")
        until = time.monotonic() + _PATIENCE
        while not path.is_socket():
            assert time.monotonic() < until, "it is not there any more"
            time.sleep(0.02)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert answers(daemon.addresses[0]) == daemon.pid


def test_all_addresses_of_a_name_are_kept_from_other_daemons(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "first", "--host", "localhost", "--grpc-port", port) as first:
        for name, host in enumerate({info[4][0] for info in socket.getaddrinfo("localhost", port)}):
            second = begin(tmp_path / f"{name}", "--host", host, "--grpc-port", port)
            assert second.wait(_PATIENCE) == 7
        assert answers(first.addresses[1]) == first.pid


def test_a_port_is_shared_with_no_other_daemon(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "first", "--grpc-port", port) as first:
        second = begin(tmp_path / "second", "--grpc-port", port)
        assert second.wait(_PATIENCE) == 7
        assert answers(first.addresses[1]) == first.pid
    said = (tmp_path / "second" / "test.log").read_text()
    assert f"cannot listen on 127.0.0.1:{port} for gRPC (--grpc-port)" in said
    assert "Traceback" not in said
    with running(tmp_path / "second", "--grpc-port", port) as after:
        assert answers(after.addresses[1]) == after.pid


def test_of_daemons_that_begin_together_on_one_port_one_has_it(tmp_path: Path) -> None:
    port = free_port()
    processes = {name: begin(tmp_path / name, "--grpc-port", port) for name in ("a", "b", "c")}
    try:
        until = time.monotonic() + _PATIENCE
        while sum(process.poll() is None for process in processes.values()) > 1:
            assert time.monotonic() < until, "several have the port"
            time.sleep(0.02)
        left = [name for name, process in processes.items() if process.poll() is None]
        assert left, "none has the port"
        first = left[0]
        log = tmp_path / first / "test.log"
        while '"started"' not in log.read_text():
            assert time.monotonic() < until, "none has the port"
            time.sleep(0.02)
        processes[first].terminate()
        assert processes[first].wait(_PATIENCE) == 0
        codes = sorted(process.returncode for process in processes.values())
        assert codes == [0, 7, 7]
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
