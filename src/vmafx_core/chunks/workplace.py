"""The folder beside an output in which it is made: kept when a run is interrupted, for the next."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vmafx_core.errors import WorkError
from vmafx_core.locking import locked

_LOCK = "lock"
_UNFINISHED = "unfinished-"


@contextmanager
def workplace(output: Path) -> Iterator[Path]:
    """A folder for what belongs to `output` until it is finished.

    It is removed when the block ends well. After an error or an interruption it stays if there is
    anything finished in it, so that the next run can go on with that.

    Args:
        output: The file that is made.

    Raises:
        UsageError: Another run is making the same file.
        WorkError: The folder cannot be made.
    """
    folder = output.parent / f".{output.name}.vmafx"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise WorkError(
            f"cannot work in {str(output.parent)!r}: {error.strerror or error}",
            "Choose another place for the output.",
        ) from error
    with locked(folder / _LOCK, output):
        well = False
        try:
            yield folder
            well = True
        finally:
            done = well or not any(_is_finished(path) for path in folder.iterdir())
            if done:
                # While the lock is held: another run may begin at once in a folder of this name.
                shutil.rmtree(folder, ignore_errors=True)
    if done and sys.platform == "win32":  # keeps files that are open
        shutil.rmtree(folder, ignore_errors=True)


def unfinished(path: Path) -> Path:
    """Where a file of a workplace is until it is finished."""
    return path.with_name(_UNFINISHED + path.name)


def finish(path: Path, content: bytes = b"") -> None:
    """Give a file of a workplace its name; what has it is whole, even after a power failure.

    Args:
        path: The name.
        content: What the file holds besides what is written to it already.

    Raises:
        WorkError: The disk does not take all of it.
    """
    file = unfinished(path)
    try:
        with file.open("ab") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        file.replace(path)
    except OSError as error:
        raise WorkError(
            f"{path.name}: cannot be written: {error.strerror or error}",
            "Look at the disk's free space; what is finished is kept.",
        ) from error


def _is_finished(path: Path) -> bool:
    return path.name != _LOCK and not path.name.startswith(_UNFINISHED)
