"""One video as a stream of decoded pictures with times that start at 0."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from fractions import Fraction
from itertools import chain
from typing import Self

import av
from av.rational import AVRational

from vmafx_core.errors import InputError, MismatchError
from vmafx_core.media.decoding import decode, prepare
from vmafx_core.media.info import describe
from vmafx_core.media.locations import is_pipe, is_url, name_of
from vmafx_core.media.opened import Opened
from vmafx_core.media.opening import Content, open_input
from vmafx_core.media.raw import DefaultRate, no_rate
from vmafx_core.media.types import ASSUMED_RATE, InputSpec, VideoInfo
from vmafx_core.notice import Notice

ROUNDING = Fraction(2, 1000)
"""Containers round timestamps, some to a millisecond; a frame this much before `start` is in."""
# Ticks a second of the times that are computed here.
_FINE = 1_000_000


def _aside(work: Callable[[], None]) -> None:
    """Do something in a thread of its own, and wait for it.

    In the main thread, an interrupt while PyAV waits for a server is lost. Whatever waits longer
    than the program is left behind.
    """
    done: Future[None] = Future()

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            done.set_exception(error)
        else:
            done.set_result(None)

    threading.Thread(target=run, name="vmafx-open", daemon=True).start()
    done.result()


class VideoSource:
    """A video, opened, with its first picture decoded.

    Args:
        spec: Where it is, and how to read it.
        threads: Threads for decoding; 0 for as many as FFmpeg thinks right.
        default_rate: Gives the frame rate of raw video that says none itself, asked only where it
            is needed; 25 where that is None.
        data: The file itself, where it is in memory or somewhere else; the spec only names it
            then.

    Raises:
        InputError: It cannot be read, has no video, or its first picture cannot be decoded.
        RemoteError: A server cannot be reached, or refused.
        UsageError: The stream or crop asked for is not there.
    """

    def __init__(
        self,
        spec: InputSpec,
        *,
        threads: int = 1,
        default_rate: DefaultRate = no_rate,
        data: Content | None = None,
    ) -> None:
        self.spec = spec
        self._threads = threads
        self._data = data
        self._default_rate = default_rate
        self._stopped = False
        self._began: Fraction | None = None
        if is_url(spec.location) and threading.current_thread() is threading.main_thread():
            _aside(self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        """Open it, and decode its first picture."""
        self._open()
        try:
            first = self._first = self._first_picture()
            self._origin = first.pts
            self._unordered = self._opened.without_order
            self.info: VideoInfo = describe(self.spec, self._opened, first)
            self._interval = 1 / (self.info.frame_rate or self._default_rate() or ASSUMED_RATE)
        except BaseException:
            self.close()
            raise

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was chosen, assumed or found; may grow until the last frame."""
        return self._opened.notices

    @property
    def began(self) -> Fraction | None:
        """When the first picture that `frames()` gave is shown, by the container's own clock.

        In seconds, on the one timeline that its other streams are on too; None before.
        """
        return self._began

    @property
    def key_times(self) -> tuple[float, ...]:
        """Seconds from the first picture of the key frames that the container lists, in order."""
        stream = self._opened.stream
        origin, tick = self._origin or 0, _fraction(stream.time_base)
        keys = (e.timestamp - origin for e in stream.index_entries if e.is_keyframe)
        return tuple(sorted(float(key * tick) for key in keys if key >= 0))

    def frames(self) -> Iterator[av.VideoFrame]:
        """The pictures, each once, in order of display; to be called once.

        `start`, `skip` and `duration` of the spec are applied here, in this order. A frame's
        `time` is its seconds from the first picture of the stream, whatever was skipped.

        Raises:
            InputError: The stream is broken or cut short.
            MismatchError: It ends before what is wanted of it begins.
            RemoteError: The server went away.
        """
        spec = self.spec
        start = Fraction(spec.start)
        clock = _Clock(self._origin, self._interval, even=spec.frame_rate is not None)
        end: Fraction | None = None
        left_to_skip = spec.skip
        now = Fraction(0)
        given = False
        for frame in self._from(start):
            stamp = None if given else self._stamp(frame)
            now = clock.set(frame)
            if now < start - ROUNDING:
                continue
            if left_to_skip:
                left_to_skip -= 1
                continue
            if spec.duration is not None:
                end = end or now + Fraction(spec.duration) - ROUNDING
                if now >= end:
                    return
            if not given:
                self._began = self._origin_time() + now if stamp is None else stamp
                given = True
            yield frame
        if not given and not self._stopped and (start or spec.skip):
            raise MismatchError(
                f"{name_of(spec.location)}: ends at {float(now):.2f} s, before what is wanted",
                "Let it begin earlier: --start, --skip-ref and --skip-dis decide.",
            )

    def stop(self) -> None:
        """End `frames()` soon, also while it waits for a pipe; callable from any thread."""
        self._stopped = True
        self._opened.stop()

    def close(self) -> None:
        """Free everything; where a thread is inside `frames()`, that ends first, and soon."""
        self._stopped = True
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        self._opened: Opened = open_input(self.spec, self._default_rate, self._data)
        prepare(self._opened.stream, self._threads)
        self._decoded = decode(self._opened, self.spec.location)

    def _first_picture(self) -> av.VideoFrame:
        for frame in self._decoded:
            return frame
        name = name_of(self.spec.location)
        raise InputError(f"{name}: has no pictures", "Check the program that wrote it.")

    def _from(self, start: Fraction) -> Iterator[av.VideoFrame]:
        """Decoded pictures from the first one, or from a later one that is not after `start`."""
        seekable = self._origin is not None and not is_pipe(self.spec.location)
        if start > 0 and seekable and not self._unordered and self.spec.frame_rate is None:
            try:
                return self._seek(start, self._origin or 0)
            except (av.FFmpegError, InputError):
                if self._stopped:
                    return iter(())
                # No index, or a wrong one: decode everything, and drop what is too early.
                self._opened.close()
                self._open()
                if self._stopped:  # in the meantime, so that only the old one knows
                    self._opened.close()
                return self._decoded
        return chain([self._first], self._decoded)

    def _stamp(self, frame: av.VideoFrame) -> Fraction | None:
        """When the container shows a picture; None where only the order of pictures tells.

        AVI has times of decoding, and pictures in front of which others are decoded seem to be
        late by those: there, the first picture is shown when the stream begins.
        """
        guessed = self._opened.container.format.name == "avi" and not self._unordered
        return None if guessed or frame.pts is None else frame.pts * _fraction(frame.time_base)

    def _origin_time(self) -> Fraction:
        stream = self._opened.stream
        return (stream.start_time or 0) * _fraction(stream.time_base)

    def _seek(self, start: Fraction, origin: int) -> Iterator[av.VideoFrame]:
        """Decoded pictures from a key frame that is not after `start`.

        Raises:
            InputError: What follows the seek cannot be decoded, or comes after `start`.
        """
        with self._opened.use() as usable:
            if not usable:
                return iter(())
            stream = self._opened.stream
            target = origin + int((start - ROUNDING) / _fraction(stream.time_base))
            self._opened.container.seek(target, stream=stream)
        self._decoded = decode(self._opened, self.spec.location, sought=True)
        frame = next(self._decoded, None)
        if frame is None or frame.pts is None or frame.pts > target:
            raise InputError(
                f"{name_of(self.spec.location)}: cannot be read from {float(start)} s on"
            )
        while frame is not None and frame.pts is not None and frame.pts < target:
            frame = next(self._decoded, None)
        return chain([frame] if frame else [], self._decoded)


class _Clock:
    """Gives frames times that start at 0 with the stream's first picture.

    Args:
        origin: Timestamp of the first picture; None where the container has none.
        interval: Seconds between frames, for those without a timestamp.
        even: Whether to disregard timestamps and space all frames by `interval`.
    """

    def __init__(self, origin: int | None, interval: Fraction, *, even: bool) -> None:
        self._origin = origin
        self._interval = interval
        self._even = even
        self._next = Fraction(0)

    def set(self, frame: av.VideoFrame) -> Fraction:
        """Set the frame's timestamp, and return it in seconds."""
        if self._even or self._origin is None:
            now = self._next
            frame.time_base = Fraction(1, _FINE)
            frame.pts = round(now * _FINE)
        elif frame.pts is None:
            # In the unit of the others: who notes their times notes one unit for all.
            now = self._next
            frame.pts = round(now / _fraction(frame.time_base))
        else:
            frame.pts -= self._origin
            now = frame.pts * _fraction(frame.time_base)
        self._next = now + self._interval
        return now


def _fraction(value: AVRational) -> Fraction:
    return Fraction(value.num, value.den)
