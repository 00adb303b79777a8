"""How pairs of pictures get to a daemon: in messages, or through memory that it shares.

A picture in a message is copied five times on its way, by both programs, gRPC and the kernel, which
takes as long as some models do. On one machine it is copied once, into memory of the daemon.
"""

import os
import queue
import threading
import time
from collections.abc import Buffer, Iterable, Iterator

from vmafx_rpc.frame_pairs import FramePair, packed, write_pair
from vmafx_rpc.messages import scoring
from vmafx_rpc.shared_slots import SharedSlots

Pairs = Iterable[tuple[Buffer, Buffer]]
Request = scoring.ScoreStreamRequest | bytes

# A daemon answers at once whether it shares memory; other servers may know nothing of that.
_ANSWER_SECONDS = 2.0
# A message takes as long as several copies of a pair, so that one tells of more than one pair where
# they come fast. None waits for others longer than this.
_GATHERING_SECONDS = 0.005


class Handover:
    """Hands pairs over, all in one way.

    One thread asks for what is to be sent while another takes what is answered.

    Args:
        near: Whether the daemon is on this machine.

    Attributes:
        asks: Whether the daemon is to be asked for memory.
    """

    def __init__(self, *, near: bool) -> None:
        self.asks = near and hasattr(os, "memfd_create")
        self._offered: SharedSlots | None = None
        self._answered = threading.Event()
        # Slots to fill, and what has come of the pairs: a slot, or what is last; None ends either.
        self._free: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._filled: queue.SimpleQueue[int | bytes | BaseException | None] = queue.SimpleQueue()

    def take(self, response: scoring.ScoreStreamResponse) -> bool:
        """Take an answer; returns whether it was for this."""
        match response.WhichOneof("message"):
            case "memory":
                if self.asks and not self._answered.is_set():
                    self._offered = SharedSlots.opened(response.memory)
                    for slot in range(self._offered.slots if self._offered else 0):
                        self._free.put(slot)
                    self._answered.set()
            case "free_slots":
                for slot in response.free_slots.slots:
                    if self._offered and 0 <= slot < self._offered.slots:
                        self._free.put(slot)
            case _:
                return False
        return True

    def requests(self, pairs: Pairs) -> Iterator[Request]:
        """Hand pairs over; each as soon as there is room for it.

        Yields:
            What to tell the daemon.

        Raises:
            TypeError: A picture is not in memory.
            BaseException: What the pairs raise.
        """
        if self.asks:
            self._answered.wait(_ANSWER_SECONDS)
            self._answered.set()  # what is offered later is too late
        if self._offered:
            yield from self._in_slots(self._offered, pairs)
        else:
            for index, (reference, distorted) in enumerate(pairs):
                yield write_pair(FramePair(index, reference, distorted))

    def end(self) -> None:
        """Let go whoever waits to hand over."""
        self._answered.set()
        self._free.put(None)
        self._filled.put(None)

    def _in_slots(self, slots: SharedSlots, pairs: Pairs) -> Iterator[Request]:
        """Hand pairs over in slots, while a thread of its own fills them."""
        filling = threading.Thread(
            target=self._fill, args=(slots, pairs), name="vmafx-pairs", daemon=True
        )
        filling.start()
        first = 0
        while True:
            run, last = self._gather(max(1, slots.slots // 2))
            if run:
                filled = scoring.FilledSlots(first_index=first, slots=run)
                yield scoring.ScoreStreamRequest(filled=filled)
                first += len(run)
            if isinstance(last, BaseException):
                raise last
            if isinstance(last, bytes):
                yield last
            if not isinstance(last, int):
                return

    def _gather(self, most: int) -> tuple[list[int], int | bytes | BaseException | None]:
        """Slots that were filled, at most so many, and the last of what has come."""
        run: list[int] = []
        until = None
        while True:
            wait = None if until is None else max(0.0, until - time.monotonic())
            try:
                last = self._filled.get(timeout=wait)
            except queue.Empty:
                return run, run[-1]
            if not isinstance(last, int):
                return run, last
            run.append(last)
            if len(run) == most:
                return run, last
            until = until or time.monotonic() + _GATHERING_SECONDS

    def _fill(self, slots: SharedSlots, pairs: Pairs) -> None:
        """Fill slots with pairs, until the end of either."""
        try:
            for index, pair in enumerate(pairs):
                reference, distorted = map(packed, pair)
                if not slots.fit(reference, distorted):
                    # The daemon says what is wrong with it.
                    self._filled.put(write_pair(FramePair(index, reference, distorted)))
                    return
                slot = self._free.get()
                if slot is None:
                    return
                slots.fill(slot, reference, distorted)
                self._filled.put(slot)
            self._filled.put(None)
        except BaseException as failure:  # noqa: BLE001 - raised where somebody hears of it
            self._filled.put(failure)
