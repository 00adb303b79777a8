"""Where a daemon listens for gRPC: at ports that it shares with no other daemon."""

import asyncio
import socket
import stat
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest

from support.daemon import LOG, Daemon, begin, running
from support.ports import free_port
from support.raw_http2 import RawConnection
from vmafx_daemon.access.caller import Role
from vmafx_daemon.access.tokens import add_token
from vmafx_daemon.grpc.servers import KeptServer
from vmafx_daemon.operations.sockets import addresses_of
from vmafx_rpc import messages
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import VmafxControllerStub

_PATIENCE = 60.0


def answers(address: str) -> int:
    """The process that answers a connection of its own."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(address, options) as channel:
        request = messages.controller.GetStatusRequest()
        stub: Any = VmafxControllerStub(channel)  # type: ignore[no-untyped-call]
        return int(stub.GetStatus(request, timeout=_PATIENCE, wait_for_ready=True).pid)


def until_replaced(daemon: Daemon) -> None:
    """Wait until a server has taken the place of another one."""
    until = time.monotonic() + _PATIENCE
    while not any("takes its place" in event["event"] for event in daemon.log()):
        assert time.monotonic() < until, "none is replaced"
        time.sleep(0.02)


def refused(state: Path, *options: object) -> str:
    """What a daemon says that does not start."""
    process = begin(state, *options)
    try:
        assert process.wait(_PATIENCE) == 7
    finally:
        process.kill()
        process.wait()
    said = (state / LOG).read_text()
    assert "Traceback" not in said
    return said


def test_a_server_that_fails_at_the_port_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path) as daemon:
        for _ in range(3):
            # Where another call has just ended the server, it may not be there.
            with suppress(OSError), closing(RawConnection(daemon.addresses[1])) as connection:
                connection.call(b"/vmafx.v1.VmafxScoring/\xff")
                connection.wait_for(b"Server shutdown")
            assert answers(daemon.addresses[0]) == daemon.pid
            assert answers(daemon.addresses[1]) == daemon.pid
        until_replaced(daemon)


def test_a_server_that_fails_at_the_unix_socket_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path) as daemon:
        path = daemon.state / "daemon.sock"
        with closing(RawConnection(daemon.addresses[0])) as connection:
            connection.call(b"/\xff")
            connection.wait_for(b"Server shutdown")
        until_replaced(daemon)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert answers(daemon.addresses[0]) == daemon.pid


def test_all_addresses_of_a_name_are_kept_from_other_daemons(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "first", "--host", "localhost", "--grpc-port", port) as first:
        for name, host in enumerate({info[4][0] for info in socket.getaddrinfo("localhost", port)}):
            refused(tmp_path / f"{name}", "--host", host, "--grpc-port", port)
        assert answers(first.addresses[1]) == first.pid


def test_a_port_is_shared_with_no_other_daemon(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "first", "--grpc-port", port) as first:
        said = refused(tmp_path / "second", "--grpc-port", port)
        assert f"cannot listen on 127.0.0.1:{port} for gRPC (--grpc-port)" in said
        assert answers(first.addresses[1]) == first.pid
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
        log = tmp_path / first / LOG
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


def test_of_a_name_only_the_addresses_that_are_here_are_listened_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(host: str, port: int, **_: Any) -> list[Any]:
        addresses = ("192.0.2.1", "127.0.0.1") if host == "some" else ("192.0.2.1",)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    assert addresses_of("some", 9090, "a test") == ["127.0.0.1"]
    assert addresses_of("none", 9090, "a test") == ["192.0.2.1"]


@pytest.mark.parametrize("host", ["a..b", "no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_none_of_this_machine_is_named(tmp_path: Path, host: str) -> None:
    tokens = tmp_path / "tokens"
    add_token(tokens, "ci", Role.WRITE)
    said = refused(tmp_path / "state", "--host", host, "--token-file", tokens)
    assert f"cannot listen on {host}:0 for gRPC (--grpc-port)" in said
    assert "--host" in said


def test_a_server_stops_well_whatever_comes_meanwhile() -> None:
    async def run(turns: int) -> None:
        ports: list[int] = []
        server = KeptServer(
            grpc.aio.server, lambda made: ports.append(made.add_insecure_port("127.0.0.1:0"))
        )
        await server.start()
        connections = [RawConnection(f"127.0.0.1:{ports[0]}") for _ in range(2)]
        await asyncio.sleep(0.05)  # so that they are accepted
        for connection in connections:
            connection.call(b"/\xff")
        for _ in range(turns):
            await asyncio.sleep(0)
        await server.renew()
        for connection in connections:
            connection.close()
        await server.stop(0)

    for turns in range(24):
        asyncio.run(run(turns))
