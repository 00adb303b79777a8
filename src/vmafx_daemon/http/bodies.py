"""Reading the JSON of a request, strictly and up to a length."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from vmafx_daemon.http.problems import RequestError

MOST_BYTES = 1 << 20
_SECONDS = 30.0


async def read_json(request: Request) -> Any:
    """The body of a request.

    Raises:
        RequestError: It is too long, too slow, or no JSON.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise RequestError(
                        413, "the request is too long", f"At most {MOST_BYTES} bytes are read."
                    )
    except TimeoutError:
        raise RequestError(408, f"the request took more than {_SECONDS:g} s to come") from None
    except ClientDisconnect:
        raise RequestError(400, "the request broke off") from None
    try:
        return json.loads(body.decode(), parse_constant=_constant, object_pairs_hook=_members)
    except RecursionError:
        raise RequestError(400, "the JSON of the request is nested too deeply") from None
    except ValueError as error:
        raise RequestError(400, f"the request is no JSON: {error}", "See /docs.") from None


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"{name[:100]!r} is there twice")
        members[name] = value
    return members
