"""What a search measures: one point of quality against bits for one setting."""

from collections.abc import Mapping
from dataclasses import dataclass

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.scoring.requirements import Requirement
from vmafx_core.scoring.result import Metric


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """One setting, encoded and measured on a sample.

    Attributes:
        setting: How it was encoded.
        pix_fmt: The pixel format that was encoded.
        metrics: Every metric over all frames of the sample, by name, the leading one first.
        frames: Frames encoded and scored.
        duration: Seconds of video that they are.
        video_bytes: Bytes of the encoded video, without a container.
        encode_seconds: Wall time of the encoding.
        score_seconds: Wall time of the scoring.
        cached: Whether it was taken from the cache of earlier runs.
        encoder_version: The encoder, as far as it says what it is.
    """

    setting: EncodeSetting
    pix_fmt: str
    metrics: dict[str, Metric]
    frames: int
    duration: float
    video_bytes: int
    encode_seconds: float
    score_seconds: float
    cached: bool
    encoder_version: str

    @property
    def bit_rate(self) -> float:
        """Bits a second."""
        return self.video_bytes * 8 / self.duration

    def value(self, target: Requirement) -> float:
        """The pooled value that a target is about; nan where it was not measured."""
        return pooled(self.metrics, target)


def metric_of(metrics: Mapping[str, Metric], target: Requirement) -> Metric | None:
    """The metric that a target is about: "vmaf" stands for the leading one; None if not there."""
    if target.metric == "vmaf" and "vmaf" not in metrics:
        return next(iter(metrics.values()), None)
    return metrics.get(target.metric)


def pooled(metrics: Mapping[str, Metric], target: Requirement) -> float:
    """The pooled value that a target is about; nan where it was not measured."""
    metric = metric_of(metrics, target)
    return float(getattr(metric.pooled, target.pool)) if metric else float("nan")
