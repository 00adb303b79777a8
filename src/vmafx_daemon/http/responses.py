"""Responses: messages as JSON."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from google.protobuf.message import Message
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vmafx_rpc.plain import plain_message

JSON = "application/json"

_LONG = 64 << 10
_MOST_LONG = 4


class Responses:
    """Makes answers; of long ones, as the scores of many frames are, only a few at a time."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_MOST_LONG)

    def answer(self, message: Message, status: int = 200, **headers: str) -> Response:
        """The answer that is a message."""
        return _Answer(self, message, status, headers)

    @asynccontextmanager
    async def written(self, message: Message) -> AsyncIterator[bytes]:
        """A message as JSON on one line, for as long as it takes to send it."""
        if message.ByteSize() <= _LONG:
            yield _json(message)
            return
        async with self._room:
            # This takes longer than others should wait.
            yield await asyncio.to_thread(_json, message)


class _Answer(Response):
    """The answer that is a message, written when there is room for it."""

    def __init__(
        self, responses: Responses, message: Message, status: int, headers: dict[str, str]
    ) -> None:
        super().__init__(status_code=status, headers=headers, media_type=JSON)
        self._responses = responses
        self._message = message

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._responses.written(self._message) as self.body:
            self.headers["Content-Length"] = str(len(self.body))
            await super().__call__(scope, receive, send)


def _json(message: Message) -> bytes:
    return _text(plain_message(message)).encode()


def _text(plain: Any) -> str:
    """JSON of plain data, in pieces, since nothing else goes on while one piece is written."""
    match plain:
        case dict():
            return "{" + ",".join(f"{json.dumps(k)}:{_text(v)}" for k, v in plain.items()) + "}"
        case [dict(), *_]:
            return "[" + ",".join(map(_text, plain)) + "]"
        case _:
            return json.dumps(plain, allow_nan=False, separators=(",", ":"))
