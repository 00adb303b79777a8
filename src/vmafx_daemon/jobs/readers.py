"""Reading files beside everything else: that may take for ever where a disk is far away."""

import asyncio
from collections.abc import Callable

from vmafx_daemon.threads import Threads


class Readers:
    """Threads that read files.

    Args:
        threads: How many.
        seconds: How long anything may take, with waiting for a thread; what takes longer is left
            to itself.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        self._threads = Threads("vmafx-files", threads)
        self._seconds = seconds

    async def read[T](self, what: Callable[[], T]) -> T | None:
        """What that returns, or None where it takes too long; raises what that raises."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._threads.run(what)
        except TimeoutError:
            return None
