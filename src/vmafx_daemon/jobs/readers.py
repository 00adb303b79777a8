"""Reading files beside everything else: that may take for ever where a disk is far away."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Readers:
    """Threads that read files.

    Args:
        threads: How many.
        seconds: How long anything may take, with waiting for a thread; what takes longer is left
            to itself.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="vmafx-files")
        self._seconds = seconds

    async def read[T](self, what: Callable[[], T]) -> T | None:
        """What that returns, or None where it takes too long; raises what that raises."""
        reading = asyncio.get_running_loop().run_in_executor(self._threads, what)
        try:
            async with asyncio.timeout(self._seconds):
                return await reading
        except TimeoutError:
            return None

    def close(self) -> None:
        """Read no more; what hangs is left to itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)
