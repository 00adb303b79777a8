"""FFmpeg's failures in plain words."""

import errno

import av
import av.error

from vmafx_core.errors import InputError, RemoteError, VmafxError

_REMOTE = (
    av.error.HTTPError,
    av.error.TimeoutError,
    av.error.ConnectionRefusedError,
    av.error.ConnectionResetError,
    av.error.ConnectionAbortedError,
    av.error.ExitError,
)
_RETRY = "Try again later."
_PRINTABLE = frozenset(range(32, 127)) | {9, 10, 13}


def open_error(location: str, exc: Exception, head: bytes) -> VmafxError:
    """Why `location`, whose first bytes are `head`, could not be opened."""
    if "://" in location:
        return remote_error(location, exc)
    if isinstance(exc, av.error.InvalidDataError | av.error.EOFError) or _is_io_error(exc):
        if head and all(b in _PRINTABLE for b in head[:256]):
            return InputError(f"{location}: is text, not video", "Name a video file.")
        if head[4:8] == b"ftyp":
            return InputError(
                f"{location}: has no index (moov box); it was cut short or never finished",
                "Copy it again from where it is whole, or finish the recording.",
            )
        return InputError(
            f"{location}: is damaged, cut short, or in no format that FFmpeg knows",
            "Check it with a player; raw video needs an ending such as .yuv.",
        )
    return InputError(f"{location}: cannot be opened: {_reason(exc)}")


def remote_error(location: str, exc: Exception) -> VmafxError:
    """Why the server of `location` did not give it."""
    if isinstance(exc, av.error.ExitError | av.error.TimeoutError):
        return RemoteError(f"{location}: the server does not answer", _RETRY)
    if isinstance(exc, (*_REMOTE, OSError)):
        return RemoteError(f"{location}: {_reason(exc)}", "Check the address with a browser.")
    return InputError(f"{location}: cannot be opened: {_reason(exc)}")


def read_error(location: str, where: str, exc: Exception) -> VmafxError:
    """Why `location` could not be read on, `where` its reader stood."""
    if "://" in location and isinstance(exc, OSError | av.error.HTTPError | av.error.ExitError):
        return RemoteError(f"{location}: the server stopped {where}: {_reason(exc)}", _RETRY)
    return broken(location, where, exc)


def broken(location: str, where: str, why: Exception | str) -> InputError:
    """That the stream at `location` breaks at `where`."""
    reason = why if isinstance(why, str) else _reason(why)
    return InputError(
        f"{location}: breaks {where}: {reason}",
        "A broken stream is not scored; --duration can end before the break.",
    )


def _is_io_error(exc: Exception) -> bool:
    """Whether FFmpeg ran out of data where it had to have some."""
    return isinstance(exc, OSError) and exc.errno == errno.EIO


def _reason(exc: Exception) -> str:
    text = getattr(exc, "strerror", None) or str(exc)
    return str(text).strip()
