"""Decoding a first few pictures of a video while nobody asks for them yet."""

from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue

import av

from vmafx_core.media.frames import Source
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import Notice

# Pictures that wait take no more memory than this, or are one.
_MOST_BYTES = 24 << 20


class Ahead:
    """A source some of whose pictures are decoded before they are asked for.

    Whoever has made it calls `fill` in a thread of its own; `frames` has it end, gives what it has
    decoded, and goes on from there by itself.

    Args:
        source: The source; closed with this one.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._frames = source.frames()
        # None stands behind the last of them.
        self._ready: SimpleQueue[av.VideoFrame | None] = SimpleQueue()
        self._error: BaseException | None = None
        self._wanted = False

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
        room = _MOST_BYTES
        try:
            while room > 0 and not self._wanted:
                picture = next(self._frames)
                self._ready.put(picture)
                room -= sum(plane.buffer_size for plane in picture.planes)
        except StopIteration:
            return
        except BaseException as error:  # noqa: BLE001 - raised again where it belongs
            self._error = error
        finally:
            self._ready.put(None)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, in order; to be called once."""
        self._wanted = True
        # Those that are there do not wait for the one that is being read, which may take long.
        while (picture := self._ready.get()) is not None:
            yield picture
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
        with suppress(Empty):
            while True:
                self._ready.get_nowait()
        self._ready.put(None)
        self._source.close()
