"""The folder beside an output in which it is made: kept when a run is interrupted, for the next."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vmafx_core.errors import WorkError
from vmafx_core.tune.lock import locked


@contextmanager
def workplace(output: Path) -> Iterator[Path]:
    """A folder for what belongs to `output` until it is finished.

    It is removed when the block ends well. After an error or an interruption it stays, so that the
    next run can go on with what is in it.

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
    with locked(folder / "lock", output):
        yield folder
    shutil.rmtree(folder, ignore_errors=True)
