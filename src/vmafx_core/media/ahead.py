"""Decoding a first few pictures of a video while nobody asks for them yet."""

import threading
from collections import deque
from collections.abc import Iterator

import av

from vmafx_core.media.frames import Source
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import Notice

# Pictures that wait take no more memory than this, or are one.
_MOST_BYTES = 24 << 20


class Ahead:
    """A source some of whose pictures are decoded before they are asked for.

    Whoever has made it calls `fill` in a thread of its own; `frames` ends that, gives what is
    there, and goes on from there by itself.

    Args:
        source: The source; closed with this one.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._frames = source.frames()
        self._ready: deque[av.VideoFrame] = deque()
        self._error: BaseException | None = None
        self._wanted = False
        self._filling = threading.Lock()

    @property
    def spec(self) -> InputSpec:
        """As the source's."""
        return self._source.spec

    @property
    def info(self) -> VideoInfo:
        """As the source's."""
        return self._source.info

    @property
    def notices(self) -> tuple[Notice, ...]:
        """As the source's."""
        return self._source.notices

    def fill(self) -> None:
        """Decode until there is enough, an end, or somebody who asks."""
        with self._filling:
            room = _MOST_BYTES
            while room > 0 and not self._wanted:
                try:
                    picture = next(self._frames)
                except StopIteration:
                    return
                except BaseException as error:  # noqa: BLE001 - raised again where it belongs
                    self._error = error
                    return
                self._ready.append(picture)
                room -= sum(plane.buffer_size for plane in picture.planes)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, in order; to be called once."""
        self._wanted = True
        with self._filling:
            pass
        while self._ready:
            yield self._ready.popleft()
        if self._error:
            raise self._error
        yield from self._frames

    def stop(self) -> None:
        """End `frames()` soon."""
        self._wanted = True
        self._source.stop()

    def close(self) -> None:
        """Free everything."""
        self._wanted = True
        self._ready.clear()
        self._source.close()
