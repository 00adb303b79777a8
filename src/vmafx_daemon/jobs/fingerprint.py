"""What a job is to do and on which content, in one short value: equal jobs have equal results."""

import asyncio
import hashlib
import os
import stat
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path

from vmafx_core.libvmaf.library import candidates
from vmafx_rpc import messages

_PIECE = 64 << 10
_PIECES = 8
# Files that lead to others, whose content is not in them.
_LISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD")


class Fingerprints:
    """Takes fingerprints beside everything else: reading may hang where a disk is far away.

    Args:
        threads: How many at once.
        seconds: How long one may take; what takes longer has none.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        self._readers = ThreadPoolExecutor(threads, thread_name_prefix="vmafx-fingerprint")
        self._seconds = seconds

    async def of(self, spec: messages.controller.JobSpec) -> bytes | None:
        """The fingerprint of a job, or None."""
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._readers, fingerprint, spec)
        try:
            return await asyncio.wait_for(reading, self._seconds)
        except TimeoutError:
            return None

    def close(self) -> None:
        """Take no more; what hangs is left to itself."""
        self._readers.shutdown(wait=False, cancel_futures=True)


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
    size = found.st_size
    told = f"{size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_dev} {found.st_ino}"
    hashed = hashlib.sha256(told.encode())
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
