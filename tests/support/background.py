"""A daemon in the background, as `vmafx daemon start` leaves it behind."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from support.cli import PROGRAM, Ended, vmafx
from vmafx_daemon.operations.state import running


class Home:
    """A state folder, and commands that are about it.

    Attributes:
        state: The folder.
    """

    def __init__(self, state: Path) -> None:
        self.state = state

    def vmafx(self, *args: object, **environment: str) -> Ended:
        """Run the program."""
        return vmafx(*args, stdin=None, VMAFX_STATE_DIR=str(self.state), **environment)

    def start(self, *options: object, **environment: str) -> Ended:
        """Start a daemon in the background, at free ports."""
        ports = ("--grpc-port", "0", "--http-port", "0", "--workers", "1")
        return self.vmafx("daemon", "start", *ports, *options, **environment)

    def begin(self, *args: object) -> "subprocess.Popen[str]":
        """Run the program beside the test."""
        return subprocess.Popen(
            [PROGRAM, *map(str, args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"VMAFX_STATE_DIR": str(self.state)},
        )

    @property
    def process(self) -> psutil.Process:
        """The daemon that runs now."""
        found = running(self.state)
        assert found, "no daemon runs"
        return psutil.Process(found.pid)

    def kill(self) -> None:
        """End the daemon as a failing machine would, if one runs."""
        if not (found := running(self.state)):
            return
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(found.pid)
            everything = [process, *process.children(recursive=True)]
            process.send_signal(signal.SIGKILL)
            _, left = psutil.wait_procs(everything, 10)
            assert not left, "processes outlive their daemon"
