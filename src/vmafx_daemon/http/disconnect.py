"""Whether anybody still waits: what is done for a client ends when it goes, or the server stops."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from vmafx_daemon.errors import DrainingError


class Disconnect:
    """Knows whether this server still serves."""

    def __init__(self) -> None:
        self._over = asyncio.Event()

    def end(self) -> None:
        """End everything that goes on for a client."""
        self._over.set()

    async def during[T](self, receive: Receive, work: Coroutine[Any, Any, T]) -> T:
        """Do something, for as long as its client is there to hear of it.

        Args:
            receive: Tells of the client, whose request has been read.
            work: Is cancelled when the client goes or the server stops.

        Raises:
            ClientDisconnect: The client has gone.
            DrainingError: The server stops.
        """
        working = asyncio.ensure_future(work)
        gone = asyncio.ensure_future(_gone(receive))
        over = asyncio.ensure_future(self._over.wait())
        all_: tuple[asyncio.Future[Any], ...] = (working, gone, over)
        try:
            await asyncio.wait(all_, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            if gone.done():
                raise ClientDisconnect
            raise DrainingError.now()
        finally:
            for each in all_:
                each.cancel()
            await asyncio.gather(*all_, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
