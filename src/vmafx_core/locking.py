"""Keeping a second run away from what one run is writing."""

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

    def _lock(file: int) -> None:
        os.lseek(file, _PLACE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(path: Path, output: Path) -> Iterator[None]:
    """Hold a file for this run; the system lets go of it when the run ends, however that is.

    Args:
        path: The file that is held; made where it is missing.
        output: What messages say is being written.

    Raises:
        UsageError: Another run holds it.
        WorkError: It cannot be opened.
    """
    file = _held(path, output)
    try:
        yield
    finally:
        with suppress(OSError):
            os.close(file)


def _held(path: Path, output: Path) -> int:
    """The file, opened and locked."""
    while True:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise WorkError(
                f"cannot write {str(path)!r}: {error.strerror}",
                "Run it again, or choose another place for the output.",
            ) from error
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):
            os.close(file)
            raise UsageError(
                f"{output}: is being written by another run",
                "Wait for its end, or name another file.",
            ) from None
        except OSError:
            # Some network file systems have no locks; a run alone needs none.
            return file
        with suppress(OSError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        # Another run removed it after this one had opened it.
        os.close(file)
