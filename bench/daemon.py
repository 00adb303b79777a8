"""A daemon to measure, with a state folder of its own."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import Command
from bench.programs import VMAFX
from vmafx_core.errors import RemoteError
from vmafx_rpc import messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.client import Client

_PATIENCE = 20.0


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
            address = Address(f"unix:{socket}", local=True)
            _await(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _await(address: Address, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with Client(address) as client:
            try:
                request = messages.controller.GetStatusRequest()
                if client.call(client.controller.GetStatus, request).ready:
                    return
            except RemoteError:
                pass
        time.sleep(0.05)
    raise RuntimeError("the daemon does not get ready")
