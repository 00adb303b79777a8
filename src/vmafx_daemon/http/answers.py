"""Answers: messages as JSON."""

import asyncio
import json
from typing import Any

from google.protobuf.message import Message
from starlette.responses import Response

from vmafx_rpc.plain import plain_message

JSON = "application/json"

# Scores of many frames take longer to write than others should wait.
_LONG = 64 << 10


async def answer(message: Message, status: int = 200, **headers: str) -> Response:
    """The answer that is a message."""
    return Response(await json_of(message), status, headers, JSON)


async def json_of(message: Message) -> bytes:
    """A message as JSON on one line."""
    if message.ByteSize() > _LONG:
        return await asyncio.to_thread(_json, message)
    return _json(message)


def _json(message: Message) -> bytes:
    plain: Any = plain_message(message)
    return json.dumps(plain, allow_nan=False, separators=(",", ":")).encode()
