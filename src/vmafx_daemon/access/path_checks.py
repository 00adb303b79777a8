"""Looking at what requests name, which may take for ever: at disks, and by name servers."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

from vmafx_core.errors import InputError
from vmafx_core.media.locations import masked

# What hangs while it reads leaves room for those that only check.
_MOST, _MOST_READING = 16, 8
_SECONDS = 10.0
_READING_SECONDS = 1.0
_NAMED = 200


class NoAnswerError(InputError):
    """What is named may be all right, but a disk or a name server does not answer now."""


class PathChecks:
    """Threads of its own, so that what hangs there holds up nothing but its like.

    Attributes:
        seconds: How long a check may take, with waiting for a thread; what takes longer is left to
            itself.
        reading_seconds: How long, or twice that, whoever asks waits for what is read then.
    """

    def __init__(self) -> None:
        self.seconds = _SECONDS
        self.reading_seconds = _READING_SECONDS
        self._threads = ThreadPoolExecutor(_MOST, thread_name_prefix="vmafx-look")
        self._reading = Semaphore(_MOST_READING)

    async def check[T](self, name: str, check: Callable[[], T]) -> T:
        """What that returns; raises what that raises.

        Args:
            name: A place that it looks at, for the error.
            check: Looks at it.

        Raises:
            NoAnswerError: It takes too long.
        """
        return (await self.check_and_read(name, check, lambda _: None))[0]

    async def check_and_read[T, R](
        self, name: str, check: Callable[[], T], read: Callable[[T], R]
    ) -> tuple[T, R | None]:
        """Likewise, and what is read then; None where that takes too long, or others' reading does.

        Args:
            name: A place that it looks at, for the error.
            check: Looks at it.
            read: Is handed what that returned.

        Raises:
            NoAnswerError: Checking takes too long.
        """
        checked: list[T] = []

        def both() -> tuple[T, R | None]:
            checked.append(check())
            if not self._reading.acquire(blocking=False):
                return checked[0], None
            try:
                return checked[0], read(checked[0])
            finally:
                self._reading.release()

        until = time.monotonic() + self.seconds
        checking = asyncio.get_running_loop().run_in_executor(self._threads, both)
        checking.add_done_callback(_heard)
        try:
            while True:
                await asyncio.wait((checking,), timeout=self.reading_seconds)
                if checking.done():
                    return checking.result()
                if checked:
                    return checked[0], None
                if time.monotonic() >= until:
                    raise NoAnswerError(
                        f"{masked(name)[:_NAMED]}: it, or what is named with it, was not found",
                        f"A disk or a name server has not answered for {self.seconds:g} s.",
                    )
        finally:
            checking.cancel()

    def close(self) -> None:
        """Look no more; what hangs is left to itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _heard[T](checking: "asyncio.Future[T]") -> None:
    """Take note of a failure, which nobody else does where whoever asked has gone."""
    if not checking.cancelled():
        checking.exception()
