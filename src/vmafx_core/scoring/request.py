"""What is to be scored: the request that every door of the program builds."""

from dataclasses import dataclass
from enum import StrEnum

from vmafx_core.backends.providers import ANYWHERE, Wish
from vmafx_core.backends.specs import NeuralSpec
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec
from vmafx_core.media.types import InputSpec

DEFAULT_MODEL = "vmaf_v0.6.1"
# Two to five frames around each are scored twice, and its scores come only when it has ended.
DEFAULT_SEGMENT_FRAMES = 500


class Pairing(StrEnum):
    """How frames of the two sides are put together."""

    AUTO = "auto"
    """By index; refused where the frame rates differ."""
    INDEX = "index"
    """By index, whatever the frame rates say."""
    TIME = "time"
    """By timestamp; frames without a partner are left over."""


@dataclass(frozen=True, slots=True)
class Sync:
    """How the start of the two sides is aligned.

    Attributes:
        auto: Whether to search the offset.
        offset: Frames that the distorted side is late: 3 pairs reference frame 0 with distorted
            frame 3; a negative number skips reference frames. Used where `auto` is false.
        window: How far to search, in seconds either way.
    """

    auto: bool = False
    offset: int = 0
    window: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest:
    """One reference, one or more distorted videos, and what to measure.

    Attributes:
        reference: The reference.
        distorted: The distorted videos, each scored against the same reference; none to score the
            one video by itself, with neural models that need no reference.
        models: VMAF models to predict with; empty for features only.
        features: Further features to extract.
        neural: Neural models to run beside.
        device: Where these are to run.
        size: Width and height to which both sides are scaled; None for the reference's own.
        frames: Most frame pairs to score; None for all.
        pairing: How frames are put together.
        sync: How the starts are aligned.
        threads: Threads for libvmaf; None for the CPUs this process may use.
        segment_frames: Frames a segment; scores of a segment are known when it ends.
        latency: Seconds after which a segment ends early where pictures come slower than they are
            scored, so that scores are known soon, but for the last frame's, which needs the next
            one (the first three come together); None to wait for its end.
    """

    reference: InputSpec
    distorted: tuple[InputSpec, ...]
    models: tuple[ModelSpec, ...] = (ModelSpec(version=DEFAULT_MODEL),)
    features: tuple[FeatureSpec, ...] = ()
    neural: tuple[NeuralSpec, ...] = ()
    device: Wish = ANYWHERE
    size: tuple[int, int] | None = None
    frames: int | None = None
    pairing: Pairing = Pairing.AUTO
    sync: Sync = Sync()
    threads: int | None = None
    segment_frames: int = DEFAULT_SEGMENT_FRAMES
    latency: float | None = None
