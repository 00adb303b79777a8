"""What a job is to do and on which content, in one short value: equal jobs have equal results."""

import hashlib
import os
import stat
import time
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from vmafx_core.libvmaf.library import candidates
from vmafx_rpc import messages

_PIECE = 64 << 10
_PIECES = 8
# Files whose content is not read again as long as their times say that it is the same; and how
# many nanoseconds a file may be changed for without its times saying so.
_MOST_KNOWN = 4096
_TICK = 2_000_000_000
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
    return repr(
        (version("vmafx"), version("av"), library, found.st_size, found.st_mtime_ns)
    ).encode()


def _models(task: messages.task.ScoreTask) -> Iterable[bytes]:
    for model in task.models:
        if model.path:
            _plain(model.path)
            with Path(model.path).open("rb") as file:
                yield hashlib.file_digest(file, "sha256").digest()


def _content(location: str) -> bytes:
    """What tells a file's content.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no plain file, or leads to others.
    """
    found = _plain(location)
    told = found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_dev, found.st_ino
    at_rest = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > _TICK
    hashed = _pieces if at_rest else _pieces.__wrapped__
    return hashed(location, *told)


@lru_cache(_MOST_KNOWN)
def _pieces(location: str, size: int, *told: int) -> bytes:
    """What tells a file, and a hash over it and over pieces of the file."""
    hashed = hashlib.sha256(repr((size, *told)).encode())
    step = max(_PIECE, size // _PIECES)
    with Path(location).open("rb", buffering=0) as file:
        for offset in (*range(0, size, step), max(0, size - _PIECE)):
            file.seek(offset)
            piece = file.read(_PIECE)
            if offset == 0 and piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_LISTS):
                raise ValueError(location)
            hashed.update(piece)
    return hashed.digest()


def _plain(location: str) -> os.stat_result:
    found = Path(location).stat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(location)
    return found
