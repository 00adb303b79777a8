"""Measuring a setting: encode the sample in memory, score it from there."""

import math
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from typing import Any, Self

import av
import numpy as np

from vmafx_core.encoders.catalogue import named
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encode import Encoded, encode
from vmafx_core.errors import InputError, WorkError
from vmafx_core.media.extent import length_read
from vmafx_core.media.frames import Repeated
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import ASSUMED_RATE, InputSpec, VideoInfo
from vmafx_core.notice import Notice
from vmafx_core.probing.cache import Family, PointCache
from vmafx_core.probing.events import Advanced, Probed, Sampled, TuneEvent
from vmafx_core.probing.parallel import share_cpus
from vmafx_core.probing.points import Point
from vmafx_core.probing.prober import Prober
from vmafx_core.probing.request import Measuring, check_rereadable
from vmafx_core.probing.sample import Margins, Sample, SampleWindow, load_sample, memory_budget
from vmafx_core.probing.windows import Window, choose_windows
from vmafx_core.scoring import events as scoring
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.inputs import ReadyInputs
from vmafx_core.scoring.needs import FRAMES_AFTER, frames_before
from vmafx_core.scoring.pooling import pool
from vmafx_core.scoring.request import Pairing, ScoreRequest
from vmafx_core.scoring.result import Metric, PairResult

# Seconds between two tellings of how far things are.
_EVERY = 0.2
# Encoded windows that wait to be scored, besides the one that is.
_AHEAD = 2
# Seconds that sums of times may be off.
_ROUNDING = 1e-6
_OTHER_SETTING = "Choose another preset or encoder, or leave such values out with --min-quality."


