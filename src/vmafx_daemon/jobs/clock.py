"""The store's own time, which no change of the wall clock moves."""

import time


class Clock:
    """Seconds that have passed for a store: what the age of its jobs is told by.

    While the daemon runs they pass as they do; over the time that it was stopped, as the wall clock
    says, but never backwards.

    Args:
        clock: The store's time when it was last written down.
        wall: The wall clock's then.
    """

    def __init__(self, clock: float, wall: float) -> None:
        self._offset = clock + max(0.0, time.time() - wall) - time.monotonic()

    def now(self) -> float:
        """Seconds of the store's time."""
        return time.monotonic() + self._offset
