"""Messages one after the other on a stream of bytes: each behind its length."""

import socket
import struct
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError, Message

from vmafx_core.errors import WorkError

if TYPE_CHECKING:
    import asyncio  # which takes a worker a while to load, and is of no use to it

_LENGTH = struct.Struct(">I")
MOST_BYTES = 512 << 20
"""The longest message: the result of some ten hours of video."""


class NotAMessageError(Exception):
    """What came is no message of the kind that was to come."""


def framed(message: Message) -> bytes:
    """A message behind its length.

    Raises:
        WorkError: It is too long.
    """
    body = message.SerializeToString()
    if len(body) > MOST_BYTES:
        raise WorkError(f"a message of {len(body) >> 20} MiB is too long", "Score it in parts.")
    return _LENGTH.pack(len(body)) + body


async def read_message[M: Message](reader: "asyncio.StreamReader", kind: type[M]) -> M:
    """The next message.

    Raises:
        IncompleteReadError: There is none any more.
        NotAMessageError: It is too long, or none of that kind.
    """
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > MOST_BYTES:
        raise NotAMessageError(f"a message of {length >> 20} MiB")
    try:
        return kind.FromString(await reader.readexactly(length))
    except DecodeError as error:
        raise NotAMessageError(f"{length} bytes that are no {kind.DESCRIPTOR.name}") from error


def receive[M: Message](connection: socket.socket, kind: type[M]) -> M | None:
    """The next message, in a process that does nothing else; None at the end."""
    head = _exactly(connection, _LENGTH.size)
    if head is None:
        return None
    body = _exactly(connection, *_LENGTH.unpack(head))
    return None if body is None else kind.FromString(body)


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    data = bytearray()
    while len(data) < length:
        piece = connection.recv(min(length - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)
