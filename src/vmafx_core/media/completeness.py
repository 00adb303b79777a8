"""Whether an input has all the bytes that its container declares."""

from vmafx_core.errors import InputError
from vmafx_core.media.opening import Opened

# Demuxers that end in silence when the last frame is partial.
_PLAIN_FRAMES = frozenset({"yuv4mpegpipe", "rawvideo"})
_MATROSKA_SEGMENT = b"\x18\x53\x80\x67"


def check_declared(opened: Opened, location: str) -> None:
    """Check, of an input whose size is known, that it is as long as its container declares.

    Raises:
        InputError: It is cut short.
    """
    size, declared = opened.size, _declared_bytes(opened)
    if size is not None and declared is not None and size < declared:
        raise InputError(
            f"{location}: is cut short: {size} bytes, where its own index says at least {declared}",
            "Copy it again from where it is whole.",
        )


def check_complete(opened: Opened, location: str, last_byte: int) -> None:
    """Check, after the last packet, that the input did not end too early.

    Args:
        opened: The input.
        location: What to call it.
        last_byte: Where the last packet ended, in bytes from the beginning.

    Raises:
        InputError: It did.
    """
    check_declared(opened, location)
    size = opened.size
    if opened.container.format.name in _PLAIN_FRAMES and size is not None and last_byte < size:
        raise InputError(
            f"{location}: its last frame is cut short ({size - last_byte} bytes of it are there)",
            "Copy it again from where it is whole, or check what wrote it.",
        )


def _declared_bytes(opened: Opened) -> int | None:
    if "matroska" in opened.container.format.name:
        return _matroska_bytes(opened.head)
    entries = opened.stream.index_entries
    if "mp4" in opened.container.format.name and len(entries):
        return max(e.pos + e.size for e in entries)
    return None


def _matroska_bytes(head: bytes) -> int | None:
    """Where the segment that holds everything ends; None where it was written without a size."""
    at = head.find(_MATROSKA_SEGMENT)
    if at < 0 or at + 12 > len(head):
        return None
    start = at + len(_MATROSKA_SEGMENT)
    length = 9 - head[start].bit_length()  # of the size field, by its leading zero bits
    if length > 8:
        return None
    size = int.from_bytes(head[start : start + length]) & ((1 << 7 * length) - 1)
    unknown = size == (1 << 7 * length) - 1
    return None if unknown else start + length + size
