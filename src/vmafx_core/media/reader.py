"""Decoding ahead: a thread decodes and converts, a bounded queue holds what is ready."""

import queue
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Self

import av

from vmafx_core.media.convert import Converter
from vmafx_core.media.frames import Source

FRAMES_AHEAD = 4
# Seconds that a thread has for the picture that it is at.
_PATIENCE = 0.5

Pictures = tuple[av.VideoFrame, ...]


class _Stopped(Exception):  # noqa: N818 - a signal between two methods, not an error
    """The consumer does not want more."""


class FrameReader:
    """Pictures of one source, each in the forms of all converters; iterable once.

    Args:
        source: An opened source; the reader closes it.
        converters: One a form in which pictures are wanted.
        ahead: Most pictures to hold ready.
    """

    def __init__(
        self, source: Source, converters: Sequence[Converter], *, ahead: int = FRAMES_AHEAD
    ) -> None:
        self._source = source
        self._converters = converters
        self._queue: queue.Queue[Pictures | BaseException | None] = queue.Queue(ahead)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vmafx-read", daemon=True)
        self._thread.start()

    def awaited(self, seconds: float) -> bool:
        """Wait for the next picture or the end for so long; whether it is there."""
        waiting = self._queue.not_empty
        with waiting:
            return waiting.wait_for(lambda: bool(self._queue.queue), seconds)

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for pictures in self._converted():
                self._put(pictures)
        except _Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - raised again in the consumer
            last = error
        try:
            self._put(last)
        except _Stopped:
            return

    def _converted(self) -> Iterator[Pictures]:
        """Rows of pictures: deinterlacers and the like give theirs later than others."""
        ready: list[deque[av.VideoFrame]] = [deque() for _ in self._converters]
        for frame in self._source.frames():
            for waiting, converter in zip(ready, self._converters, strict=True):
                waiting.extend(converter.push(frame))
            while all(ready):
                yield tuple(waiting.popleft() for waiting in ready)
        for waiting, converter in zip(ready, self._converters, strict=True):
            waiting.extend(converter.flush())
        while all(ready):
            yield tuple(waiting.popleft() for waiting in ready)

    def _put(self, item: Pictures | BaseException | None) -> None:
        while True:
            if self._stop.is_set():
                raise _Stopped
            try:
                self._queue.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def __iter__(self) -> Iterator[Pictures]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def close(self) -> None:
        """Stop reading and free everything.

        A thread that waits for a server stays behind, and frees the source when it comes back.
        """
        self._stop.set()
        self._source.stop()
        while self._thread.is_alive() and not self._queue.empty():
            self._queue.get_nowait()  # one that waits for room finds it, and sees the stop
        self._thread.join(timeout=_PATIENCE)
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
