"""Reading the log of a daemon in the background."""

import json
import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from vmafx_core.errors import InputError
from vmafx_daemon.operations.logs import LOG_FILE, as_text

_PAUSE = 0.2


def last(state: Path, lines: int) -> list[str]:
    """The last lines of the log.

    Args:
        state: The state folder.
        lines: How many.

    Raises:
        InputError: There is no log, or it cannot be read.
    """
    with _opened(state) as file:
        return list(_last(file, lines))


def followed(state: Path, lines: int) -> Iterator[str]:
    """The last lines of the log, and those that are added, for ever.

    Args:
        state: The state folder.
        lines: How many of those that are there.

    Raises:
        InputError: There is no log, or it cannot be read.
    """
    file = _opened(state)
    try:
        yield from _last(file, lines)
        part = ""
        while True:
            for piece in file:
                part += piece
                if part.endswith("\n"):
                    yield part.rstrip("\n")
                    part = ""
            if _is_old(file, state):
                file.close()
                file = _opened(state)
            else:
                time.sleep(_PAUSE)
    finally:
        file.close()


def shown(line: str) -> str:
    """A line for people; one that is no JSON, as it is."""
    try:
        event = json.loads(line)
    except ValueError:
        return line
    return as_text(event) if isinstance(event, dict) else line


def _opened(state: Path) -> TextIO:
    try:
        return (state / LOG_FILE).open(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise InputError(
            f"there is no log in the state folder {state}",
            "A daemon in the foreground logs to its standard error.",
        ) from None
    except OSError as error:
        raise InputError(f"{state / LOG_FILE}: cannot be read: {error.strerror}") from error


def _last(file: TextIO, lines: int) -> Iterator[str]:
    return (line.rstrip("\n") for line in deque(file, maxlen=lines))


def _is_old(file: TextIO, state: Path) -> bool:
    """Whether the log was begun anew, in another file."""
    try:
        return not os.path.samestat(os.fstat(file.fileno()), (state / LOG_FILE).stat())
    except FileNotFoundError:  # it is just being renamed
        return False
