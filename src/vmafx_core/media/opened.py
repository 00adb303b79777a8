"""An open input, as the opening hands it to the decoding.

FFmpeg's memory is gone the moment a container is closed, so nobody may be inside it then. All use
of an open input is therefore within `use()`, and a close that comes meanwhile waits for its end.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from av.container import InputContainer
from av.video.stream import VideoStream

from vmafx_core.media import raw
from vmafx_core.media.pipe import InOrder
from vmafx_core.notice import Notice


@dataclass(slots=True)
class Opened:
    """An open container and the stream to decode.

    Attributes:
        container: The open container.
        stream: The chosen video stream.
        head: The input's first bytes, where they were looked at.
        pipe: What the container reads from, where that can only be read in order.
        geometry: The geometry of raw video; None for all else.
        notices: What was chosen or assumed.
        stopped: Whether `stop` was called.
    """

    container: InputContainer
    stream: VideoStream
    head: bytes
    pipe: InOrder | None
    geometry: raw.Geometry | None
    notices: tuple[Notice, ...]
    stopped: bool = False
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _in_use: bool = field(default=False, init=False, repr=False)
    _closing: bool = field(default=False, init=False, repr=False)
    _closed: bool = field(default=False, init=False, repr=False)

    @contextmanager
    def use(self) -> Iterator[bool]:
        """Keep the input open for the length of a `with` block, in one thread at a time.

        Yields:
            Whether it may be used: not any more once it was stopped or closed.
        """
        with self._guard:
            usable = self._in_use = not self.stopped
        try:
            yield usable
        finally:
            with self._guard:
                self._in_use = False
                self._free()

    @property
    def without_order(self) -> bool:
        """Whether the container has the order of decoding only, and pictures are shown in another.

        AVI knows nothing of B-frames. The times that FFmpeg guesses for those of H.264 are not in
        order; where its decoders of older codecs guess, they are.
        """
        codec = self.stream.codec.canonical_name
        reorders = self.stream.codec_context.has_b_frames
        return self.container.format.name == "avi" and reorders and codec in {"h264", "hevc"}

    @property
    def size(self) -> int | None:
        """Bytes of the whole input, where known: of a pipe, the bytes read so far."""
        return self.pipe.total if self.pipe else self.container.size

    def stop(self) -> None:
        """End the reading soon, also one that waits for a pipe; callable from any thread."""
        self.stopped = True
        if self.pipe:
            self.pipe.stop()

    def close(self) -> None:
        """Close the container and the pipe; at the end of its use if a thread is using it."""
        self.stop()
        with self._guard:
            self._closing = True
            self._free()

    def _free(self) -> None:
        if self._in_use or self._closed or not self._closing:
            return
        self._closed = True
        self.container.close()
        if self.pipe:
            self.pipe.close()
