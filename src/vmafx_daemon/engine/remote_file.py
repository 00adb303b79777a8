"""A client's video as a file of this process: read piece by piece through the daemon."""

import io
import queue
from collections.abc import Callable
from typing import Any

from vmafx_core.errors import InputError
from vmafx_rpc.messages import scoring

_PIECE = 1 << 20

Wish = Callable[[scoring.Read], None]


class RemoteFile:
    """A video of the client; what FFmpeg reads of it is asked for, the next piece ahead of time.

    Args:
        number: Which one, as the client counts them.
        name: What the client calls it.
        wish: Asks the client for a piece.
    """

    def __init__(self, number: int, name: str, wish: Wish) -> None:
        self._number = number
        self._name = name
        self._wish = wish
        self._chunks: queue.SimpleQueue[scoring.Chunk | None] = queue.SimpleQueue()
        self._position = 0
        self._held = (0, b"")
        self._asked: int | None = None
        self._size: int | None = None
        self._ended = False
        self._gone = False

    def begin(self) -> Any:
        """Ask for its first piece; returns what FFmpeg reads it by.

        Raises:
            InputError: The client cannot read it, or is gone.
        """
        self._ask(0)
        first = self._answer()
        self._size = first.size if first.HasField("size") else None
        self._held = (0, first.data)
        self._ended = len(first.data) < _PIECE
        return RemotePipe(self) if self._size is None else self

    def supply(self, chunk: scoring.Chunk | None) -> None:
        """Hand over what was asked for; None where nothing more comes."""
        self._gone = chunk is None
        self._chunks.put(chunk)

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; none at the end.

        Raises:
            InputError: The client cannot read it, or is gone.
        """
        start, data = self._held
        offset = self._position - start
        if not 0 <= offset < len(data):
            if self._ended and offset == len(data):
                return b""
            self._load(self._position)
            start, data = self._held
            offset = 0
        piece = data[offset : offset + size] if size >= 0 else data[offset:]
        self._position += len(piece)
        return piece

    def _load(self, position: int) -> None:
        if self._size is not None and position >= self._size:
            self._held, self._ended = (position, b""), True
            return
        if self._asked != position:
            if self._asked is not None:
                self._answer()  # of what is not wanted any more
            self._ask(position)
        chunk = self._answer()
        self._held = (position, chunk.data)
        self._ended = len(chunk.data) < _PIECE
        if not self._ended:
            self._ask(position + len(chunk.data))

    def _ask(self, position: int) -> None:
        if self._gone:
            raise self._not_sent()
        self._asked = position
        self._wish(scoring.Read(input=self._number, offset=position, length=_PIECE))

    def _answer(self) -> scoring.Chunk:
        chunk = self._chunks.get()
        asked, self._asked = self._asked, None
        if chunk is None:
            raise self._not_sent()
        if chunk.error:
            raise InputError(chunk.error)
        if chunk.offset != asked or len(chunk.data) > _PIECE:
            raise InputError(
                f"{self._name}: was sent from byte {chunk.offset} on, not from {asked}"
            )
        return chunk

    def _not_sent(self) -> InputError:
        return InputError(f"{self._name}: is not sent any more", "Keep the stream open to its end.")

    def tell(self) -> int:
        """Where the next byte is."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere; only in what can be read anywhere.

        Raises:
            OSError: It cannot.
        """
        if self._size is None:
            raise io.UnsupportedOperation(f"{self._name} can only be read in order")
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position


class RemotePipe:
    """A video of the client that can only be read in order.

    Args:
        file: The video.
    """

    def __init__(self, file: RemoteFile) -> None:
        self.read = file.read
