"""One distorted video being scored against the reference's frames as they come."""

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Self

import av
import numpy as np
import numpy.typing as npt

from vmafx_core.errors import MismatchError
from vmafx_core.libvmaf.catalogue import MOST_DECIBELS, most_of
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.media.convert import Converter
from vmafx_core.media.frames import Source
from vmafx_core.media.locations import is_pipe, name_of
from vmafx_core.media.reader import FrameReader
from vmafx_core.media.sync import best_shift, thumbnail
from vmafx_core.media.types import ASSUMED_RATE
from vmafx_core.notice import Notice, counted, info, warning
from vmafx_core.scoring.events import FrameScores
from vmafx_core.scoring.metrics import collect, worst_frames
from vmafx_core.scoring.models import model_use
from vmafx_core.scoring.pairing import IndexPairer, Pairer, TimePairer
from vmafx_core.scoring.plan import PairPlan, Plan
from vmafx_core.scoring.request import Pairing, ScoreRequest
from vmafx_core.scoring.result import NO_REFERENCE, FrameAccount, PairResult, Scores
from vmafx_core.scoring.segments import SegmentScorer, SegmentScores

if TYPE_CHECKING:
    from vmafx_core.scoring.neural import NeuralRun

# Frames at the start that are looked at for a shift, and how far they may be shifted.
_WATCHED_FRAMES = 75
_WATCHED_SHIFT = 25
# Rates this near are one: 23.976 and 24 are apart by one in a thousand.
_SAME_RATE = 1.002
# Frames without a partner that are read only to be counted.
_MOST_READ_ON = 500


def frames_left(source: Source, reader: FrameReader, read: int) -> int:
    """How many frames a source has beyond those read: as it declares, or else by reading on.

    Reading on ends after some frames: that there are more is what matters, and a pipe may never
    end.

    Raises:
        InputError: If reading on meets an error.
    """
    spec, declared = source.spec, source.info.frame_count
    whole = spec.start == 0 and spec.skip == 0 and spec.duration is None
    if declared is not None and whole and not is_pipe(spec.location):
        return max(0, declared - read)
    return sum(1 for _ in islice(reader, _MOST_READ_ON))


