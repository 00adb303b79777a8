"""How pairs of pictures get to a daemon: in messages, or through memory that it shares.

A picture in a message is copied five times on its way, by both programs, gRPC and the kernel, which
takes as long as some models do. On one machine it is copied once, into memory of the daemon.
"""

import mmap
import os
import queue
import re
import threading
from collections.abc import Buffer
from pathlib import Path
from typing import Self

from vmafx_rpc.frame_pairs import FramePair, packed, write_pair
from vmafx_rpc.messages import scoring

# A daemon answers at once whether it shares memory; other servers may know nothing of that.
_ANSWER_SECONDS = 2.0
_PATH = re.compile(r"/proc/\d+/fd/\d+")
_NAME = re.compile(r"vmafx-frames-[0-9a-f]{32}")


class Handover:
    """Hands pairs over; the first one decides for all of them how.

    One thread hands over while another takes what is answered.

    Args:
        near: Whether the daemon is on this machine.

    Attributes:
        asks: Whether the daemon is to be asked for memory.
    """

    def __init__(self, *, near: bool) -> None:
        self.asks = near and hasattr(os, "memfd_create")
        self._offered: SharedSlots | None = None
        self._answered = threading.Event()
        self._free: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._slots: SharedSlots | None = None

    def take(self, response: scoring.ScoreStreamResponse) -> bool:
        """Take an answer; returns whether it was for this."""
        match response.WhichOneof("message"):
            case "memory":
                if self.asks and not self._answered.is_set():
                    self._offered = SharedSlots.opened(response.memory)
                    for slot in range(self._offered.slots if self._offered else 0):
                        self._free.put(slot)
                    self._answered.set()
            case "free_slot":
                if self._offered and 0 <= response.free_slot.slot < self._offered.slots:
                    self._free.put(response.free_slot.slot)
            case _:
                return False
        return True

    def request(
        self, index: int, reference: Buffer, distorted: Buffer
    ) -> scoring.ScoreStreamRequest | bytes | None:
        """Hand over the next pair, when there is room for it.

        Returns:
            What to tell the daemon; None after the end.

        Raises:
            TypeError: A picture is not in memory.
        """
        if index == 0 and self.asks:
            self._answered.wait(_ANSWER_SECONDS)
            self._slots = self._offered
        pair = FramePair(index, packed(reference), packed(distorted))
        if self._slots is None or not self._slots.fit(pair):
            return write_pair(pair)  # of one that does not fit the daemon says what is wrong
        slot = self._free.get()
        if slot is None:
            return None
        self._slots.fill(slot, pair)
        told = scoring.FramePair(frame_index=index, slot=slot)
        return scoring.ScoreStreamRequest(frame_pair=told)

    def end(self) -> None:
        """Let go whoever waits to hand over."""
        self._answered.set()
        self._free.put(None)


class SharedSlots:
    """Memory of a daemon: slots for pairs of pictures, one after the other.

    Args:
        memory: All of it.
        slots: How many there are.
        frame_bytes: Bytes of one picture.
    """

    def __init__(self, memory: mmap.mmap, slots: int, frame_bytes: int) -> None:
        self.slots = slots
        self._memory = memory
        self._frame_bytes = frame_bytes

    @classmethod
    def opened(cls, offer: scoring.SharedMemory) -> Self | None:
        """What a daemon offers; None where it is not to be had, or is not what it says."""
        size = offer.slots * 2 * offer.frame_bytes
        if offer.slots < 1 or offer.frame_bytes < 1:
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

    def fit(self, pair: FramePair) -> bool:
        """Whether both pictures of a pair are as long as they must be."""
        sizes = {memoryview(pair.raw_reference).nbytes, memoryview(pair.raw_distorted).nbytes}
        return sizes == {self._frame_bytes}

    def fill(self, slot: int, pair: FramePair) -> None:
        """Put a pair into a slot."""
        at = slot * 2 * self._frame_bytes
        for picture in (pair.raw_reference, pair.raw_distorted):
            self._memory[at : at + self._frame_bytes] = picture
            at += self._frame_bytes


def _is_named(path: str, name: str) -> bool:
    """Whether a descriptor is of memory with that name."""
    try:
        return str(Path(path).readlink()) == f"/memfd:{name} (deleted)"
    except OSError:
        return False


def _keeps_its_size(descriptor: int) -> bool:
    """Whether nobody can make it shorter, which would end whoever writes there."""
    import fcntl  # noqa: PLC0415 - not there on all systems

    return bool(fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & fcntl.F_SEAL_SHRINK)
