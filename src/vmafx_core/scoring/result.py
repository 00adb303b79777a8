"""What came out of a scoring run: plain data that reports render."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from vmafx_core.libvmaf.catalogue import lower_is_better
from vmafx_core.media.types import PictureFormat, VideoInfo
from vmafx_core.notice import Notice
from vmafx_core.scoring.pooling import Pooled

NO_REFERENCE = "none"
"""The pairing of a video that was scored by itself."""

Scores = npt.NDArray[np.float64]


class MetricKind(StrEnum):
    """What a metric is."""

    MODEL = "model"
    """A model's prediction: `vmaf` and its like."""
    NEURAL = "neural"
    """A neural model's value."""
    DISTANCE = "distance"
    """A neural model's distance, of which less is better."""
    BOOTSTRAP = "bootstrap"
    """A statistic of a bootstrap model: its mean, standard deviation, interval bounds."""
    REQUESTED = "requested"
    """A feature that was asked for: `psnr_y`, `float_ssim`."""
    ELEMENTARY = "elementary"
    """A feature that a model needs: `integer_adm2`."""


def is_distance(name: str, kind: MetricKind) -> bool:
    """Whether less of a metric is better."""
    if kind is MetricKind.DISTANCE:
        return True
    return kind in {MetricKind.REQUESTED, MetricKind.ELEMENTARY} and lower_is_better(name)


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One metric over all scored frames of a pair.

    Attributes:
        name: As in libvmaf's logs: "vmaf", "psnr_y", "integer_adm2".
        kind: Model, bootstrap statistic, asked-for feature or elementary feature.
        values: One value a scored frame, shape (frames,), float64.
        pooled: The values pooled over time.
    """

    name: str
    kind: MetricKind
    values: Scores
    pooled: Pooled

    @property
    def lower_is_better(self) -> bool:
        """Whether the metric is a distance, such as CAMBI."""
        return is_distance(self.name, self.kind)

    def worst_first(self) -> npt.NDArray[np.intp]:
        """Indices of all frames from the worst value to the best, shape (frames,)."""
        return np.argsort(-self.values if self.lower_is_better else self.values, kind="stable")


@dataclass(frozen=True, slots=True)
class WorstFrame:
    """A frame with one of the worst scores of the leading metric.

    Attributes:
        index: Position among the scored frames, from 0.
        time: Seconds from the reference's first picture.
        score: The leading metric's value.
    """

    index: int
    time: float
    score: float


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model as it was used.

    Attributes:
        metric: The name of its metric in the result.
        version: The built-in model's name, or the name inside the JSON file.
        path: The JSON file; empty for a built-in model.
        flags: "disable_clip", "enable_transform"; often empty.
        overrides: Feature options that were set, "feature.option" to value.
        range: Lowest and highest score the model can give.
    """

    metric: str
    version: str
    path: str
    flags: tuple[str, ...]
    overrides: tuple[tuple[str, str], ...]
    range: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuralUse:
    """A neural model as it was used.

    Attributes:
        metric: The name of its metric in the result.
        model: Its id.
        role: "regressor", "quality", "distance", "saliency" or "filter".
        sha256: The SHA-256 of its file.
        provider: The execution provider on which it really ran.
        device: The GPU's name, or "CPU".
        runtime: The version of ONNX Runtime.
        precision: "fp32", "fp16" or "int8".
    """

    metric: str
    model: str
    role: str
    sha256: str
    provider: str
    device: str
    runtime: str
    precision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameAccount:
    """Where every frame of the two sides went.

    Attributes:
        reference_read: Reference frames decoded.
        distorted_read: Distorted frames decoded.
        scored: Pairs that were scored.
        reference_left: Reference frames without a partner after the last pair, or between pairs.
        distorted_left: Distorted frames without a partner.
        counts_match: Whether both sides ended together; true where a limit ended the run first.
    """

    reference_read: int
    distorted_read: int
    scored: int
    reference_left: int
    distorted_left: int
    counts_match: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairResult:
    """The scores of one distorted video against the reference.

    Attributes:
        distorted: What the distorted video turned out to be.
        picture: The form in which both sides were scored.
        reference_filters: What was done to reference pictures, in libavfilter's words; may be "".
        distorted_filters: What was done to distorted pictures; may be "".
        pairing: "index" or "time"; "none" for a video that was scored by itself.
        offset: Frames that the distorted side was late.
        offset_source: "none", "given" or "found".
        models: The models as they were used.
        metrics: Every metric, the models' first, by name.
        times: Seconds of each scored frame from the reference's first picture, shape (frames,).
        distorted_times: Seconds of each one's partner from the distorted video's first picture,
            shape (frames,).
        frames: Where every frame went.
        worst: The frames with the worst scores of the leading metric, worst first.
        notices: What there is to tell about this pair.
        seconds: Wall time of the run up to this pair's last segment.
        neural: The neural models as they were used.
    """

    distorted: VideoInfo
    picture: PictureFormat
    reference_filters: str
    distorted_filters: str
    pairing: str
    offset: int
    offset_source: str
    models: tuple[ModelUse, ...]
    metrics: dict[str, Metric]
    times: Scores
    distorted_times: Scores
    frames: FrameAccount
    worst: tuple[WorstFrame, ...]
    notices: tuple[Notice, ...]
    seconds: float
    neural: tuple[NeuralUse, ...] = ()

    @property
    def lead(self) -> Metric:
        """The leading metric: the first model's, or the first feature's."""
        return next(iter(self.metrics.values()))

    @property
    def fps(self) -> float:
        """Scored frames a second of wall time."""
        return self.frames.scored / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the parts that made the numbers.

    Attributes:
        vmafx: This program.
        libvmaf: The loaded library.
        libvmaf_path: Where it was loaded from.
        ffmpeg: The FFmpeg libraries that decoded and scaled (libavcodec's version).
        pyav: The binding to them.
    """

    vmafx: str
    libvmaf: str
    libvmaf_path: str
    ffmpeg: str
    pyav: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreResult:
    """Everything that came out of one run.

    Attributes:
        reference: What the reference turned out to be.
        pairs: One result a distorted video, in the order asked for.
        versions: The versions of the parts that made the numbers.
        threads: Threads that libvmaf was given.
        notices: What there is to tell about the run as a whole.
        seconds: Wall time.
    """

    reference: VideoInfo
    pairs: tuple[PairResult, ...]
    versions: Versions
    threads: int
    notices: tuple[Notice, ...]
    seconds: float

    def all_notices(self) -> tuple[Notice, ...]:
        """The run's notices and every pair's, without repeats, in order."""
        everything = (*self.notices, *(n for p in self.pairs for n in p.notices))
        return tuple(dict.fromkeys(everything))
