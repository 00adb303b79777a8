"""What the scoring reads pictures from, and pictures that are in memory already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import av

from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import Notice


class Source(Protocol):
    """One video as a stream of pictures with times that start at 0."""

    @property
    def spec(self) -> InputSpec:
        """Where it is, and what was asked of it."""

    @property
    def info(self) -> VideoInfo:
        """What it turned out to be."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was chosen, assumed or found; may grow until the last frame."""

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, each once, in order of display; to be called once."""

    def stop(self) -> None:
        """End `frames()` soon; callable from any thread."""

    def close(self) -> None:
        """Free everything."""


@dataclass(slots=True)
class FramesSource:
    """Decoded pictures in memory as a source; many may share the same pictures.

    Attributes:
        spec: What they were read by.
        info: The video that they are of.
        pictures: The pictures, their times starting at 0; never changed.
    """

    spec: InputSpec
    info: VideoInfo
    pictures: Sequence[av.VideoFrame]
    stopped: bool = False

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Nothing: what there was to tell was told when they were read."""
        return ()

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, in order."""
        for picture in self.pictures:
            if self.stopped:
                return
            yield picture

    def stop(self) -> None:
        """End `frames()`."""
        self.stopped = True

    def close(self) -> None:
        """End `frames()`; the pictures stay with whoever owns them."""
        self.stopped = True


@dataclass(slots=True)
class Repeated:
    """A source whose first and last pictures are repeated.

    Attributes:
        source: The source.
        before: How many times more the first picture comes.
        after: How many times more the last one comes.
    """

    source: Source
    before: int
    after: int

    @property
    def spec(self) -> InputSpec:
        """As the source's."""
        return self.source.spec

    @property
    def info(self) -> VideoInfo:
        """As the source's."""
        return self.source.info

    @property
    def notices(self) -> tuple[Notice, ...]:
        """As the source's."""
        return self.source.notices

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, the first and the last one repeated."""
        picture = None
        for index, picture in enumerate(self.source.frames()):
            for _ in range(1 if index else 1 + self.before):
                yield picture
        if picture is not None:
            for _ in range(self.after):
                yield picture

    def stop(self) -> None:
        """End `frames()` soon."""
        self.source.stop()

    def close(self) -> None:
        """Free everything."""
        self.source.close()
