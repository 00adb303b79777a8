"""Telling how far several jobs are together."""

import threading
import time

from vmafx_core.probing.events import Advanced

_TELL_EVERY = 0.25


class Progress:
    """Counts frames over all jobs, and tells of them a few times a second.

    Args:
        phase: What is done, as `Advanced` has it.
        total: How many frames there are; None where unknown.
        kept: How many of them an earlier run has done.
    """

    def __init__(self, phase: str, total: int | None, kept: int = 0) -> None:
        self._phase = phase
        self._total = total
        self._kept = self._done = kept
        self._began = self._told = time.monotonic()
        self._lock = threading.Lock()

    def add(self, frames: int) -> Advanced | None:
        """Count frames; returns what there is to tell, if anything."""
        with self._lock:
            self._done += frames
            now = time.monotonic()
            if now - self._told < _TELL_EVERY:
                return None
            self._told = now
            return Advanced(
                phase=self._phase,
                done=self._done,
                total=self._total,
                seconds=now - self._began,
                kept=self._kept,
            )
