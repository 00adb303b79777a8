"""Server-sent events: an answer that goes on for as long as there is something to tell."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vmafx_daemon.errors import BusyError, DrainingError
from vmafx_daemon.http.disconnect import Disconnect
from vmafx_daemon.http.responses import Responses
from vmafx_rpc.messages import controller

Events = AsyncGenerator[controller.JobEvent]

MEDIA = "text/event-stream"

_MOST = 400
# Proxies drop what is silent for a minute, some sooner.
_SILENCE = 15.0
_BUSY_SECONDS = 5.0
_BEGINNING = b"retry: 2000\n\n"
_HEARTBEAT = b":\n\n"


class EventStreams:
    """Makes streams of events, up to a number.

    Args:
        disconnect: Ends them.
        responses: Write what they tell.
        most: How many there may be at once.
        silence: Seconds after which a sign of life is sent.

    Attributes:
        open: How many there are.
    """

    def __init__(
        self,
        disconnect: Disconnect,
        responses: Responses,
        most: int = _MOST,
        silence: float = _SILENCE,
    ) -> None:
        self.open = 0
        self.most = most
        self.silence = silence
        self.disconnect = disconnect
        self.responses = responses

    def telling(self, events: Events) -> "EventStream":
        """The answer that tells of events, each as JSON; their numbers are their ids."""
        return EventStream(self, events)


class EventStream(Response):
    """The answer that tells of events.

    Args:
        streams: All of them.
        events: The events.
    """

    def __init__(self, streams: EventStreams, events: Events) -> None:
        super().__init__(media_type=MEDIA)
        del self.headers["Content-Length"]
        # Some proxies keep what they pass on until there is more of it.
        self.headers["X-Accel-Buffering"] = "no"
        self._streams = streams
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell until there is no more to tell, nobody hears it, or the server stops.

        Raises:
            BusyError: There are too many streams.
        """
        streams = self._streams
        if streams.open >= streams.most:
            raise BusyError(
                f"{streams.most} streams of events are open already",
                "Try again later.",
                _BUSY_SECONDS,
            )
        streams.open += 1
        try:
            async with aclosing(self._events) as events:
                start = {"status": self.status_code, "headers": self.raw_headers}
                await send({"type": "http.response.start", **start})
                if scope["method"] != "HEAD":
                    with suppress(DrainingError):
                        await streams.disconnect.during(receive, self._tell(events, send))
                await send({"type": "http.response.body", "body": b""})
        finally:
            streams.open -= 1

    async def _tell(self, events: Events, send: Send) -> None:
        async def say(text: bytes) -> None:
            await send({"type": "http.response.body", "body": text, "more_body": True})

        await say(_BEGINNING)
        upcoming = asyncio.ensure_future(anext(events, None))
        try:
            while True:
                done, _ = await asyncio.wait((upcoming,), timeout=self._streams.silence)
                if not done:
                    await say(_HEARTBEAT)
                elif event := upcoming.result():
                    async with self._streams.responses.written(event) as text:
                        await say(b"id: %d\ndata: %s\n\n" % (event.number, text))
                    upcoming = asyncio.ensure_future(anext(events, None))
                else:
                    return
        finally:
            # Events can only be closed when nobody waits for one any more.
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
