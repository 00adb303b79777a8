"""Scoring one pair by segments, exactly as one pass would.

A segment is scored in a libvmaf context of its own, with a few frames more before and after it;
their scores are dropped. Nothing grows with the length of the video, and the scores of a segment
are known as soon as it ends.
"""

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import av
import numpy as np

from vmafx_core.errors import VmafxError, WorkError
from vmafx_core.libvmaf.catalogue import most_of
from vmafx_core.libvmaf.context import Context
from vmafx_core.libvmaf.log import CAPTURE
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.scoring.needs import FRAMES_AFTER, frames_before, reads_chroma
from vmafx_core.scoring.result import Scores

# Segments that are flushed or waiting to be taken at one time.
_MOST_PENDING = 2
# Of fewer frames, libvmaf measures motion over several frames otherwise.
_LEAST_FRAMES = 3

type _Pair = tuple[av.VideoFrame, av.VideoFrame]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentScores:
    """The scores of one segment.

    Attributes:
        first: Index of its first frame.
        count: How many frames it has.
        metrics: Values by name, models first; each of shape (frames,).
    """

    first: int
    count: int
    metrics: dict[str, Scores]


@dataclass(slots=True)
class _Open:
    """The segment being fed: its first own frame is `first`, its context began at `began`.

    Where libvmaf has nothing to measure there is no context.
    """

    context: Context | None
    began: int
    first: int


class SegmentScorer:
    """Scores one stream of frame pairs; a context manager that frees everything.

    Args:
        models: The models, each with the name of its metric.
        features: Features to extract besides the models'.
        picture: The form of every picture.
        threads: Worker threads of a context.
        segment_frames: Frames a segment.
    """

    def __init__(
        self,
        models: Sequence[tuple[ModelSpec, str]],
        features: Sequence[FeatureSpec],
        picture: PictureFormat,
        *,
        threads: int,
        segment_frames: int,
    ) -> None:
        specs = [spec for spec, _ in models]
        self._features = features
        # Planes that nobody looks at need not be copied.
        luma_only = not reads_chroma(specs, features)
        self._picture = replace(picture, chroma=Chroma.GRAY) if luma_only else picture
        self._threads = threads
        self._before = frames_before(specs, features)
        self._length = max(segment_frames, self._before + FRAMES_AFTER + 1)
        # The latest pairs, with which the next segment begins.
        self._kept: deque[_Pair] = deque(maxlen=self._before + FRAMES_AFTER)
        self._open: _Open | None = None
        self._idle = not models and not features
        self._pending: deque[tuple[Future[SegmentScores], Context | None]] = deque()
        self._names: dict[str, str] | None = None
        self._fed = 0
        self._ended = 0  # the first frame that is in no segment that has ended
        self._since = 0.0
        self._models: list[Model] = []
        self._closed = False
        self._flusher = ThreadPoolExecutor(1, thread_name_prefix="vmafx-flush")
        try:
            for spec, metric in models:
                self._models.append(Model(spec, metric))
            self._open = self._begin()
        except BaseException:
            self.close()
            raise

    @property
    def fed(self) -> int:
        """Pairs fed so far."""
        return self._fed

    @property
    def waiting(self) -> float:
        """Seconds since there is a pair in no segment that has ended; 0 where there is none."""
        return time.monotonic() - self._since if self._fed > self._ended else 0.0

    def _begin(self) -> _Open:
        """Begin a segment, with the pairs that belong before it."""
        context = None
        if not self._idle:
            context = Context(self._models, self._features, self._picture, self._threads)
        segment = _Open(context, self._fed - len(self._kept), self._ended)
        try:
            for pair in self._kept:
                _feed(segment, pair)
        except BaseException:
            if context:
                context.close()
            raise
        return segment

    def feed(self, reference: av.VideoFrame, distorted: av.VideoFrame) -> None:
        """Hand over the next pair.

        Raises:
            WorkError: If libvmaf refuses it, or an earlier segment failed.
        """
        if self._open is None:
            self._open = self._begin()
        pair = reference, distorted
        _feed(self._open, pair)
        if self._fed == self._ended:
            self._since = time.monotonic()
        self._kept.append(pair)
        self._fed += 1
        if self._fed - FRAMES_AFTER - self._ended == self._length:
            self._end(self._fed - FRAMES_AFTER)

    def cut(self) -> None:
        """End the segment that is being fed, but for its last frame: scores stay the same.

        That one's score needs the next frame. Where there is too little yet, or earlier segments
        are not ready, nothing happens.
        """
        enough = self._open and self._fed - self._open.began >= _LEAST_FRAMES
        if enough and self._fed - FRAMES_AFTER > self._ended and self._room:
            self._end(self._fed - FRAMES_AFTER)

    @property
    def _room(self) -> bool:
        return len(self._pending) < _MOST_PENDING

    def _end(self, last: int) -> None:
        """End the segment before frame `last`."""
        if not self._room:
            self._pending[-1][0].exception()  # waits; the error is raised where it is taken
        segment = self._open = self._open or self._begin()
        future = self._flusher.submit(self._collect, segment, last)
        self._pending.append((future, segment.context))
        self._open = None
        self._ended, self._since = last, time.monotonic()

    def _collect(self, segment: _Open, end: int) -> SegmentScores:
        """Flush a context and read its scores; in the flushing thread."""
        if segment.context is None:
            return SegmentScores(segment.first, end - segment.first, {})
        with segment.context as context:
            context.flush()
            if self._names is None:
                self._names = self._checked_names(context)
            first, last = segment.first - segment.began, end - segment.began
            values = context.predict(first, last)
            for name, stored in self._names.items():
                values[name] = context.feature(stored, first, last)
        arrays = {name: np.minimum(value, most_of(name)) for name, value in values.items()}
        return SegmentScores(segment.first, last - first, arrays)

    def _checked_names(self, context: Context) -> dict[str, str]:
        """The features' names; libvmaf goes on in silence where one fails, this does not."""
        names = context.feature_names()
        for feature in self._features:
            if not any(n.startswith(m) for n in names for m in feature.info.metrics):
                raise WorkError(f"libvmaf gave no value for the feature {feature.name!r}")
        return names

    def take(self) -> list[SegmentScores]:
        """The segments that have come to their end since the last call, in order.

        Raises:
            WorkError: If a segment failed, with what libvmaf printed about it.
        """
        done = []
        while self._pending and self._pending[0][0].done():
            done.append(self._result(self._pending.popleft()[0]))
        return done

    def finish(self) -> list[SegmentScores]:
        """Say that no more pairs come, and wait for the rest.

        Raises:
            WorkError: As `take`.
        """
        if self._fed > self._ended:
            self._end(self._fed)
        done = [self._result(future) for future, _ in self._pending]
        self._pending.clear()
        return done

    def _result(self, future: Future[SegmentScores]) -> SegmentScores:
        try:
            return future.result()
        except VmafxError as error:
            if said := "; ".join(list(CAPTURE.drain())[:3]):
                raise type(error)(error.message, error.hint or f"libvmaf said: {said}") from None
            raise

    def close(self) -> None:
        """Stop at once and free everything; more than once does no harm."""
        if self._closed:
            return
        self._closed = True
        self._flusher.shutdown(cancel_futures=True)
        feeding = self._open.context if self._open else None
        for context in (feeding, *(c for _, c in self._pending)):
            if context:
                context.close()
        for model in self._models:
            model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _feed(segment: _Open, pair: _Pair) -> None:
    if segment.context:
        segment.context.feed(*pair)
