"""Threads for what may hang: nobody is kept waiting by them, not even the end of the program."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress


class Threads:
    """Runs things beside the loop, so many at once.

    Those of the standard library are waited for when a program ends; these are let go.

    Args:
        name: What they are called.
        most: How many there are at once.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._places = asyncio.Semaphore(most)

    async def run[T](self, what: Callable[[], T]) -> T:
        """What that returns; raises what that raises; left to itself where this is cancelled."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(outcome: T | None, error: BaseException | None) -> None:
            self._places.release()
            if future.done():
                return  # nobody waits any more
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(outcome)  # type: ignore[arg-type]  # then it is one

        def work() -> None:
            outcome, failed = None, None
            try:
                outcome = what()
            except BaseException as error:  # noqa: BLE001  # it is for who waits
                failed = error
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(settle, outcome, failed)

        threading.Thread(target=work, name=self._name, daemon=True).start()
        return await future
