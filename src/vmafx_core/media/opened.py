"""An open input, as the opening hands it to the decoding."""

from dataclasses import dataclass

from av.container import InputContainer
from av.video.stream import VideoStream

from vmafx_core.media import raw
from vmafx_core.media.pipe import Pipe
from vmafx_core.notice import Notice


@dataclass(slots=True)
class Opened:
    """An open container and the stream to decode.

    Attributes:
        container: The open container.
        stream: The chosen video stream.
        head: The input's first bytes, where they were looked at.
        pipe: What the container reads from, where that is a pipe.
        geometry: The geometry of raw video; None for all else.
        notices: What was chosen or assumed.
        stopped: Whether `stop` was called.
    """

    container: InputContainer
    stream: VideoStream
    head: bytes
    pipe: Pipe | None
    geometry: raw.Geometry | None
    notices: tuple[Notice, ...]
    stopped: bool = False

    @property
    def size(self) -> int | None:
        """Bytes of the whole input, where known: of a pipe, the bytes read so far."""
        return self.pipe.total if self.pipe else self.container.size

    def stop(self) -> None:
        """End a read that waits for a pipe in another thread."""
        self.stopped = True
        if self.pipe:
            self.pipe.stop()

    def close(self) -> None:
        """Close the container and the pipe."""
        self.container.close()
        if self.pipe:
            self.pipe.close()
