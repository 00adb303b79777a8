"""How pairs of pictures get to a daemon: in messages, or through memory that it shares.

A picture in a message is copied five times on its way, by both programs, gRPC and the kernel. On
one machine it is copied once, into memory of the daemon. At 1080p that takes 1.6 ms of CPU time a
pair and not 8.3, where PSNR takes 3 and VMAF 40 or more: by PSNR alone, 2.3 times as many pairs are
scored in a second, at 2160p three times as many, in half the CPU time or less; by VMAF on two CPUs,
a tenth more.
"""

import os
import queue
import threading
import time
from collections.abc import Buffer, Callable, Iterable, Iterator
from functools import partial
from itertools import count
from typing import Any

from vmafx_rpc.frame_pairs import FramePair, check_sizes, packed, write_pair
from vmafx_rpc.messages import scoring
from vmafx_rpc.shared_slots import SharedSlots

Pairs = Iterable[tuple[Buffer, Buffer]]
Request = scoring.ScoreStreamRequest | bytes

# A daemon answers at once whether it shares memory; other servers may know nothing of that.
_ANSWER_SECONDS = 2.0
# A message takes as long as several copies of a pair, so that one tells of more than one pair where
# they come fast. None waits for others longer than this.
_GATHERING_SECONDS = 0.005
_END = object()


class Handover:
    """Hands pairs over, all in one way.

    One thread asks for what is to be sent while another takes what is answered; where memory is
    shared, a third puts pairs there.

    Args:
        near: Whether the daemon is on this machine.
        failures: Takes why there are no more pairs, where something went wrong.

    Attributes:
        asks: Whether the daemon is to be asked for memory.
    """

    def __init__(self, *, near: bool, failures: list[BaseException]) -> None:
        self.asks = near and hasattr(os, "memfd_create")
        self._failures = failures
        self._offered: SharedSlots | None = None
        self._answered = threading.Event()
        self._failed = self._ended = False
        # Slots to fill, and those that were; None in either is the end.
        self._free: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._filled: queue.SimpleQueue[int | None] = queue.SimpleQueue()

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
            RuntimeError: Something went wrong, with the pairs or a picture; `failures` has it.
        """
        if self.asks:
            self._answered.wait(_ANSWER_SECONDS)
            self._answered.set()  # what is offered later is too late
        slots = self._offered
        yield from self._in_slots(slots, pairs) if slots else self._in_messages(pairs)
        if self._failed:
            raise RuntimeError("there are no more pairs")

    def end(self) -> None:
        """Let go whoever waits to hand over; no more pairs are asked for."""
        self._ended = True
        self._answered.set()
        self._free.put(None)
        self._filled.put(None)

    def _in_messages(self, pairs: Pairs) -> Iterator[bytes]:
        written = self._written(pairs)
        while request := self._attempt(partial(next, written, None)):
            yield request

    def _written(self, pairs: Pairs) -> Iterator[bytes]:
        # No pair is held on to while the next is made, which may be in the same memory.
        remaining = iter(pairs)
        for index in count():
            request = None if self._ended else _message(index, next(remaining, _END))
            if request is None:
                return
            yield request

    def _in_slots(self, slots: SharedSlots, pairs: Pairs) -> Iterator[scoring.ScoreStreamRequest]:
        filling = threading.Thread(
            target=self._fill, args=(slots, pairs), name="vmafx-pairs", daemon=True
        )
        filling.start()
        first = 0
        while run := self._gathered(max(1, slots.slots // 2)):
            filled = scoring.FilledSlots(first_index=first, slots=run)
            yield scoring.ScoreStreamRequest(filled=filled)
            first += len(run)

    def _gathered(self, most: int) -> list[int]:
        """The next slots that were filled; none at the end."""
        run: list[int] = []
        until = None
        while len(run) < most:
            wait = None if until is None else max(0.0, until - time.monotonic())
            try:
                slot = self._filled.get(timeout=wait)
            except queue.Empty:
                break
            if slot is None:
                self._filled.put(None)  # for who asks after the end, too
                break
            run.append(slot)
            until = until or time.monotonic() + _GATHERING_SECONDS
        return run

    def _fill(self, slots: SharedSlots, pairs: Pairs) -> None:
        """Fill slots with pairs, until the end of either."""
        self._attempt(partial(self._fill_all, slots, pairs))
        slots.close()
        self._filled.put(None)

    def _fill_all(self, slots: SharedSlots, pairs: Pairs) -> None:
        # As above.
        remaining = iter(pairs)
        while not self._ended and self._put(slots, next(remaining, _END)):
            pass

    def _put(self, slots: SharedSlots, pair: Any) -> bool:
        """Put a pair into a free slot; returns whether there may be another."""
        if pair is _END or self._ended:
            return False
        reference, distorted = map(packed, pair)
        check_sizes(reference, distorted, slots.frame_bytes)
        slot = self._free.get()
        if slot is None or self._ended:
            return False
        slots.fill(slot, reference, distorted)
        self._filled.put(slot)
        return True

    def _attempt[T](self, make: Callable[[], T]) -> T | None:
        """What is made; None where that fails, which is noted."""
        try:
            return make()
        except BaseException as failure:  # noqa: BLE001 - raised where somebody hears of it
            self._failed = True
            self._failures.append(failure)
            return None


def _message(index: int, pair: Any) -> bytes | None:
    """What sends a pair in a message; None at the end."""
    if pair is _END:
        return None
    reference, distorted = pair
    return write_pair(FramePair(index, reference, distorted))
