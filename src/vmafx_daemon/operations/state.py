"""The state folder: one daemon at a time has it, and says there who it is."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from vmafx_core.errors import WorkError
from vmafx_core.locking import acquire, hold

_LOCK_FILE = "daemon.lock"
_LONGEST_RECORD = 1 << 16
# Whoever only looks has the lock, too, for as long as looking takes.
_PATIENCE, _PAUSE = 0.3, 0.01


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon that has a state folder.

    Attributes:
        pid: Its process.
        addresses: Where it listens, the most private first; none while it starts.
        log: Whether it logs to a file in the folder.
    """

    pid: int
    addresses: tuple[str, ...]
    log: bool


class StateFolder:
    """A state folder that this process has.

    Args:
        lock: The open file by which it is held.
    """

    def __init__(self, lock: int) -> None:
        self._lock = lock

    @classmethod
    @contextmanager
    def held(cls, path: Path) -> Iterator[Self]:
        """Make the folder if need be, for this user alone, and hold it.

        Raises:
            WorkError: It cannot be made, or another daemon has it.
        """
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _taken(path)
        except OSError as error:
            raise WorkError(
                f"the state folder {path} cannot be used: {error.strerror}",
                "Name another one with --state-dir.",
            ) from error
        try:
            folder = cls(lock)
            folder.tell((), log=False)
            yield folder
        finally:
            os.close(lock)

    def tell(self, addresses: Sequence[str], *, log: bool) -> None:
        """Write down who has the folder, and where it listens."""
        record = {"pid": os.getpid(), "addresses": list(addresses), "log": log}
        line = json.dumps(record).encode() + b"\n"
        os.pwrite(self._lock, line, 0)
        os.ftruncate(self._lock, len(line))


def running(path: Path) -> Running | None:
    """The daemon that has a state folder; None if there is none."""
    with suppress(FileNotFoundError):
        file = os.open(path / _LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if not acquire(file, shared=True):
                return _read(file)
        finally:
            os.close(file)
    return None


def _taken(path: Path) -> int:
    until = time.monotonic() + _PATIENCE
    while (lock := hold(path / _LOCK_FILE, 0o600)) is None:
        if time.monotonic() > until:
            other = running(path)
            who = f" (process {other.pid})" if other else ""
            raise WorkError(
                f"another daemon{who} has the state folder {path}",
                "Stop it with 'vmafx daemon stop', or name another folder with --state-dir.",
            )
        time.sleep(_PAUSE)
    return lock


def _read(file: int) -> Running | None:
    """What is written there; None before it is."""
    # A shorter record may be followed by the rest of the one before.
    line = os.pread(file, _LONGEST_RECORD, 0).partition(b"\n")[0]
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return Running(record["pid"], tuple(record["addresses"]), record["log"])
