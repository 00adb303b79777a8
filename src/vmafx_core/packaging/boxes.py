"""Reading the boxes of MP4 files (ISO/IEC 14496-12, section 4.2)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# Boxes that hold boxes after some fields of their own, by how many bytes those take.
_FIELDS = {"stsd": 8, "meta": 4}
_VISUAL_FIELDS, _AUDIO_FIELDS = 78, 28
_HEAD = struct.Struct(">I4s")


@dataclass(frozen=True, slots=True)
class Box:
    """One box.

    Attributes:
        kind: Its four characters: "moov".
        content: What is in it, after its head.
        at: Where that begins among the bytes that it was found in.
    """

    kind: str
    content: bytes
    at: int


def boxes(content: bytes, skip: int = 0) -> Iterator[Box]:
    """The boxes that follow each other in some bytes, after `skip` of them.

    Raises:
        ValueError: A box ends behind them.
    """
    at = skip
    while at < len(content):
        size, kind, head = _head(content[at : at + 16])
        end = at + size if size else len(content)
        if end > len(content) or end < at + head:
            raise ValueError(f"the box {kind!r} is cut short")
        yield Box(kind, content[at + head : end], at + head)
        at = end


def find(content: bytes, *path: str) -> bytes:
    """The content of the first box on a path of kinds: `find(file, "moov", "trak", "mdia")`.

    Raises:
        ValueError: There is none.
    """
    for i, kind in enumerate(path):
        found = next(
            (b for b in boxes(content, _fields(path[i - 1] if i else "")) if b.kind == kind), None
        )
        if found is None:
            raise ValueError(f"there is no box {'/'.join(path[: i + 1])}")
        content = found.content
    return content


def sample_entry(init: bytes) -> tuple[str, dict[str, bytes]]:
    """The format of the first track of a file, and the boxes that describe it, by their kinds.

    Raises:
        ValueError: It has no track, or one without a format.
    """
    media = find(init, "moov", "trak", "mdia")
    entry = next(boxes(find(media, "minf", "stbl", "stsd"), _FIELDS["stsd"]))
    is_video = find(media, "hdlr")[8:12] == b"vide"
    fields = _VISUAL_FIELDS if is_video else _AUDIO_FIELDS
    return entry.kind, {box.kind: box.content for box in boxes(entry.content, fields)}


def timescale(init: bytes) -> int:
    """Ticks a second of the first track.

    Raises:
        ValueError: There is no track.
    """
    header = find(init, "moov", "trak", "mdia", "mdhd")
    return int.from_bytes(header[20:24] if header[0] == 1 else header[12:16])


def decode_time(fragment: bytes) -> int:
    """The time of the first sample of a fragment (a moof box's content), in ticks.

    Raises:
        ValueError: It does not say.
    """
    header = find(fragment, "traf", "tfdt")
    return int.from_bytes(header[4:12] if header[0] == 1 else header[4:8])


def delay(fragment: bytes, ticks: int) -> bytes:
    """A fragment (a moof box's content) whose first sample comes later.

    Raises:
        ValueError: It does not say when that is.
    """
    at, content = 0, fragment
    for kind in ("traf", "tfdt"):
        box = next((b for b in boxes(content) if b.kind == kind), None)
        if box is None:
            raise ValueError(f"there is no box {kind!r}")
        at, content = at + box.at, box.content
    size = 8 if content[0] == 1 else 4
    time = decode_time(fragment) + ticks
    return fragment[: at + 4] + time.to_bytes(size) + fragment[at + 4 + size :]


def top_level(file: BinaryIO) -> Iterator[tuple[str, int, int]]:
    """The kinds, places and sizes of the boxes of a file, which is not read as a whole.

    Raises:
        ValueError: A box has no end.
    """
    at = 0
    while head := file.read(16):
        size, kind, least = _head(head)
        if size < least:
            raise ValueError(f"the box {kind!r} has no end")
        yield kind, at, size
        at += size
        file.seek(at)


def _head(data: bytes) -> tuple[int, str, int]:
    """The size, the kind and the size of the head of a box."""
    if len(data) < _HEAD.size:
        raise ValueError("the head of a box is cut short")
    size, kind = _HEAD.unpack_from(data)
    if size == 1:
        return int.from_bytes(data[8:16]), kind.decode("latin-1"), 16
    return size, kind.decode("latin-1"), _HEAD.size


def _fields(kind: str) -> int:
    return _FIELDS.get(kind, 0)
