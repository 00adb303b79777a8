"""Memory that daemon and worker share: pairs of pictures, each in a slot of its own."""

import mmap
import os
import tempfile
from typing import Any

from vmafx_core.errors import UsageError
from vmafx_daemon.pairs import pixel_format
from vmafx_rpc.messages import scoring

_MOST_BYTES = 96 << 20
_MOST_SLOTS = 16
_MOST_SIDE = 16384
# Samples of all planes, in quarters of the luma's.
_QUARTERS = {"yuv420p": 6, "yuv422p": 8, "yuv444p": 12, "gray": 4}


class SharedFrames:
    """A few slots for pairs of pictures of one form.

    Args:
        frame_bytes: Bytes of one picture.

    Attributes:
        frame_bytes: Bytes of one picture.
        slots: How many pairs there is room for.
        path: Where a process of this user can open it.
    """

    def __init__(self, frame_bytes: int) -> None:
        self.frame_bytes = frame_bytes
        self.slots = max(2, min(_MOST_SLOTS, _MOST_BYTES // (2 * frame_bytes)))
        size = self.slots * 2 * frame_bytes
        self._file: Any
        if hasattr(os, "memfd_create"):
            # It has no name, so that nothing of it is left whatever happens.
            self._file = os.fdopen(os.memfd_create("vmafx-frames"), "r+b")
            self.path = f"/proc/{os.getpid()}/fd/{self._file.fileno()}"
        else:
            self._file = tempfile.NamedTemporaryFile(prefix="vmafx-frames-")  # noqa: SIM115
            self.path = self._file.name
        self._file.truncate(size)
        self._view = memoryview(mmap.mmap(self._file.fileno(), size))

    @classmethod
    def of(cls, config: scoring.StreamConfig) -> "SharedFrames":
        """Memory for the pictures of a stream.

        Raises:
            UsageError: There can be no such pictures.
        """
        for name in ("width", "height"):
            value = getattr(config, name)
            if not 1 <= value <= _MOST_SIDE:
                raise UsageError(f"{name} is {value}", f"It goes from 1 to {_MOST_SIDE}.")
        name = pixel_format(config.pixel_format, config.options.bitdepth)
        plain = next(kind for kind in _QUARTERS if name.startswith(kind))
        width, height = config.width, config.height
        if plain == "gray":
            samples = width * height
        else:
            wide = width if plain == "yuv444p" else -(-width // 2)
            high = -(-height // 2) if plain == "yuv420p" else height
            samples = width * height + 2 * wide * high
        return cls(samples if name == plain else 2 * samples)

    def fill(self, slot: int, reference: bytes | memoryview, distorted: bytes | memoryview) -> None:
        """Put a pair into a slot.

        Raises:
            UsageError: A picture is longer or shorter than it must be.
        """
        at = slot * 2 * self.frame_bytes
        for name, picture in (("raw_reference", reference), ("raw_distorted", distorted)):
            if len(picture) != self.frame_bytes:
                raise UsageError(
                    f"{name} has {len(picture)} bytes, not {self.frame_bytes}",
                    "Send the planes Y, U, V one after the other, tightly packed.",
                )
            self._view[at : at + self.frame_bytes] = picture
            at += self.frame_bytes

    def close(self) -> None:
        """Give the memory back; the worker's part lives as long as the worker wants it."""
        self._file.close()
