"""Catching what libvmaf prints.

libvmaf has no log callback: it prints to C's `stderr`. While scoring runs, that stream is
replaced by one that writes into a pipe, and the lines are handed to whoever scores. Python's own
standard error is not touched. Where the C library keeps `stderr` out of reach (musl, Windows),
libvmaf is told to be silent instead.
"""

import contextlib
import os
import platform
import re
import sys
import threading
from collections import Counter
from functools import cache
from typing import Any, Self

from vmafx_core.libvmaf._declarations import ffi

_LINE_BUFFERED = 1  # _IOLBF, in glibc and on macOS
_PREFIX = re.compile(r"\x1b\[[0-9;]*m|^libvmaf (ERROR|WARNING|INFO|DEBUG)\s*", re.MULTILINE)
_SYMBOL = "__stderrp" if sys.platform == "darwin" else "stderr"

LEVEL_NONE = 0
LEVEL_WARNING = 2


@cache
def _libc() -> Any:
    return ffi.dlopen(None)


def can_capture() -> bool:
    """Whether C's `stderr` is a variable that may be replaced."""
    return sys.platform == "darwin" or platform.libc_ver()[0] == "glibc"


class LogCapture:
    """Collects libvmaf's log lines while any scoring is open; one for the process.

    The pipe holds what fits (64 KiB) between two drains; more is dropped, never waited for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._reader = -1
        self._saved: Any = None
        self._stream: Any = None

    @property
    def level(self) -> int:
        """The log level to give libvmaf."""
        return LEVEL_WARNING if can_capture() else LEVEL_NONE

    @property
    def alone(self) -> bool:
        """Whether lines can only be from one user: several share what is printed."""
        return self._users == 1

    def __enter__(self) -> Self:
        with self._lock:
            self._users += 1
            if self._users == 1 and can_capture():
                self._install()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._stream is not None:
                self._remove()

    def _install(self) -> None:
        libc = _libc()
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        stream = libc.fdopen(writer, b"w")
        if stream == ffi.NULL:
            os.close(self._reader)
            os.close(writer)
            return
        libc.setvbuf(stream, ffi.NULL, _LINE_BUFFERED, 4096)
        self._saved = getattr(libc, _SYMBOL)
        setattr(libc, _SYMBOL, stream)
        self._stream = stream

    def _remove(self) -> None:
        libc = _libc()
        setattr(libc, _SYMBOL, self._saved)
        libc.fclose(self._stream)
        os.close(self._reader)
        self._stream = None

    def drain(self) -> Counter[str]:
        """Take the lines printed since the last drain, each with how often it came."""
        with self._lock:
            if self._stream is None:
                return Counter()
            chunks = []
            with contextlib.suppress(BlockingIOError):
                while chunk := os.read(self._reader, 65536):
                    chunks.append(chunk)
        text = b"".join(chunks).decode(errors="replace")
        lines = (_PREFIX.sub("", line).strip() for line in text.splitlines())
        return Counter(line for line in lines if line)


CAPTURE = LogCapture()
