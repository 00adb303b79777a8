"""Whether an input has all the bytes that its container declares.

FFmpeg reads what is there and ends in silence where a file was cut between two frames. What a
container says about its own length is therefore checked here: before opening, for files; after
the last packet, for pipes.
"""

import os
from pathlib import Path
from typing import BinaryIO

from vmafx_core.errors import InputError
from vmafx_core.media.locations import name_of
from vmafx_core.media.opened import Opened

_MP4_FIRST_BOXES = frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"wide", b"free", b"skip"})
# Boxes without which pictures are missing.
_MP4_NEEDED_BOXES = frozenset({b"moov", b"moof", b"mdat"})
_MATROSKA_SIGNATURE = b"\x1aE\xdf\xa3"
_MATROSKA_SEGMENT = b"\x18\x53\x80\x67"
_TS_PACKET, _TS_SYNC = 188, 0x47
# Demuxers that end in silence when the last frame is partial.
_PLAIN_FRAMES = frozenset({"yuv4mpegpipe", "rawvideo"})


def check_file(location: str, head: bytes) -> None:
    """Check that a file is as long as its container declares.

    Args:
        location: The file.
        head: Its first bytes.

    Raises:
        InputError: It is cut short.
    """
    path = Path(location)
    if path.is_file():
        with path.open("rb") as file:
            check_content(file, path.stat().st_size, location, head)


def check_content(file: BinaryIO, size: int, location: str, head: bytes) -> None:
    """Check that an open file is as long as its container declares.

    Args:
        file: The file; it is left somewhere in it.
        size: Its bytes.
        location: What to call it.
        head: Its first bytes.

    Raises:
        InputError: It is cut short.
    """
    if head[4:8] in _MP4_FIRST_BOXES:
        declared = _mp4_bytes(file, size)
    elif head[:1] == head[_TS_PACKET : _TS_PACKET + 1] == bytes([_TS_SYNC]):
        declared = -(-size // _TS_PACKET) * _TS_PACKET
    elif head.startswith(b"RIFF"):
        declared = 8 + int.from_bytes(head[4:8], "little")
    elif head.startswith(b"GIF8"):
        file.seek(-1, os.SEEK_END)
        declared = size if file.read(1) == b";" else size + 1
    else:
        declared = _matroska_bytes(head)
    _compare(location, size, declared)


def check_end(opened: Opened, location: str, last_byte: int) -> None:
    """Check, after the last packet, that the input did not end too early.

    Args:
        opened: The input.
        location: What to call it.
        last_byte: Where the last packet ended, in bytes from the beginning.

    Raises:
        InputError: It did.
    """
    name, size = opened.container.format.name, opened.size
    if size is None:
        return
    if opened.pipe:
        entries = opened.stream.index_entries
        indexed = "mp4" in name and len(entries) > 0
        declared = max(e.pos + e.size for e in entries) if indexed else None
        _compare(location, size, declared or _matroska_bytes(opened.head))
    if name in _PLAIN_FRAMES and 0 < last_byte < size:
        raise InputError(
            f"{name_of(location)}: its last frame is cut short; only {size - last_byte} bytes of "
            "it are there",
            "Copy it again from where it is whole, or check what wrote it.",
        )


def _compare(location: str, size: int, declared: int | None) -> None:
    if declared is not None and size < declared:
        raise InputError(
            f"{name_of(location)}: is cut short: it has {size} bytes, and needs at least "
            f"{declared} by what it says itself",
            "Copy it again from where it is whole.",
        )


def _mp4_bytes(file: BinaryIO, size: int) -> int | None:
    """Where the first box ends that is cut off and holds pictures or their index."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        header = file.read(16)
        header += file.read(16 - len(header))  # what is read in pieces may have one end here
        length, kind = int.from_bytes(header[:4]), header[4:8]
        if length == 1:  # the real one stands in 64 bits behind
            length = int.from_bytes(header[8:16])
        if length < 8:  # 0 for up to the end of the file; all else is for FFmpeg to judge
            return None
        at += length
        if at > size and kind in _MP4_NEEDED_BOXES:
            return at
    return None


def _matroska_bytes(head: bytes) -> int | None:
    """Where the segment that holds everything ends; None where it was written without a size."""
    at = head.find(_MATROSKA_SEGMENT) if head.startswith(_MATROSKA_SIGNATURE) else -1
    if at < 0 or at + 12 > len(head):
        return None
    start = at + len(_MATROSKA_SEGMENT)
    length = 9 - head[start].bit_length()  # of the size field, by its leading zero bits
    if length > 8:
        return None
    mask = (1 << 7 * length) - 1
    size = int.from_bytes(head[start : start + length]) & mask
    return None if size == mask else start + length + size
