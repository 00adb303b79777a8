"""What a job is to do and on which content, in one short value: equal jobs have equal results."""

import hashlib
import os
import stat
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from vmafx_core import __version__
from vmafx_core.libvmaf.library import candidates
from vmafx_rpc import messages

_PIECE = 64 << 10
_PIECES = 8
# Not to wait at what has become a pipe; and, on Windows, to read bytes as they are.
_HOW = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# Files that lead to others, whose content is not in them.
_LISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD")


def fingerprint(spec: messages.controller.JobSpec) -> bytes | None:
    """The fingerprint of a job; takes as long as reading a few pieces of its files.

    Two jobs with the same one have the same settings, name the same files with the same content,
    and are done by the same versions. A file's content is told by its size, times, number and a
    hash over pieces of it.

    Returns:
        The fingerprint; None for what has none: probes, which have a cache of their own, neural
        models, which can be installed anew, and inputs that are no plain files.
    """
    if not spec.HasField("score") or spec.score.neural:
        return None
    task = spec.score
    files = [each.location for each in (task.reference, *task.distorted)]
    hashed = hashlib.sha256(spec.SerializeToString(deterministic=True))
    try:
        for part in (_program(), *map(_content, files), *_models(task)):
            hashed.update(len(part).to_bytes(8))
            hashed.update(part)
    except (OSError, ValueError):
        return None
    return hashed.digest()


@cache
def _program() -> bytes:
    """What does the work; the same for as long as this process runs."""
    library = next((each.path for each in candidates() if each.path), "")
    found = Path(library).stat()
    return repr((__version__, version("av"), library, found.st_size, found.st_mtime_ns)).encode()


def _models(task: messages.task.ScoreTask) -> Iterable[bytes]:
    for model in task.models:
        if model.path:
            _check_plain(Path(model.path).stat(), model.path)
            with Path(model.path).open("rb") as file:
                yield hashlib.file_digest(file, "sha256").digest()


def _content(location: str) -> bytes:
    """What tells a file's content.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no plain file, or leads to others.
    """
    _check_plain(Path(location).stat(), location)  # opening a pipe would tell its other end
    file = os.open(location, os.O_RDONLY | _HOW)
    try:
        found = os.fstat(file)
        _check_plain(found, location)
        size = found.st_size
        told = f"{size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_dev} {found.st_ino}"
        hashed = hashlib.sha256(told.encode())
        for offset, length in _pieces(size):
            if offset:
                os.lseek(file, offset, os.SEEK_SET)
            piece = os.read(file, length)
            if offset == 0 and piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_LISTS):
                raise ValueError(location)
            hashed.update(piece)
    finally:
        os.close(file)
    return hashed.digest()


def _pieces(size: int) -> Iterable[tuple[int, int]]:
    """Where the pieces of a file lie that are read, and how long they are."""
    if size <= _PIECES * _PIECE:
        return [(0, size)]
    step = size // _PIECES
    return [(offset, _PIECE) for offset in (*range(0, size, step), size - _PIECE)]


def _check_plain(found: os.stat_result, location: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(location)
