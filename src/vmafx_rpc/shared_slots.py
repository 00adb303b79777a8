"""Memory of a daemon that a client of the same machine puts pairs of pictures into."""

import mmap
import os
import re
from collections.abc import Buffer
from pathlib import Path
from typing import Self

from vmafx_rpc.messages import scoring

_PATH = re.compile(r"/proc/\d+/fd/\d+")
_NAME = re.compile(r"vmafx-frames-[0-9a-f]{32}")
# More than a daemon has.
_MOST_SLOTS = 1024


class SharedSlots:
    """Slots for pairs of pictures, one after the other.

    Args:
        memory: All of it.
        slots: How many there are.
        frame_bytes: Bytes of one picture.

    Attributes:
        slots: How many there are.
        frame_bytes: Bytes of one picture.
    """

    def __init__(self, memory: mmap.mmap, slots: int, frame_bytes: int) -> None:
        self.slots = slots
        self._memory = memory
        self.frame_bytes = frame_bytes

    @classmethod
    def opened(cls, offer: scoring.SharedMemory) -> Self | None:
        """What a daemon offers; None where it is not to be had, or is not what it says."""
        size = offer.slots * 2 * offer.frame_bytes
        if not 1 <= offer.slots <= _MOST_SLOTS or offer.frame_bytes < 1:
            return None
        # Of a daemon in a container, or behind a tunnel, it is something else that is there; and
        # not every server is a daemon.
        named = _PATH.fullmatch(offer.path) and _NAME.fullmatch(offer.name)
        if not named or not _is_named(offer.path, offer.name):
            return None
        try:
            with open(offer.path, "r+b", buffering=0) as file:  # noqa: PTH123 - a descriptor
                at = file.fileno()
                whole = os.fstat(at).st_size == size and _keeps_its_size(at)
                if not whole or not _is_named(f"/proc/self/fd/{at}", offer.name):
                    return None
                return cls(mmap.mmap(at, size), offer.slots, offer.frame_bytes)
        except OSError:
            return None

    def fill(self, slot: int, reference: Buffer, distorted: Buffer) -> None:
        """Put a pair into a slot; each picture has as many bytes as there is room for."""
        at = slot * 2 * self.frame_bytes
        for picture in (reference, distorted):
            self._memory[at : at + self.frame_bytes] = picture
            at += self.frame_bytes

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


def _is_named(path: str, name: str) -> bool:
    """Whether a descriptor is of memory with that name."""
    try:
        return str(Path(path).readlink()) == f"/memfd:{name} (deleted)"
    except OSError:
        return False


def _keeps_its_size(descriptor: int) -> bool:
    """Whether nobody can make it shorter, which would end whoever writes there."""
    import fcntl  # not there on all systems

    return bool(fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & fcntl.F_SEAL_SHRINK)
