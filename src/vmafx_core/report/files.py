"""Writing results to files: whole or not at all, and refused before work begins.

A regular file is written beside its final name and then renamed over it, so that a reader never
sees half a result and a failure leaves nothing behind. A symbolic link keeps pointing where it
points. Devices, named pipes and the likes of `/dev/stdout` are written through. "-" is standard
output.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vmafx_core.errors import UsageError, WorkError

STDOUT = "-"


def _is_special(path: Path) -> bool:
    """Whether `path` must be written through instead of being replaced."""
    if path.is_absolute() and path.parts[1:2] in {("dev",), ("proc",)}:
        return True
    return path.exists() and not path.is_file() and not path.is_dir()


def check_writable(path: str | Path) -> None:
    """Refuse a path that a result cannot be written to, before any work is done.

    Raises:
        UsageError: If the path is a directory, or its directory is missing or not writable.
    """
    if str(path) == STDOUT:
        return
    target = Path(path)
    if not target.name or target.is_dir():
        raise UsageError(
            f"cannot write {str(path)!r}: it is a directory", "Name a file inside of it."
        )
    if _is_special(target):
        if not os.access(target, os.W_OK):
            raise UsageError(f"cannot write {str(path)!r}: no permission", "Choose another file.")
        return
    target = target.resolve()
    folder = target.parent
    if not folder.is_dir():
        raise UsageError(
            f"cannot write {str(path)!r}: there is no directory {str(folder)!r}",
            "Create the directory first, or choose another file.",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(
            f"cannot write {str(path)!r}: the directory {str(folder)!r} is not writable",
            "Choose a file in a directory that you may write to.",
        )


@contextmanager
def writing_stdout() -> Iterator[None]:
    """Tell a failure to write standard output, which happens inside, as what it is.

    Raises:
        WorkError: If writing fails.
        BrokenPipeError: If whoever reads it has gone.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WorkError(
            f"cannot write to standard output: {error.strerror or error}",
            "Free some space or choose another place.",
        ) from error


def write_atomically(path: str | Path, data: str | bytes | Iterable[str]) -> None:
    """Write `data` to `path`, whole or not at all.

    Args:
        path: A file, a device or named pipe, or "-" for standard output.
        data: The text, whole or in pieces, written as UTF-8; or bytes.

    Raises:
        UsageError: If the path cannot be written to, as `check_writable` tells.
        WorkError: If writing fails; nothing is left behind then.
        BrokenPipeError: If whoever reads standard output or a named pipe has gone.
    """
    # Names of files may hold bytes that are not UTF-8; they go out as they came in.
    pieces = [data] if isinstance(data, str | bytes) else data
    content = (
        piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        for piece in pieces
    )
    if str(path) == STDOUT:
        with writing_stdout():
            sys.stdout.flush()
            sys.stdout.buffer.writelines(content)
            sys.stdout.buffer.flush()
        return
    check_writable(path)
    target = Path(path)
    try:
        if _is_special(target):
            with target.open("wb") as device:
                device.writelines(content)
        else:
            _replace(target.resolve(), content)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WorkError(
            f"cannot write {str(path)!r}: {error.strerror or error}",
            "Free some space or choose another place; nothing was left behind.",
        ) from error


def _replace(target: Path, content: Iterable[bytes]) -> None:
    temporary = target.parent / f".vmafx-{os.urandom(8).hex()}.part"
    try:
        with temporary.open("xb") as file:
            file.writelines(content)
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
