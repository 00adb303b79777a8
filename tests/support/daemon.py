"""The real daemon, in a process of its own, watched more closely than its users need."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from vmafx_rpc import testing
from vmafx_rpc.testing import LOG

__all__ = ["LOG", "Daemon", "begin", "running"]

_PATIENCE = 30.0


class Daemon(testing.Daemon):
    """A daemon of which nothing may be left when it has ended."""

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def workers(self) -> list[psutil.Process]:
        """The processes that do the work."""
        return psutil.Process(self.pid).children(recursive=True)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def wait(self, seconds: float = _PATIENCE) -> int:
        """Wait for its end; returns how it ended."""
        return self.process.wait(seconds)

    def kill(self) -> None:
        """End it as a failing machine would, and see that nothing of it is left."""
        workers = self.workers()
        self.signal(signal.SIGKILL)
        self.wait()
        _, left = psutil.wait_procs(workers, _PATIENCE)
        assert not left, "workers outlive their daemon"

    def close(self) -> None:
        """Have it end, if it has not, and see that nothing of it is left."""
        running = self.process.poll() is None
        workers = self.workers() if running else []
        super().close()
        if running:
            assert self.process.returncode == 0, f"the daemon ended with {self.process.returncode}"
            _, left = psutil.wait_procs(workers, _PATIENCE)
            assert not left, "workers outlive their daemon"


def begin(state: Path, *options: object, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a daemon in the foreground; its log is in the state folder."""
    return Daemon(state, *options, environment=environment).process


@contextmanager
def running(state: Path, *options: object, **environment: str) -> Iterator[Daemon]:
    """A daemon that is ready, and ends with the block if it has not ended before."""
    daemon = Daemon(state, *options, environment=environment)
    try:
        daemon.wait_until_ready()
        yield daemon
        daemon.close()
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()
