"""Frame pairs as bytes of their messages, read and written without copies of their pictures.

At high resolution, what a general reader or writer does with a pair takes as long as some models.
"""

from collections.abc import Buffer
from dataclasses import dataclass

from vmafx_core.errors import UsageError
from vmafx_rpc.messages import scoring

METHOD = "/vmafx.v1.VmafxScoring/ScoreStream"
"""What is called with them."""

# What stands before `ScoreStreamRequest.chunk`, `frame_pair`, and each field of its `FramePair`.
_CHUNK = 0x22
_FRAME_PAIR = 0x12
_FRAME_INDEX = 0x08
_RAW_REFERENCE = 0x12
_RAW_DISTORTED = 0x1A
_MOST_VARINT_BYTES = 10
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class FramePair:
    """A `FramePair` whose pictures lie where they came from.

    Attributes:
        frame_index: Its number, from 0 up.
        raw_reference: The planes Y, U and V of the reference, tightly packed.
        raw_distorted: Those of the distorted picture.
    """

    frame_index: int
    raw_reference: Buffer
    raw_distorted: Buffer


def read_request(data: bytes) -> scoring.ScoreStreamRequest | FramePair:
    """What a client sends of a stream.

    Raises:
        DecodeError: It is no message.
    """
    try:
        pair = _pair(memoryview(data))
    except IndexError:
        pair = None
    if pair:
        return pair
    request = scoring.ScoreStreamRequest.FromString(data)
    if not request.HasField("frame_pair"):
        return request
    sent = request.frame_pair
    return FramePair(sent.frame_index, sent.raw_reference, sent.raw_distorted)


def is_bulk(data: bytes) -> bool:
    """Whether a request is one pair, or one chunk, and nothing else; these may be long."""
    try:
        length, at = _varint(memoryview(data), 1)
    except IndexError:
        return False
    return data[0] in {_FRAME_PAIR, _CHUNK} and at + length == len(data)


def check_sizes(reference: Buffer, distorted: Buffer, frame_bytes: int) -> None:
    """Refuse pictures that are longer or shorter than they must be.

    Raises:
        UsageError: One is.
    """
    for name, picture in (("raw_reference", reference), ("raw_distorted", distorted)):
        size = memoryview(picture).nbytes
        if size != frame_bytes:
            raise UsageError(
                f"{name} has {size} bytes, not {frame_bytes}",
                "Send the planes Y, U, V one after the other, tightly packed.",
            )


def write_pair(pair: FramePair) -> bytes:
    """The bytes of the request that sends a pair in a message; `read_request` reads them.

    Raises:
        TypeError: A picture is not in memory.
    """
    fields: list[bytes | memoryview] = [bytes([_FRAME_INDEX]) + _written(pair.frame_index)]
    for tag, picture in (_RAW_REFERENCE, pair.raw_reference), (_RAW_DISTORTED, pair.raw_distorted):
        planes = packed(picture)
        fields += bytes([tag]) + _written(len(planes)), planes
    length = sum(map(len, fields))
    return b"".join((bytes([_FRAME_PAIR]), _written(length), *fields))


def packed(picture: Buffer) -> bytes | memoryview:
    """The bytes of a picture, whatever holds them.

    Raises:
        TypeError: It is not in memory.
    """
    view = memoryview(picture)
    return view.cast("B") if view.c_contiguous and view.nbytes else view.tobytes()


def _pair(data: memoryview) -> FramePair | None:
    """A frame pair as it is usually written: each field once, in order, and nothing else."""
    if data[0] != _FRAME_PAIR:
        return None
    length, at = _varint(data, 1)
    if at + length != len(data) or data[at] != _FRAME_INDEX:
        return None
    index, at = _varint(data, at + 1)
    if index > _LARGEST:
        return None  # negative, or too large
    pictures = []
    for tag in (_RAW_REFERENCE, _RAW_DISTORTED):
        if data[at] != tag:
            return None
        length, at = _varint(data, at + 1)
        pictures.append(data[at : at + length])
        at += length
    return FramePair(index, pictures[0], pictures[1]) if at == len(data) else None


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A number, and where it ends; one that is cut off or too long is an `IndexError`."""
    value = 0
    for i, byte in enumerate(data[at : at + _MOST_VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    raise IndexError


def _written(number: int) -> bytes:
    """A number that is not negative as a varint."""
    written = bytearray()
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(written) + bytes([number])
