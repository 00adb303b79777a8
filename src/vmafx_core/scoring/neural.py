"""Neural models beside libvmaf: fed with the same pictures and features, as segments come."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import av
import numpy as np

from vmafx_core.backends.description import Description
from vmafx_core.backends.installed import find_model
from vmafx_core.backends.providers import Wish
from vmafx_core.backends.role import Role
from vmafx_core.backends.session import Session
from vmafx_core.backends.specs import CRFS, PRESETS, NeuralSpec, check_neural
from vmafx_core.backends.vectors import find_vector
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.libvmaf.catalogue import is_metric
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.media.types import PictureFormat, VideoInfo
from vmafx_core.notice import Notice, info
from vmafx_core.scoring.result import MetricKind, NeuralUse, Scores
from vmafx_core.scoring.viewing import VIEWS

# Pictures that wait for a model.
_MOST_WAITING = 8
# The values of a pair of pictures, one of each model that sees them.
_Row = tuple[float, ...]
# The encoder that a codec suggests where nobody names one.
_ENCODERS = {
    "h264": "libx264",
    "hevc": "libx265",
    "av1": "libsvtav1",
    "vp9": "libvpx-vp9",
    "vvc": "libvvenc",
}


@dataclass(frozen=True, slots=True)
class NeuralMetric:
    """A neural model that is loaded for a run, all pairs of it.

    Attributes:
        spec: How it is used.
        session: The loaded model.
    """

    spec: NeuralSpec
    session: Session

    @property
    def description(self) -> Description:
        """What it takes and gives."""
        return self.session.model.description

    @property
    def model(self) -> str:
        """What the model is called."""
        return self.spec.name or self.spec.model

    @property
    def name(self) -> str:
        """What its metric is called."""
        return self.spec.metric(self.description.role)

    @property
    def kind(self) -> MetricKind:
        """Whether more or less of it is better."""
        distance = self.description.role in {Role.DISTANCE, Role.FILTER}
        return MetricKind.DISTANCE if distance else MetricKind.NEURAL

    @property
    def use(self) -> NeuralUse:
        """What the result tells of it."""
        running, model = self.session.running, self.session.model
        return NeuralUse(
            metric=self.name,
            model=model.entry.id,
            role=self.description.role.value,
            sha256=model.entry.int8_sha256 if self.spec.int8 else model.entry.sha256,
            provider=running.provider,
            device=running.device,
            runtime=running.runtime,
            precision=running.precision.value,
        )


def load_neural(
    specs: Sequence[NeuralSpec], wish: Wish, *, threads: int, alone: bool
) -> tuple[NeuralMetric, ...]:
    """Load the models of a run.

    Args:
        specs: Which, and how they are used.
        wish: Where they are to run.
        threads: Threads of the whole run.
        alone: Whether libvmaf has nothing to do but what these models want.

    Raises:
        UnknownNameError: One is not installed, or does not know the encoder.
        UsageError: One is used in a way that it does not have.
        InputError: One was changed, or cannot be loaded.
        ComponentError: The device that was asked for cannot be had, or none computes in fp16.
    """
    models = [find_model(spec.model) for spec in specs]
    for spec, model in zip(specs, models, strict=True):
        check_neural(spec, model)
    if not (alone and all(model.description.role is not Role.REGRESSOR for model in models)):
        # libvmaf measures at the same time.
        threads = max(1, threads // 2)
    metrics = [
        NeuralMetric(spec, Session(model, wish, threads=threads, precision=spec.precision))
        for spec, model in zip(specs, models, strict=True)
    ]
    return tuple(metrics)


def check_names(metrics: Sequence[NeuralMetric], taken: Collection[str]) -> None:
    """Refuse models whose metrics would be called as others.

    Args:
        metrics: The loaded models.
        taken: The names of the other models' metrics.

    Raises:
        UsageError: Naming one.
    """
    names = [metric.name for metric in metrics]
    for name in names:
        if names.count(name) > 1 or name in taken or is_metric(name):
            raise UsageError(
                f"two metrics would be called {name!r}", "Give the model a name: :name=..."
            )


def features_for(metrics: Sequence[NeuralMetric]) -> tuple[FeatureSpec, ...]:
    """The features of libvmaf that regressors want.

    Raises:
        UnknownNameError: A model wants what libvmaf does not have.
    """
    wanted = (find_vector(f) for m in metrics for f in m.description.features)
    return tuple(dict.fromkeys(FeatureSpec(vector.feature) for vector in wanted))


class NeuralRun:
    """The neural models of one pair; a context manager that frees everything.

    Args:
        metrics: The loaded models.
        distorted: The distorted video, whose codec says what encoder made it.
        picture: The form of the pictures that are fed.
    """

    def __init__(
        self, metrics: Sequence[NeuralMetric], distorted: VideoInfo, picture: PictureFormat
    ) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="vmafx-neural")
        self._regressors = [m for m in metrics if m.description.role is Role.REGRESSOR]
        self._viewers = [m for m in metrics if m.description.role is not Role.REGRESSOR]
        sizes = (m.session.at_once(picture.width, picture.height) for m in self._viewers)
        self._at_once = max(sizes, default=1)
        self._collected: list[tuple[av.VideoFrame, av.VideoFrame]] = []
        self._waiting: deque[Future[list[_Row]]] = deque()
        self._seen: deque[_Row] = deque()
        self._peak = float((1 << picture.depth) - 1)
        self.notices: list[Notice] = []
        self._codecs = {m.name: self._codec_block(m, distorted) for m in self._regressors}
        self._order = [m.name for m in metrics]

    def feed(self, reference: av.VideoFrame, distorted: av.VideoFrame) -> None:
        """Hand over the next pair of pictures; waits while too many do."""
        if self._viewers:
            self._collected.append((reference, distorted))
            if len(self._collected) == self._at_once:
                self._send()

    def _send(self) -> None:
        """Have the models look at the pictures that are collected."""
        most = max(1, _MOST_WAITING // self._at_once)
        if len(self._waiting) >= most:
            self._waiting[-most].exception()
        self._waiting.append(self._pool.submit(self._view, self._collected))
        self._collected = []

    def complete(self, count: int, features: Mapping[str, Scores]) -> dict[str, Scores]:
        """The models' values of the next frames.

        Args:
            count: How many frames.
            features: Their features, by libvmaf's names.

        Raises:
            WorkError: A model failed.
        """
        wanted = count if self._viewers else 0
        while len(self._seen) < wanted:
            if not self._waiting:
                self._send()
            self._seen += self._waiting.popleft().result()
        rows = [self._seen.popleft() for _ in range(wanted)]
        found = {
            metric.name: np.array([row[i] for row in rows])
            for i, metric in enumerate(self._viewers)
        }
        found |= {metric.name: self._regress(metric, features) for metric in self._regressors}
        return {name: found[name] for name in self._order}

    def _view(self, pairs: Sequence[tuple[av.VideoFrame, av.VideoFrame]]) -> list[_Row]:
        references, distorted = zip(*pairs, strict=True)
        found = [
            list(VIEWS[m.description.role](m.session, references, distorted, self._peak))
            for m in self._viewers
        ]
        return list(zip(*found, strict=True))

    def _regress(self, metric: NeuralMetric, features: Mapping[str, Scores]) -> Scores:
        described = metric.description
        columns = [features[find_vector(name).metric] for name in described.features]
        rows = np.stack(columns, axis=1)
        if described.mean:
            rows = rows - np.asarray(described.mean)
        if described.std:
            rows = rows / np.asarray(described.std)
        inputs = [rows.astype(np.float32)]
        if codec := self._codecs[metric.name]:
            inputs.append(np.tile(np.asarray(codec, np.float32), (len(rows), 1)))
        # Some graphs take any number of rows, others one.
        at_once = described.inputs[0].shape[0] or len(rows)
        given = [
            metric.session.run([values[i : i + at_once] for values in inputs]).ravel()
            for i in range(0, len(rows), at_once)
        ]
        scores: Scores = np.concatenate(given).astype(np.float64)
        if scores.size != len(rows):
            raise WorkError(
                f"model {metric.spec.model}: gives {scores.size} numbers for {len(rows)} frames",
                "A regressor gives one for each.",
            )
        return scores

    def _codec_block(self, metric: NeuralMetric, distorted: VideoInfo) -> tuple[float, ...]:
        """The encoder as one of many, then its preset and CRF, from 0 to 1."""
        encoders, spec = metric.description.encoders, metric.spec
        if not encoders:
            return ()
        encoder = spec.encoder or _ENCODERS.get(distorted.codec, "unknown")
        if encoder not in encoders:
            # Only where nobody names one.
            encoder = "unknown" if "unknown" in encoders else encoders[0]
        preset = PRESETS / 2 if spec.preset is None else spec.preset
        crf = CRFS / 2 if spec.crf is None else spec.crf
        if not spec.encoder or spec.preset is None or spec.crf is None:
            told = f"{metric.name}: assumes {encoder}, preset {preset:g} of {PRESETS}, CRF {crf:g}"
            self.notices.append(info("codec-block", told))
        one = [float(name == encoder) for name in encoders]
        return (*one, preset / PRESETS, crf / CRFS)

    def close(self) -> None:
        """Stop and free everything."""
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
