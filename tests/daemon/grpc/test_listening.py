"""Where a daemon listens for gRPC: ports that its servers share, with nobody else."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest

from support.daemon import begin, running
from support.ports import free_port
from vmafx_rpc import messages
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import VmafxControllerStub

_PATIENCE = 60.0


def answers(address: str) -> int:
    """The process that answers a connection of its own."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(address, options) as channel:
        stub: Any = VmafxControllerStub(channel)  # type: ignore[no-untyped-call]
        return int(stub.GetStatus(messages.controller.GetStatusRequest(), timeout=_PATIENCE).pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shares connections out")
def test_connections_are_shared_out_among_servers(tmp_path: Path) -> None:
    with running(tmp_path) as daemon, ThreadPoolExecutor(8) as clients:
        address = daemon.addresses[1]
        listening = [
            each
            for each in psutil.Process(daemon.pid).net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and address.endswith(f":{each.laddr.port}")
        ]
        assert len(listening) > 1
        assert list(clients.map(answers, [address] * 64)) == [daemon.pid] * 64


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
        (first,) = (name for name, process in processes.items() if process.poll() is None)
        log = tmp_path / first / "test.log"
        while '"started"' not in log.read_text():
            assert time.monotonic() < until, "none has the port"
            time.sleep(0.02)
        processes[first].terminate()
        assert processes.pop(first).wait(_PATIENCE) == 0
        assert [process.returncode for process in processes.values()] == [7, 7]
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
