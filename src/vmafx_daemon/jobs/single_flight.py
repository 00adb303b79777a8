"""Doing something once for all who ask for the same while they wait."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable


class SingleFlight[T]:
    """Does the same thing once at a time, and once for all who ask meanwhile.

    What is answered was always begun after it was asked for, so that nobody is told what was so
    before. Whoever asks while it is being done waits for the next time, together with all others.
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[T]] = {}
        self._last: dict[Hashable, asyncio.Task[T]] = {}

    async def do(self, what: Hashable, how: Callable[[], Awaitable[T]]) -> T:
        """Do something, or have somebody else's doing of it count for both.

        Args:
            what: Equal where one is as good as the other.
            how: Does it; it goes on if whoever asked has gone.
        """
        task = self._next.get(what)
        if task is None:
            task = asyncio.create_task(self._do(what, how), name="single-flight")
            task.add_done_callback(_heard)
            self._next[what] = task
        return await asyncio.shield(task)

    async def _do(self, what: Hashable, how: Callable[[], Awaitable[T]]) -> T:
        if before := self._last.get(what):
            await asyncio.wait((before,))
        mine = self._last[what] = self._next.pop(what)
        try:
            return await how()
        finally:
            if self._last[what] is mine:
                del self._last[what]


def _heard(task: asyncio.Task[object]) -> None:
    """Take note of a failure, which nobody else does where all who asked have gone."""
    if not task.cancelled():
        task.exception()
