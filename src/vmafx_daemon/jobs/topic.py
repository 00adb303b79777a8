"""What is known of one job, for those who watch it."""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence

from vmafx_rpc import messages

JobEvent = messages.controller.JobEvent
JobProgress = messages.controller.JobProgress

# Scores of about two hours with all features of a model; the result has them all in the end.
_MOST_BYTES = 32 << 20


class Bell:
    """Wakes everybody who waits for news."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    def next(self) -> asyncio.Event:
        """What will be set at the next news; to be asked for before looking for old ones."""
        return self._rung


class Topic:
    """The latest state of a job, and what it has told since.

    Watchers ask for what comes behind the last event that they have; a slow one misses scores that
    had to go, and progress that is past.

    Attributes:
        bell: Rings at everything new.
        progress: The latest progress of a running job.
        watchers: How many watch it.
        running: Whether the job runs.
    """

    def __init__(self) -> None:
        self.bell = Bell()
        self.progress: JobProgress | None = None
        self.watchers = 0
        self.running = False
        self._events: list[JobEvent] = []
        self._sizes: list[int] = []
        self._bytes = 0

    def begin(self, event: JobEvent, *, running: bool) -> None:
        """Note a new state, which makes all that was told before it old."""
        self._events, self._sizes = [event], [0]
        self._bytes = 0
        self.progress = None
        self.running = running
        self.bell.ring()

    def add(self, event: JobEvent) -> None:
        """Note something that a running job tells."""
        size = event.ByteSize()
        self._events.append(event)
        self._sizes.append(size)
        self._bytes += size
        if self._bytes > _MOST_BYTES:
            self._forget_half()
        self.bell.ring()

    def advance(self, progress: JobProgress) -> None:
        """Note how far the job is."""
        self.progress = progress
        self.bell.ring()

    def after(self, number: int) -> JobEvent | None:
        """The next event behind the one with that number."""
        index = bisect_right(self._events, number, key=_number)
        return self._events[index] if index < len(self._events) else None

    def _forget_half(self) -> None:
        # The state and what was told first stay: they say what is scored.
        kept = [
            index
            for index, event in enumerate(self._events)
            if index > len(self._events) // 2 or not event.score.HasField("frame_scores")
        ]
        self._events = [self._events[index] for index in kept]
        self._sizes = [self._sizes[index] for index in kept]
        self._bytes = sum(self._sizes)


def all_after(events: Sequence[JobEvent], number: int) -> list[JobEvent]:
    """The events behind that number, of some that are in order."""
    if not events or events[-1].number <= number:
        return []
    return list(events[bisect_right(events, number, key=_number) :])


def _number(event: JobEvent) -> int:
    return event.number
