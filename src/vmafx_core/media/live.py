"""Pictures that come one by one from elsewhere, as a source."""

import queue
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

from vmafx_core.media.pixels import pixels
from vmafx_core.media.raw import frame_bytes
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import Notice

# Pictures that wait to be read. Readers hold some ready already; more would only be farther away,
# in slower memory, by the time that they are scored.
_MOST_WAITING = 1
_TICKS = 90_000


class LiveSource:
    """Pictures that somebody hands over; whoever does waits while one waits here already.

    Whoever gives several sources their pictures from one thread has to give them in step: one that
    is far ahead of the others holds up the thread that is to give theirs.

    Args:
        name: What to call it.
        width: Width in samples.
        height: Height in samples.
        pix_fmt: FFmpeg's name of the layout of the samples.
        frame_rate: Frames a second.
    """

    notices: tuple[Notice, ...] = ()

    def __init__(
        self,
        name: str,
        *,
        width: int,
        height: int,
        pix_fmt: str,
        frame_rate: Fraction,
    ) -> None:
        known = pixels(pix_fmt)
        self.spec = InputSpec(location=name)
        self.frame_bytes = frame_bytes(width, height, pix_fmt)
        self.info = VideoInfo(
            location=name,
            container="stream",
            codec="rawvideo",
            width=width,
            height=height,
            coded_width=width,
            coded_height=height,
            pix_fmt=pix_fmt,
            chroma=known.chroma,
            depth=known.depth,
            frame_rate=frame_rate,
            variable_rate=False,
            frame_count=None,
            duration=None,
            bit_rate=None,
            color_range=None,
            matrix=None,
            primaries=None,
            transfer=None,
            rotation=0,
            interlaced=False,
            sample_aspect=Fraction(1),
        )
        self._interval = Fraction(_TICKS) / frame_rate
        self._pictures: queue.Queue[av.VideoFrame | None] = queue.Queue(_MOST_WAITING)
        self._given = 0
        self._stopped = False

    def give(self, planes: memoryview) -> None:
        """Hand over the next picture: its planes one after the other, tightly packed.

        Args:
            planes: `frame_bytes` bytes; copied.
        """
        info = self.info
        picture = av.VideoFrame(info.width, info.height, info.pix_fmt)
        samples = np.frombuffer(planes, np.uint8)
        at, size = 0, 1 if info.depth == 8 else 2
        for plane in picture.planes:
            row = plane.width * size
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            piece = samples[at : at + plane.height * row]
            rows[: plane.height, :row] = piece.reshape(plane.height, row)
            at += plane.height * row
        picture.time_base = Fraction(1, _TICKS)
        picture.pts = round(self._given * self._interval)
        self._given += 1
        self._put(picture)

    def finish(self) -> None:
        """Say that no more pictures come."""
        self._put(None)

    def _put(self, item: av.VideoFrame | None) -> None:
        while not self._stopped:
            try:
                self._pictures.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, in order; to be called once."""
        while not self._stopped:
            try:
                picture = self._pictures.get(timeout=0.1)
            except queue.Empty:
                continue
            if picture is None:
                return
            yield picture

    def stop(self) -> None:
        """End `frames()` soon."""
        self._stopped = True

    def close(self) -> None:
        """End `frames()` soon."""
        self._stopped = True
