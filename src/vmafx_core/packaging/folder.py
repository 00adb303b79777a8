"""A folder that gets its final name when everything is in it."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vmafx_core.errors import UsageError, WorkError


def check_free(path: Path) -> None:
    """Refuse a folder that has something in it, or cannot be made, before any work is done.

    Raises:
        UsageError: It is not empty, is no folder, or there is no folder to make it in.
    """
    if path.is_dir():
        if any(path.iterdir()):
            raise UsageError(
                f"the folder {str(path)!r} is not empty", "Name a new one, or remove what is in it."
            )
    elif path.exists() or path.is_symlink():
        raise UsageError(f"{str(path)!r} is no folder", "Name a new folder.")
    elif not path.absolute().parent.is_dir():
        raise UsageError(
            f"cannot make {str(path)!r}: there is no folder {str(path.absolute().parent)!r}",
            "Make that folder first, or name another.",
        )


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which is `path` when the block ends well, and gone when it does not.

    Raises:
        UsageError: As `check_free`.
        WorkError: It cannot be made or renamed.
    """
    check_free(path)
    target = path.absolute()
    temporary = target.parent / f".vmafx-{secrets.token_hex(8)}.part"
    try:
        temporary.mkdir()
        yield temporary
        # Renaming over an empty folder is refused on Windows; whatever else is there stays.
        if target.is_dir():
            target.rmdir()
        temporary.rename(target)
    except OSError as error:
        raise WorkError(
            f"cannot write {str(path)!r}: {error.strerror or error}",
            "Free some space or choose another place.",
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
