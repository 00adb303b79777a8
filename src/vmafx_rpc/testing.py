"""A daemon for the tests of programs that use one.

As a fixture for pytest:

    @pytest.fixture(scope="session")
    def daemon(tmp_path_factory):
        with running_daemon(tmp_path_factory.mktemp("daemon")) as daemon:
            yield daemon
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Self

from vmafx_core.errors import WorkError
from vmafx_core.extras import require
from vmafx_rpc import messages
from vmafx_rpc.addresses import parse_address
from vmafx_rpc.client import Client, Identity

LOG = "testing.log"
"""The log of such a daemon, in its state folder: one JSON object a line."""
_PATIENCE = 30.0
_PAUSE = 0.02


class Daemon:
    """A daemon in a process of its own.

    Args:
        state: Its state folder, made where it is missing.
        options: What `vmafx daemon start` is told besides; by itself it listens on free ports of
            this machine, and has one worker.
        environment: Variables besides this process's own.

    Attributes:
        state: Its state folder.
        process: The process.
        addresses: Where it listens, once it is ready: its unix socket, gRPC's port, and HTTP's as
            a URL.

    Raises:
        ComponentError: What daemons need is not installed.
    """

    def __init__(
        self,
        state: str | PathLike[str],
        *options: object,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        require("daemon", "a daemon")
        self.state = Path(state)
        self.addresses: list[str] = []
        self._clients: list[Client] = []
        self.state.mkdir(parents=True, exist_ok=True)
        words = [
            *("daemon", "start", "--foreground", "--state-dir", state, "--log-format", "json"),
            *("--grpc-port", "0", "--http-port", "0", "--workers", "1", "--drain", "5", *options),
        ]
        with (self.state / LOG).open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603  # this very program
                [sys.executable, "-m", "vmafx_cli", *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | (environment or {}),
            )

    @property
    def url(self) -> str:
        """HTTP's address."""
        return next(each for each in self.addresses if each.startswith("http"))

    def client(self, token: str = "", *, remote: bool = False) -> Client:
        """A client by the unix socket, or by gRPC's port; closed with the daemon.

        Args:
            token: The token to show.
            remote: Whether it comes by the port, as from other machines.
        """
        made = Client(parse_address(self.addresses[remote]), Identity(token=token), patience=5)
        self._clients.append(made)
        return made

    def log(self) -> list[dict[str, Any]]:
        """What it has logged."""
        # By newlines alone: there are other characters that end lines, in names as well.
        lines = (self.state / LOG).read_text().split("\n")
        return [json.loads(line) for line in lines if line.startswith("{")]

    def wait_until_ready(self, seconds: float = _PATIENCE) -> None:
        """Wait until it takes jobs.

        Raises:
            WorkError: It ends, or is not ready in time.
        """
        until = time.monotonic() + seconds
        while not (self.addresses or self._has_started()) or not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                said = (self.state / LOG).read_text(errors="replace").strip()
                raise WorkError(f"the daemon does not get ready: {said}", "Look at its options.")
            time.sleep(_PAUSE)

    def _has_started(self) -> bool:
        for event in self.log():
            if event["event"] == "started":
                self.addresses = list(event["at"])
        return bool(self.addresses)

    def _is_ready(self) -> bool:
        client = self._clients[0] if self._clients else self.client()
        request = messages.controller.GetStatusRequest()
        return bool(client.call(client.controller.GetStatus, request).ready)

    def close(self) -> None:
        """Have it end, if it has not; it is killed where it does not in time."""
        for client in self._clients:
            client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_PATIENCE)
            finally:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def running_daemon(
    state: str | PathLike[str],
    *options: object,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Daemon]:
    """A daemon that is ready, and ends with the block.

    Args:
        state: Its state folder; it is left, for the log that is in it.
        options: As for `Daemon`, such as "--root", folder.
        environment: Likewise.

    Raises:
        ComponentError: What daemons need is not installed.
        WorkError: It does not get ready.
    """
    with Daemon(state, *options, environment=environment) as daemon:
        daemon.wait_until_ready()
        yield daemon
