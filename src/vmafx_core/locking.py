"""Files that one process holds: it alone writes a corpus, makes an output, or is the daemon.

The system lets go of them when the process ends, however that is. What is held is what is written,
or says who holds it; libraries for lock files empty the file that they lock, so none is used.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vmafx_core.errors import UsageError, WorkError

if sys.platform == "win32":
    import msvcrt

    # Behind anything that is ever written: Windows keeps locked bytes from being read.
    _PLACE = 1 << 62

    def _lock(file: int, *, shared: bool) -> None:  # noqa: ARG001  # there is no such lock there
        os.lseek(file, _PLACE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int, *, shared: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def acquire(file: int, *, shared: bool = False) -> bool:
    """Lock an open file for as long as it is open; returns whether nobody else holds it.

    Some network file systems have no locks: there, everybody gets them.

    Args:
        file: Its descriptor.
        shared: Whether others that ask for the same may hold it, too.
    """
    try:
        _lock(file, shared=shared)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    else:
        return True


def hold(path: Path, mode: int = 0o666) -> int | None:
    """Open a file, made where it is missing, and lock it.

    Args:
        path: The file.
        mode: Who may read and write it where it is made.

    Returns:
        Its descriptor, which holds it until it is closed; None if another process holds it.

    Raises:
        OSError: It cannot be opened.
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, mode)
        if not acquire(file):
            os.close(file)
            return None
        with suppress(OSError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        # Another process removed it after this one had opened it.
        os.close(file)


@contextmanager
def locked(path: Path, output: Path) -> Iterator[None]:
    """Hold a file for this run, and keep others from what it writes.

    Args:
        path: The file that is held; made where it is missing.
        output: What messages say is being written.

    Raises:
        UsageError: Another run holds it.
        WorkError: It cannot be opened.
    """
    try:
        file = hold(path)
    except OSError as error:
        raise WorkError(
            f"cannot write {str(path)!r}: {error.strerror}",
            "Run it again, or choose another place for the output.",
        ) from error
    if file is None:
        raise UsageError(
            f"{output}: is being written by another run",
            "Wait for its end, or name another file.",
        )
    try:
        yield
    finally:
        with suppress(OSError):
            os.close(file)