class SampleMeasurer:
    """Measures settings on one sample.

    Args:
        sample: What is encoded and measured.
        measuring: How.
        cache: Where points are taken from and left in; None for nowhere.
    """

    def __init__(self, sample: Sample, measuring: Measuring, cache: PointCache | None) -> None:
        self.sample = sample
        self._measuring = measuring
        self._cache = cache
        self._points: dict[EncodeSetting, Point] = {}
        self._told: set[Notice] = set()

    @property
    def info(self) -> VideoInfo:
        """The source."""
        return self.sample.info

    @property
    def sampled(self) -> Sampled:
        """What is encoded and measured."""
        return Sampled(
            info=self.sample.info,
            windows=tuple(window.window for window in self.sample.windows),
            whole=self.sample.whole,
            frames=self.sample.frames,
            duration=self.sample.duration,
            digest=self.sample.digest,
        )

    def known(self, setting: EncodeSetting) -> tuple[Point, ...]:
        """Points measured before on this sample with the same setting but for its quality."""
        if self._cache:
            for point in self._cache.points(self._family(setting)):
                self._points.setdefault(point.setting, point)
        return tuple(p for s, p in self._points.items() if _but_quality(s) == _but_quality(setting))

    def probe(self, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        """Encode and measure, or find in the cache; returns the point.

        Yields:
            `Advanced` while it works, `Told`, and `Probed` at the end.

        Raises:
            UsageError: The encoder cannot follow the setting.
            ComponentError: The encoder is not usable here.
            WorkError: Encoding or scoring failed.
        """
        point = next((p for p in self.known(setting) if p.setting == setting), None)
        if point is None:
            point = yield from self._measured(setting)
            self._points[setting] = point
            if self._cache:
                self._cache.add(self._family(setting), point)
                yield from self._tell(self._cache.notices)
        yield Probed(point)
        return point

    def _measured(self, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        encoded: list[Encoded] = []
        pairs: list[dict[str, Metric]] = []
        score_seconds = 0.0
        windows = self.sample.windows
        with _Encoding(windows, setting, self._measuring.threads or 0) as encoding:
            progress = _Progress(2 * self.sample.frames)
            for window in windows:
                future = encoding.futures.popleft()
                while not _is_done(future):
                    yield progress.event(encoding.frames)
                encode_result = future.result()
                began = time.monotonic()
                with closing(self._scored(window, setting, encode_result.data)) as events:
                    for event in events:
                        if isinstance(event, scoring.Progress):
                            yield progress.event(encoding.frames, event.frames)
                        elif isinstance(event, scoring.Finished):
                            pairs.append(_inner(event.result.pairs[0], window, setting))
                            yield from self._tell(event.result.notices)
                score_seconds += time.monotonic() - began
                progress.scored += window.count
                encoded.append(replace(encode_result, data=b""))
                encoding.release()
        return Point(
            setting=setting,
            pix_fmt=encoded[0].pix_fmt,
            metrics=_joined(pairs),
            frames=self.sample.frames,
            duration=self.sample.duration,
            video_bytes=sum(e.video_bytes for e in encoded),
            encode_seconds=sum(e.seconds for e in encoded),
            score_seconds=score_seconds,
            cached=False,
            encoder_version=encoded[0].version,
        )

    def _scored(
        self, window: SampleWindow, setting: EncodeSetting, data: bytes
    ) -> Generator[scoring.Event]:
        name = InputSpec(location=f"the encode with {named(setting)}")
        request = ScoreRequest(
            reference=window.spec,
            distorted=(name,),
            models=self._measuring.models,
            features=self._measuring.features,
            size=self._measuring.display,
            pairing=Pairing.INDEX,
            threads=self._measuring.threads,
        )
        around = window.margins
        try:
            distorted = VideoSource(name, threads=0, data=data)
            repeated = Repeated(distorted, around.before, around.after)
            yield from score_events(request, ReadyInputs(window.reference(), [repeated]))
        except InputError as error:
            if name.location not in error.message:
                raise
            raise WorkError(error.message, _OTHER_SETTING) from error
        except av.FFmpegError as error:
            told = f"{name.location} cannot be decoded: {error.strerror}"
            raise WorkError(told, _OTHER_SETTING) from error

    def _tell(self, notices: Sequence[Notice]) -> Iterator[Told]:
        """Each notice once, however many windows and probes it comes from."""
        for notice in notices:
            if notice not in self._told:
                self._told.add(notice)
                yield Told(notice)

    def _family(self, setting: EncodeSetting) -> Family:
        return Family.of(self.sample, setting, self._measuring)


class _Encoding:
    """The windows being encoded one after the other, not far ahead of the scoring.

    A context manager that stops it and waits for its end.
    """

    def __init__(
        self, windows: Sequence[SampleWindow], setting: EncodeSetting, threads: int
    ) -> None:
        self.frames = 0
        self._setting = setting
        self._threads = threads
        self._stopped = threading.Event()
        self._room = threading.Semaphore(_AHEAD)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="vmafx-encode")
        # Taken out one by one: what is scored is not held any longer.
        self.futures = deque(self._pool.submit(self._encode, window) for window in windows)

    def release(self) -> None:
        """Say that an encoded window is not needed any more."""
        self._room.release()

    def _encode(self, window: SampleWindow) -> Encoded:
        while not self._room.acquire(timeout=0.1):
            self._check()
        return encode(self._counted(window), window.info, self._setting, threads=self._threads)

    def _counted(self, window: SampleWindow) -> Iterator[av.VideoFrame]:
        for picture in window.pictures():
            self._check()
            self.frames += 1
            yield picture

    def _check(self) -> None:
        if self._stopped.is_set():
            raise WorkError("encoding was stopped")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)


