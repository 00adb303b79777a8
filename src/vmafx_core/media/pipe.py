"""Reading a pipe, or what is like one, so that it can be peeked at, counted, and left."""

import os
import select
import sys
import threading
from collections.abc import Callable

# How often a waiting read looks whether it was told to stop, in seconds.
_POLL_SECONDS = 0.1


class InOrder:
    """What can be read only once, from its beginning to its end, as the file that PyAV reads from.

    Args:
        more: Gives up to so many of the next bytes; none at the end.

    Attributes:
        total: Bytes read so far, without those only peeked at.
    """

    def __init__(self, more: Callable[[int], bytes]) -> None:
        self.total = 0
        self._more = more
        self._ahead = b""
        self._stop = threading.Event()

    def peek(self, size: int) -> bytes:
        """The first `size` bytes (fewer where the end comes before), left to be read again."""
        while len(self._ahead) < size and (more := self._more(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end, and none once stopped."""
        if self._stop.is_set():
            return b""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            data = self._more(size)
        self.total += len(data)
        return data

    def stop(self) -> None:
        """End the reading."""
        self._stop.set()

    def close(self) -> None:
        """End the reading, and let go of what is read."""
        self.stop()


class Pipe(InOrder):
    """The readable end of a pipe; stopping also ends a reading that waits in another thread.

    Args:
        fd: Its file descriptor.
        name: What to call it in messages.
        closes: Whether `close` closes the descriptor.
    """

    def __init__(self, fd: int, name: str, *, closes: bool = False) -> None:
        super().__init__(self._wait_and_read)
        self.name = name
        self._fd = fd
        self._closes = closes
        if sys.platform == "win32":
            import msvcrt  # there only

            msvcrt.setmode(fd, os.O_BINARY)

    def close(self) -> None:
        """End the reading, and close the descriptor if it is this object's own."""
        self.stop()
        if self._closes:
            self._closes = False
            os.close(self._fd)

    def _wait_and_read(self, size: int) -> bytes:
        # Windows cannot wait for a pipe; there, a read lasts until the writer writes or goes.
        while sys.platform != "win32" and not self._stop.is_set():
            if select.select([self._fd], [], [], _POLL_SECONDS)[0]:
                break
        return b"" if self._stop.is_set() else os.read(self._fd, size)
