"""Stopping the daemon of a state folder."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from vmafx_core.errors import RemoteError, WorkError
from vmafx_daemon.operations.state import running

_AT_ONCE_SECONDS = 10.0
_PAUSE = 0.05


def stop(path: Path, seconds: float) -> bool:
    """Have a daemon stop, and wait until it has.

    Args:
        path: Its state folder.
        seconds: How long it may take to end what it does; then it is to stop at once.

    Returns:
        Whether it ended by itself in that time.

    Raises:
        RemoteError: There is none, or it belongs to another user.
        WorkError: It does not stop.
    """
    daemon = running(path)
    if daemon is None:
        raise no_daemon(path)
    _send(daemon.pid, signal.SIGTERM)
    if _ended(path, daemon.pid, seconds):
        return True
    _send(daemon.pid, signal.SIGINT)  # of two of one kind, close together, only one may arrive
    if not _ended(path, daemon.pid, _AT_ONCE_SECONDS):
        raise WorkError(f"the daemon (process {daemon.pid}) does not stop", "See its log.")
    return False


def no_daemon(path: Path) -> RemoteError:
    """The error that none has a state folder."""
    return RemoteError(
        f"no daemon has the state folder {path}", "Start one with 'vmafx daemon start'."
    )


def _send(pid: int, number: signal.Signals) -> None:
    try:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    except PermissionError as error:
        raise RemoteError(f"the daemon (process {pid}) belongs to another user") from error


def _ended(path: Path, pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while (daemon := running(path)) and daemon.pid == pid:
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True
