"""FFmpeg's failures in plain words."""

import errno

import av
import av.error

from vmafx_core.errors import InputError, RemoteError, VmafxError
from vmafx_core.media.locations import is_url, name_of

# PyAV's ExitError is its own interruption of a read that took too long.
_TIMEOUTS = (av.error.ExitError, av.error.TimeoutError)
_REMOTE = (*_TIMEOUTS, av.error.HTTPError, av.error.HTTPClientError, OSError)
_PRINTABLE = frozenset(range(32, 127)) | {9, 10, 13}


def open_error(location: str, exc: Exception, head: bytes) -> VmafxError:
    """Why `location`, whose first bytes are `head`, could not be opened."""
    name = name_of(location)
    if is_url(location) and isinstance(exc, _REMOTE):
        reason = "the server does not answer" if isinstance(exc, _TIMEOUTS) else _reason(exc)
        return RemoteError(f"{name}: cannot be reached: {reason}", "Check the address.")
    if head and all(byte in _PRINTABLE for byte in head[:256]):
        return InputError(f"{name}: is text, not video", "Name a video file.")
    if head[4:8] == b"ftyp":
        return no_index(location)
    if isinstance(exc, av.error.InvalidDataError | av.error.EOFError) or is_io_error(exc):
        return InputError(
            f"{name}: is damaged, cut short, or in no format that FFmpeg knows",
            "Check it with a player; raw video needs an ending such as .yuv.",
        )
    return InputError(f"{name}: cannot be opened: {_reason(exc)}")


def no_index(location: str) -> InputError:
    """That the index of the mp4 at `location` is missing, or comes too late to be of use."""
    return InputError(
        f"{name_of(location)}: its index (moov box) is missing, or stands at its end, where a pipe "
        "has it too late",
        "Write it with its index first (ffmpeg -movflags +faststart).",
    )


def no_ranges(location: str) -> RemoteError:
    """That the server of the mp4 at `location` gives it from its beginning only."""
    return RemoteError(
        f"{name_of(location)}: its index stands at its end, or --start asks for a later part, "
        "and its server seems not to send parts of a file (range requests)",
        "Download it first, or have it written with its index first (ffmpeg -movflags +faststart).",
    )


def read_error(location: str, where: str, exc: Exception) -> VmafxError:
    """Why `location` could not be read on, `where` its reader stood."""
    if is_url(location) and isinstance(exc, _REMOTE):
        reason = "it does not answer" if isinstance(exc, _TIMEOUTS) else _reason(exc)
        return RemoteError(
            f"{name_of(location)}: its server stopped {where}: {reason}", "Try again later."
        )
    return broken(location, where, exc)


def bad_packet(container: str, location: str, where: str) -> VmafxError:
    """Why a packet is bad at `where`: a server that sent part of it, or damage.

    Only transport streams mark packets for any other reason than that their bytes ran out.
    """
    if is_url(location) and container != "mpegts":
        return RemoteError(
            f"{name_of(location)}: its server stopped {where}: a packet is cut short",
            "Try again later.",
        )
    return broken(location, where, "a packet is damaged or cut short")


def broken(location: str, where: str, why: Exception | str) -> InputError:
    """That the stream at `location` breaks at `where`."""
    reason = why if isinstance(why, str) else _reason(why)
    return InputError(
        f"{name_of(location)}: breaks {where}: {reason}",
        "A broken stream is not scored; --duration can end before the break.",
    )


def is_io_error(exc: Exception) -> bool:
    """Whether FFmpeg ran out of data where it had to have some."""
    return isinstance(exc, OSError) and exc.errno == errno.EIO


def _reason(exc: Exception) -> str:
    text = getattr(exc, "strerror", None) or str(exc)
    return str(text).strip()
