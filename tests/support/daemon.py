"""The real daemon, in a process of its own, with a state folder of its own."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from support.cli import PROGRAM
from vmafx_rpc import messages
from vmafx_rpc.addresses import parse_address
from vmafx_rpc.client import Client, Identity

_PATIENCE = 30.0


class Daemon:
    """A daemon that is ready.

    Attributes:
        state: Its state folder.
        pid: Its process.
        addresses: Where it listens: its unix socket, gRPC's port, and HTTP's as a URL.
    """

    def __init__(self, state: Path, process: "subprocess.Popen[bytes]") -> None:
        self.state = state
        self.pid = process.pid
        self.addresses: list[str] = []
        self._process = process
        self._children: list[psutil.Process] = []
        self._clients: list[Client] = []

    def client(self, token: str = "", *, remote: bool = False) -> Client:
        """A client by the unix socket, or by gRPC's port; closed with the daemon."""
        made = Client(parse_address(self.addresses[remote]), Identity(token=token), patience=5)
        self._clients.append(made)
        return made

    @property
    def url(self) -> str:
        """HTTP's address."""
        return next(each for each in self.addresses if each.startswith("http"))

    def log(self) -> list[dict[str, Any]]:
        """What it has logged."""
        # By newlines alone: there are other characters that end lines, in names as well.
        lines = (self.state / "test.log").read_text().split("\n")
        return [json.loads(line) for line in lines if line.startswith("{")]

    def workers(self) -> list[psutil.Process]:
        """The processes that do the work."""
        self._children = psutil.Process(self.pid).children(recursive=True)
        return self._children

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self, seconds: float = _PATIENCE) -> int:
        """Wait for its end; returns how it ended."""
        return self._process.wait(seconds)

    def kill(self) -> None:
        """End it as a failing machine would, and see that nothing of it is left."""
        workers = self.workers()
        self.signal(signal.SIGKILL)
        self.wait()
        _, left = psutil.wait_procs(workers, _PATIENCE)
        assert not left, "workers outlive their daemon"

    def close(self) -> None:
        """Have it end, if it has not, and see that nothing of it is left."""
        for client in self._clients:
            client.close()
        if self._process.poll() is None:
            workers = self.workers()
            self.signal(signal.SIGTERM)
            try:
                code = self.wait()
            finally:
                self._process.kill()
            assert code == 0, f"the daemon ended with {code}"
            _, left = psutil.wait_procs(workers, _PATIENCE)
            assert not left, "workers outlive their daemon"


def begin(state: Path, *options: object, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a daemon in the foreground; its log is in the state folder."""
    state.mkdir(parents=True, exist_ok=True)
    words = [
        *(PROGRAM, "daemon", "start", "--foreground", "--state-dir", state, "--log-format", "json"),
        *("--grpc-port", "0", "--http-port", "0", "--workers", "1", "--drain", "5", *options),
    ]
    with (state / "test.log").open("wb") as log:
        return subprocess.Popen(
            [str(word) for word in words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | environment,
        )


@contextmanager
def running(state: Path, *options: object, **environment: str) -> Iterator[Daemon]:
    """A daemon that is ready, and ends with the block if it has not ended before."""
    process = begin(state, *options, **environment)
    daemon = Daemon(state, process)
    try:
        daemon.addresses = _started(daemon, process)
        client = daemon.client()
        until = time.monotonic() + _PATIENCE
        while not client.call(
            client.controller.GetStatus, messages.controller.GetStatusRequest()
        ).ready:
            assert time.monotonic() < until, "the daemon does not get ready"
            time.sleep(0.02)
        yield daemon
        daemon.close()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _started(daemon: Daemon, process: "subprocess.Popen[bytes]") -> list[str]:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        for event in daemon.log():
            if event["event"] == "started":
                return list(event["at"])
        time.sleep(0.02)
    text = (daemon.state / "test.log").read_text()
    raise AssertionError(f"the daemon does not start: {text}")
