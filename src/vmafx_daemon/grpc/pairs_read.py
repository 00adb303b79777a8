"""Frame pairs read from the bytes of their messages, without copies of their pictures.

At high resolution, what a general reader does with a pair takes as long as some models do.
"""

from dataclasses import dataclass

from vmafx_rpc.messages import scoring

_FRAME_PAIR = 0x12
_FRAME_INDEX = 0x08
_RAW_REFERENCE = 0x12
_RAW_DISTORTED = 0x1A
_MOST_VARINT_BYTES = 10
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class PairRead:
    """A `FramePair` whose pictures are parts of the bytes that came."""

    frame_index: int
    raw_reference: memoryview
    raw_distorted: memoryview


def read_request(data: bytes) -> scoring.ScoreStreamRequest | PairRead:
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
    return PairRead(
        sent.frame_index, memoryview(sent.raw_reference), memoryview(sent.raw_distorted)
    )


def _pair(data: memoryview) -> PairRead | None:
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
    return PairRead(index, *pictures) if at == len(data) else None


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A number, and where it ends; one that is cut off or too long is an `IndexError`."""
    value = 0
    for i, byte in enumerate(data[at : at + _MOST_VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    raise IndexError