class PairRun:
    """Pairs and scores one distorted video; a context manager that frees everything.

    Args:
        request: What is asked for.
        plan: How it is carried out.
        index: Which distorted video, from 0.
    """

    def __init__(self, request: ScoreRequest, plan: Plan, index: int) -> None:
        self._index = index
        self._plan: PairPlan = plan.pairs[index]
        self._pairing = plan.pairing
        self._requested = request.features
        self._neural_metrics = plan.neural
        self._rates = [
            float(source.info.frame_rate or ASSUMED_RATE)
            for source in (plan.reference, self._plan.source)
        ]
        self._alone = not request.distorted
        self._latency = request.latency
        self._windowed = request.reference.duration is not None
        self._limit = request.frames
        self._times = array("d")
        self._distorted_times = array("d")
        # Each in one piece: what lives long among pictures that come and go wastes the room
        # between them.
        self._scores: dict[str, array[float]] = {}
        self._first: tuple[int, int] | None = None
        shifted = request.sync.auto or self._plan.offset
        self._watching = self._by_index and not shifted and not self._alone
        self._thumbs: tuple[list[npt.NDArray[np.float32]], list[npt.NDArray[np.float32]]]
        self._thumbs = ([], [])
        matched, source = self._plan.match, self._plan.source
        self._name = name_of(source.spec.location)
        self._converter = Converter(source.info, matched.distorted_filters, matched.picture)
        # Of a video that is scored by itself, the pictures come from one reader.
        self._reader = None if self._alone else FrameReader(source, [self._converter])
        try:
            self._pairer = self._make_pairer()
            self._scorer = SegmentScorer(
                self._plan.models,
                (*request.features, *self._further(request.features, plan)),
                matched.picture,
                threads=max(1, math.ceil(plan.threads / len(plan.pairs))),
                segment_frames=request.segment_frames,
            )
            self._neural = self._neural_run(plan) if plan.neural else None
        except BaseException:
            if self._reader:
                self._reader.close()
            raise

    @staticmethod
    def _further(requested: Sequence[FeatureSpec], plan: Plan) -> Sequence[FeatureSpec]:
        """The features that neural models want, besides those that were asked for."""
        if not plan.neural:
            return ()
        from vmafx_core.scoring.neural import features_for  # most runs do without

        return [f for f in features_for(plan.neural) if f not in requested]

    def _neural_run(self, plan: Plan) -> "NeuralRun":
        from vmafx_core.scoring.neural import NeuralRun  # most runs do without

        return NeuralRun(plan.neural, self._plan.source.info, self._plan.match.picture)

    @property
    def _by_index(self) -> bool:
        return self._pairing is Pairing.INDEX

    def _make_pairer(self) -> Pairer:
        rows = iter(self._reader or ())
        if self._by_index:
            return IndexPairer(rows, self._plan.offset)
        return TimePairer(rows, self._plan.delay, 0.5 / max(self._rates))

    @property
    def fed(self) -> int:
        """Pairs handed to libvmaf so far."""
        return self._scorer.fed

    @property
    def limited(self) -> bool:
        """Whether as many pairs are scored as were asked for."""
        return self._limit is not None and self.fed >= self._limit

    @property
    def done(self) -> bool:
        """Whether no more reference frames are wanted."""
        return self._pairer.ended or self.limited

    def awaited(self, seconds: float) -> bool:
        """Wait for the next distorted frame or the end for so long; whether it is there."""
        return self._reader is None or self._pairer.holds or self._reader.awaited(seconds)

    def feed(self, index: int, reference: av.VideoFrame) -> None:
        """Take the next reference frame.

        Args:
            index: Its index, from 0.
            reference: The frame, in this pair's form.

        Raises:
            InputError: If the distorted video is broken.
            WorkError: If libvmaf fails.
        """
        time = float(reference.time or 0.0)
        distorted = reference if self._alone else self._pairer.partner(index, time)
        if distorted is None:
            return
        if self._watching and self.fed < _WATCHED_FRAMES:
            self._thumbs[0].append(thumbnail(reference))
            self._thumbs[1].append(thumbnail(distorted))
        self._scorer.feed(reference, distorted)
        if self._neural:
            self._neural.feed(reference, distorted)
        self._times.append(time)
        self._distorted_times.append(float(distorted.time or 0.0))
        self._first = self._first or (index, self._pairer.read - 1)

    def scored(self, *, idle: bool) -> Iterator[FrameScores]:
        """The frames whose scores have become known since the last call.

        Args:
            idle: Whether there is nothing to do but to wait for a picture, so that scores may be
                had sooner for some more work.
        """
        known = self._scorer.take()
        if idle and self._latency is not None and self._scorer.waiting > self._latency:
            self._scorer.cut()
        yield from map(self._known, known)

    def flush(self) -> Iterator[FrameScores]:
        """Score what is left, when no more reference frames come.

        Raises:
            MismatchError: If there was no pair at all.
        """
        if self.fed == 0:
            raise MismatchError(
                f"{self._name}: has no frame in common with the reference",
                "Look at the offset, --start, --skip-ref, --skip-dis and the pairing.",
            )
        yield from map(self._known, self._scorer.finish())

    def _known(self, segment: SegmentScores) -> FrameScores:
        if self._neural:
            added = self._neural.complete(segment.count, segment.metrics)
            segment = replace(segment, metrics=segment.metrics | added)
        for name, values in segment.metrics.items():
            self._scores.setdefault(name, array("d")).frombytes(
                np.asarray(values, np.float64).tobytes()
            )
        times = np.array(self._times[segment.first : segment.first + segment.count])
        return FrameScores(self._index, segment.first, times, segment.metrics)

    def result(self, reference_total: int, seconds: float) -> PairResult:
        """Everything that came out; after `flush`.

        Args:
            reference_total: Frames that the reference has, as far as is known.
            seconds: Wall time so far.
        """
        predicted = {metric for _, metric in self._plan.models}
        kinds = {metric.name: metric.kind for metric in self._neural_metrics}
        scores = {name: np.frombuffer(values) for name, values in self._scores.items()}
        metrics = collect(scores, predicted, self._requested, kinds)
        times = np.array(self._times)
        frames = self._account(reference_total)
        notices = [
            *dict.fromkeys((*self._plan.notices, *self._plan.source.notices)),
            *self._converter.notices,
            *self._frame_notices(frames),
            *self._bound_notices(scores),
            *self._shift_notices(),
            *(self._neural.notices if self._neural else ()),
        ]
        matched, plan = self._plan.match, self._plan
        return PairResult(
            distorted=plan.source.info,
            picture=matched.picture,
            reference_filters=matched.reference_filters,
            distorted_filters=matched.distorted_filters,
            pairing=NO_REFERENCE if self._alone else self._pairing.value,
            offset=plan.offset,
            offset_source=plan.offset_source,
            models=tuple(model_use(spec, metric) for spec, metric in plan.models),
            metrics=metrics,
            times=times,
            distorted_times=np.array(self._distorted_times),
            frames=frames,
            worst=worst_frames(next(iter(metrics.values())), times),
            notices=tuple(notices),
            seconds=seconds,
            neural=tuple(metric.use for metric in self._neural_metrics),
        )

    def _account(self, reference_total: int) -> FrameAccount:
        distorted_total = self.fed if self._alone else self._pairer.read
        if self._reader and not self.limited and not self._pairer.ended:
            left = frames_left(self._plan.source, self._reader, distorted_total)
            distorted_total += left
        scored, totals = self.fed, (reference_total, distorted_total)
        if self._by_index:
            # Of two windows of one duration, an offset leaves some frames over.
            allowed = abs(self._plan.offset) if self._windowed else 0
            match = self._alone or max(totals) - scored <= allowed
        else:
            # Of two rates, every frame of the slower side has a partner, but for a last one.
            firsts = self._first or (0, 0)
            without = [total - f - scored for total, f in zip(totals, firsts, strict=True)]
            slower = [rate <= min(self._rates) * _SAME_RATE for rate in self._rates]
            match = min(firsts) == 0 and all(
                left <= 1 for left, slow in zip(without, slower, strict=True) if slow
            )
        return FrameAccount(
            reference_read=reference_total,
            distorted_read=distorted_total,
            scored=scored,
            reference_left=reference_total - scored,
            distorted_left=distorted_total - scored,
            counts_match=self.limited or match,
        )

    def _frame_notices(self, frames: FrameAccount) -> list[Notice]:
        if frames.counts_match:
            return []
        return [
            warning(
                "frame-count",
                f"{self._name}: {_counted(frames.distorted_left, frames.distorted_read)} against "
                f"the reference's {_counted(frames.reference_left, frames.reference_read)}; "
                f"{counted(frames.scored, 'pair')} scored",
            )
        ]

    def _bound_notices(self, scores: Mapping[str, Scores]) -> list[Notice]:
        counts = {name: int(np.sum(values >= most_of(name))) for name, values in scores.items()}
        told = [f"{name} in {counted(n, 'frame')}" for name, n in counts.items() if n]
        if not told:
            return []
        text = f"{self._name}: counted as {MOST_DECIBELS:g} dB where next to nothing differs: "
        return [info("bounded", text + ", ".join(told))]

    def _shift_notices(self) -> list[Notice]:
        if not self._thumbs[0]:
            return []
        # Of a short clip a smaller part is searched: the rest must be there to be compared.
        most = min(_WATCHED_SHIFT, len(self._thumbs[0]) // 3)
        shift = best_shift(*self._thumbs, most)
        # At the end of the search the true one may lie beyond.
        if not shift.certain or abs(shift.frames) in (0, most):
            return []
        side = "late" if shift.frames > 0 else "early"
        return [
            warning(
                "start-shifted",
                f"{self._name}: looks {counted(abs(shift.frames), 'frame')} {side}; "
                f"--sync {shift.frames} or --sync auto aligns it",
            )
        ]

    def close(self) -> None:
        """Stop at once and free everything."""
        self._scorer.close()
        if self._neural:
            self._neural.close()
        if self._reader:
            self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _counted(left: int, total: int) -> str:
    """A number of frames, and that there are more where they were not counted to the end."""
    more = "at least " if left >= _MOST_READ_ON else ""
    return f"{more}{counted(total, 'frame')} ({left} left over)"
