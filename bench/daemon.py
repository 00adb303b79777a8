"""A daemon to measure, with a state folder of its own."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import Command
from bench.programs import VMAFX
from vmafx_rpc import messages
from vmafx_rpc.addresses import Address, parse_address
from vmafx_rpc.client import Client

_PATIENCE, _PAUSE = 20.0, 0.005


@contextmanager
def running(*options: str) -> Iterator[Address]:
    """A daemon that is ready, at its unix socket.

    Raises:
        RuntimeError: It does not get ready.
    """
    with tempfile.TemporaryDirectory(prefix="vmafx-bench-") as state:
        socket = Path(state) / "daemon.sock"
        command: Command = [
            *(VMAFX, "daemon", "start", "--foreground", "--state-dir", state),
            *("--socket", str(socket), "--grpc-port", "0", "--http-port", "0", *options),
        ]
        with (Path(state) / "bench.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield _ready(socket, process)
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def network(address: Address) -> tuple[Address, int]:
    """The port for gRPC of a daemon that is at an address, and its process."""
    with Client(address) as client:
        request = messages.controller.GetStatusRequest()
        status = client.call(client.controller.GetStatus, request)
    port = next(at for at in status.addresses if not at.startswith(("unix:", "http")))
    return parse_address(port), status.pid


def _ready(socket: Path, process: subprocess.Popen[bytes]) -> Address:
    """Its address, once it says there that it is ready."""
    address = Address(f"unix:{socket}", local=True)
    until = time.monotonic() + _PATIENCE
    while not socket.exists():
        _go_on(until, process)
    with Client(address) as client:
        request = messages.controller.GetStatusRequest()
        while not client.call(client.controller.GetStatus, request).ready:
            _go_on(until, process)
    return address


def _go_on(until: float, process: subprocess.Popen[bytes]) -> None:
    if time.monotonic() > until or process.poll() is not None:
        raise RuntimeError("the daemon does not get ready")
    time.sleep(_PAUSE)
