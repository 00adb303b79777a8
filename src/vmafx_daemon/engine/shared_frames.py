"""Memory that daemon and worker share: pairs of pictures, each in a slot of its own.

A client of the same machine and user may share it as well.
"""

import fcntl
import mmap
import os
import secrets
import tempfile
from typing import Any

from vmafx_core.errors import UsageError
from vmafx_daemon.errors import TooLargeError
from vmafx_daemon.scoring.pairs import pixel_format
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc.messages import scoring

# Few enough that what one process has written is near when the other reads it, and enough that one
# message may tell of a few.
_MOST_BYTES = 40 << 20
_MOST_SLOTS = 16
_MOST_SIDE = 16384
# Of a message with a pair, what there is besides the pictures.
_MESSAGE_BYTES = 64
# How the chroma of a picture is sampled: by how much it is narrower and lower than the luma.
_SAMPLINGS = {"yuv420p": (2, 2), "yuv422p": (2, 1), "yuv444p": (1, 1)}


def frame_bytes(config: scoring.StreamConfig, limits: LimitSettings) -> int:
    """Bytes of one picture of a stream.

    Raises:
        UsageError: There can be no such pictures.
        TooLargeError: They are larger than what is taken here.
    """
    name = pixel_format(config.pixel_format, config.options.bitdepth)
    width, height = config.width, config.height
    if min(width, height) < 1 or max(width, height) > _MOST_SIDE:
        raise UsageError(
            f"width and height are {width}x{height}", f"Each goes from 1 to {_MOST_SIDE}."
        )
    if width * height > limits.frame_pixels:
        raise TooLargeError(
            f"width and height are {width}x{height}",
            f"A picture has at most {limits.frame_pixels} samples here.",
        )
    samples = width * height
    for start, (narrower, lower) in _SAMPLINGS.items():
        if name.startswith(start):
            samples += 2 * -(-width // narrower) * -(-height // lower)
    size = samples * (2 if name.endswith("le") else 1)
    if 2 * size + _MESSAGE_BYTES > limits.message_bytes:
        raise TooLargeError(
            f"a pair of {width}x{height} {name} takes {2 * size >> 20} MiB",
            f"A message has at most {limits.message_bytes >> 20} MiB here.",
        )
    return size


class SharedFrames:
    """A few slots for pairs of pictures of one form.

    Args:
        size: Bytes of one picture.

    Attributes:
        slots: How many pairs there is room for.
        path: Where a process of this user can open it.
        name: By which whoever opens it knows it; empty where it is only for workers.
    """

    def __init__(self, size: int) -> None:
        self.slots = max(2, min(_MOST_SLOTS, _MOST_BYTES // (2 * size)))
        self._size = size
        total = self.slots * 2 * size
        self._file: Any
        if hasattr(os, "memfd_create"):
            # It is in no folder, so that nothing of it is left whatever happens.
            self.name = f"vmafx-frames-{secrets.token_hex(16)}"
            flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
            self._file = os.fdopen(os.memfd_create(self.name, flags), "r+b")
            self.path = f"/proc/{os.getpid()}/fd/{self._file.fileno()}"
            self._file.truncate(total)
            # A client that made it shorter would have the worker crash.
            seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
            fcntl.fcntl(self._file, fcntl.F_ADD_SEALS, seals)
        else:
            self.name = ""
            self._file = tempfile.NamedTemporaryFile(prefix="vmafx-frames-")  # noqa: SIM115
            self.path = self._file.name
            self._file.truncate(total)
        self._map: mmap.mmap | None = None

    @property
    def offer(self) -> scoring.SharedMemory:
        """What a client is told of it; nothing where it is only for workers."""
        if not self.name:
            return scoring.SharedMemory()
        return scoring.SharedMemory(
            path=self.path, name=self.name, slots=self.slots, frame_bytes=self._size
        )

    def fill(self, slot: int, reference: bytes | memoryview, distorted: bytes | memoryview) -> None:
        """Put a pair into a slot; each picture has as many bytes as there is room for."""
        memory = self._map = self._map or mmap.mmap(self._file.fileno(), 0)
        at = slot * 2 * self._size
        for picture in (reference, distorted):
            memory[at : at + self._size] = picture
            at += self._size

    def close(self) -> None:
        """Give the memory back; the worker's part lives as long as the worker wants it."""
        if self._map:
            self._map.close()
        self._file.close()