class _Progress:
    """How far a probe is: every picture is encoded, then scored."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._began = time.monotonic()
        self.scored = 0

    def event(self, encoded: int, scoring_now: int = 0) -> Advanced:
        return Advanced(
            phase="probing",
            done=(encoded + self.scored + scoring_now) // 2,
            total=self._total // 2,
            seconds=time.monotonic() - self._began,
        )


def _is_done(future: Future[Encoded]) -> bool:
    try:
        future.exception(timeout=_EVERY)
    except NotYet:
        return False
    return True


def _but_quality(setting: EncodeSetting) -> EncodeSetting:
    return replace(setting, quality=0)


def _inner(pair: PairResult, window: SampleWindow, setting: EncodeSetting) -> dict[str, Metric]:
    """The metrics of a window without its margins.

    Raises:
        WorkError: The encode has not as many pictures as went in.
    """
    around, scored = window.margins, pair.frames.scored
    if scored != around.before + window.count + around.after:
        raise WorkError(
            f"the encode with {named(setting)} has {scored - around.before - around.after} "
            f"pictures of {window.count}",
            _OTHER_SETTING,
        )
    inner = slice(around.before, around.before + window.count)
    return {name: replace(m, values=m.values[inner]) for name, m in pair.metrics.items()}


def _joined(windows: Sequence[dict[str, Metric]]) -> dict[str, Metric]:
    """The metrics of all windows together."""
    joined = {}
    for name, first in windows[0].items():
        values = np.concatenate([metrics[name].values for metrics in windows])
        pooled = pool(values, lower_is_better=first.lower_is_better)
        joined[name] = Metric(name, first.kind, values, pooled)
    return joined


def prepared(
    source: InputSpec, measuring: Measuring, windows: tuple[Window, ...] | None = None
) -> Generator[TuneEvent[Any], None, SampleMeasurer]:
    """Decode the sample of a source; returns what measures settings on it.

    Args:
        source: The source.
        measuring: How settings are measured.
        windows: The windows to use; None to choose them as `measuring` says.

    Yields:
        `Advanced`, `Told`, then `Sampled`.

    Raises:
        UsageError: The source is a pipe.
        InputError: The source cannot be read.
    """
    check_rereadable(source)
    with VideoSource(source) as opened:
        about, keys = opened.info, opened.key_times
    interval = 1 / (about.frame_rate or ASSUMED_RATE)
    length = length_read(source, about)
    if windows is None:
        inside = [k - source.start for k in keys if k >= source.start]
        windows = choose_windows(length, inside, measuring.sampling)
    if len(windows) > 1:
        # Windows are found by time: what is skipped in pictures is so, too.
        start = source.start + float(source.skip * interval)
        source = replace(source, start=start, skip=0)
    before = frames_before(measuring.models, measuring.features)
    loading = load_sample(
        source,
        windows,
        Margins(before, FRAMES_AFTER),
        interval=interval,
        budget=memory_budget(),
        whole=_are_whole(windows, length),
    )
    sample = yield from _told_loading(loading, windows, length, interval)
    cache = PointCache() if measuring.cache else None
    measurer = SampleMeasurer(sample, measuring, cache)
    yield from (Told(notice) for notice in sample.notices)
    yield measurer.sampled
    yield from (Told(notice) for notice in (cache.notices if cache else ()))
    return measurer


class LocalProber:
    """This process."""

    def prepared(
        self, source: InputSpec, measuring: Measuring, windows: tuple[Window, ...] | None = None
    ) -> Generator[TuneEvent[Any], None, SampleMeasurer]:
        """Decode the sample of a source here."""
        return prepared(source, measuring, windows)

    def share(self, count: int, threads: int | None) -> tuple[int, int]:
        """Share the CPUs that this process may use."""
        return share_cpus(count, threads)


LOCAL_PROBER: Prober = LocalProber()
"""This process as the place where settings are measured."""


def _told_loading(
    loading: Generator[int, None, Sample],
    windows: Sequence[Window],
    length: float | None,
    interval: Fraction,
) -> Generator[Advanced, None, Sample]:
    """Pass the loading on, telling how far it is a few times a second."""
    spans = [w.duration if w.duration is not None else length and length - w.start for w in windows]
    known = [s for s in spans if s is not None]
    total = round(sum(known) / interval) if len(known) == len(spans) else None
    began = told = time.monotonic()
    while True:
        try:
            done = next(loading)
        except StopIteration as end:
            sample: Sample = end.value
            return sample
        now = time.monotonic()
        if now - told >= _EVERY:
            told = now
            shown = done if total is None else min(done, total)
            yield Advanced(phase="sampling", done=shown, total=total, seconds=now - began)


def _are_whole(windows: Sequence[Window], length: float | None) -> bool:
    """Whether windows join from the beginning to the end."""
    at = 0.0
    for window in windows:
        if abs(window.start - at) > _ROUNDING:
            return False
        at = math.inf if window.duration is None else at + window.duration
    return at == math.inf or (length is not None and at >= length)
