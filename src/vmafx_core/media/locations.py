"""Where a video can be: a file, a sequence of pictures, a URL, a pipe."""

import difflib
import os
import re
from pathlib import Path
from typing import BinaryIO

from vmafx_core.errors import InputError
from vmafx_core.media.pipe import InOrder, Pipe

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_USER = re.compile(r"^([^/?#]+://)[^/?#]*@")
_NUMBERED = re.compile(r"%0?\d*d")
# Enough for every format's signature and for the sizes that Matroska declares at its beginning.
_HEAD_BYTES = 4096


def is_url(location: str) -> bool:
    """Whether `location` is for one of FFmpeg's protocols, such as https://."""
    return _URL.match(location) is not None


def is_sequence(location: str) -> bool:
    """Whether `location` stands for numbered pictures, such as frame%04d.png."""
    return _NUMBERED.search(location) is not None and not Path(location).exists()


def is_pipe(location: str) -> bool:
    """Whether `location` is standard input or a named pipe, and so readable only once."""
    return location == "-" or (not is_url(location) and Path(location).is_fifo())


def name_of(location: str) -> str:
    """What to call `location` in a message."""
    return "standard input" if location == "-" else masked(location)


def masked(location: str) -> str:
    """`location` without the secrets that a URL can hold: who asks, and with which key."""
    if not is_url(location):
        return location
    named = _USER.sub(r"\1***@", location, count=1)
    address, query, _ = named.partition("?")
    return f"{address}?***" if query else address


def open_pipe(location: str) -> tuple[Pipe, bytes]:
    """Open a pipe; returns it with its first bytes, which are still to be read.

    Raises:
        InputError: Nothing comes through it.
    """
    name = name_of(location)
    try:
        own = location != "-"
        pipe = Pipe(os.open(location, os.O_RDONLY) if own else 0, name, closes=own)
        return pipe, first_bytes(pipe, location)
    except OSError as exc:
        raise InputError(f"{name}: cannot be read: {exc.strerror}") from exc
    except InputError:
        pipe.close()
        raise


def first_bytes(pipe: InOrder, location: str) -> bytes:
    """The first bytes of what can only be read in order; they are still to be read.

    Raises:
        InputError: Nothing comes.
    """
    if head := pipe.peek(_HEAD_BYTES):
        return head
    raise InputError(
        f"{name_of(location)}: nothing came through the pipe",
        "Check that the program before it writes a video to its output.",
    )


def file_head(location: str, *, near: bool = True) -> bytes:
    """The first bytes of a file, after the checks whose failure FFmpeg would not explain.

    Args:
        location: The file.
        near: Whether to look for a file of a similar name where it is missing.

    Raises:
        InputError: It is missing, a directory, empty or unreadable.
    """
    if not location:
        raise InputError("a video without a name", "Name a file or a URL; - is a pipe.")
    path = Path(location)
    if path.is_dir():
        raise InputError(f"{location}: is a directory", "Name a video file in it.")
    try:
        with path.open("rb") as file:
            return content_head(file, location)
    except FileNotFoundError:
        hint = _near(path) if near else "Check the path."
        raise InputError(f"{location}: no such file", hint) from None
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else exc
        raise InputError(f"{location}: cannot be read: {reason}") from exc


def content_head(file: BinaryIO, location: str) -> bytes:
    """The first bytes of an open file.

    Raises:
        InputError: There are none.
    """
    if head := file.read(_HEAD_BYTES):
        return head
    raise InputError(f"{location}: the file is empty", "Check the program that wrote it.")


def _near(path: Path) -> str:
    try:
        names = [p.name for p in path.parent.iterdir()]
    except OSError:
        return f"There is no directory {str(path.parent)!r} that can be read."
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {str(path.with_name(near[0]))!r}?" if near else "Check the path."
