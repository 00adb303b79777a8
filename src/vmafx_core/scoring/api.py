"""Scoring in one call, for programs that use vmafx as a library."""

from collections.abc import Sequence

from vmafx_core.arguments import listed
from vmafx_core.backends.providers import ANYWHERE, Wish
from vmafx_core.backends.specs import NeuralSpec
from vmafx_core.errors import WorkError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature
from vmafx_core.media.types import Input, input_spec
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.names import parse_any_model
from vmafx_core.scoring.request import (
    DEFAULT_MODEL,
    DEFAULT_SEGMENT_FRAMES,
    Pairing,
    ScoreRequest,
    Sync,
)
from vmafx_core.scoring.result import ScoreResult

_AS_THEY_ARE = Sync()


def score(
    reference: Input,
    *distorted: Input,
    models: Sequence[str | ModelSpec | NeuralSpec] = (DEFAULT_MODEL,),
    features: Sequence[str | FeatureSpec] = (),
    device: Wish = ANYWHERE,
    size: tuple[int, int] | None = None,
    frames: int | None = None,
    pairing: Pairing = Pairing.AUTO,
    sync: Sync = _AS_THEY_ARE,
    threads: int | None = None,
    segment_frames: int = DEFAULT_SEGMENT_FRAMES,
    latency: float | None = None,
) -> ScoreResult:
    """Score one or more distorted videos against a reference.

    Args:
        reference: A path, a URL, "-" for standard input, or an `InputSpec`.
        distorted: Likewise; each is scored, the reference is decoded once. None to score the one
            video by itself, with neural models that need no reference.
        models: Models as on the command line, or their specs; may be empty.
        features: Features as on the command line, or `FeatureSpec`s.
        device: Where neural models are to run.
        size: Width and height to which both sides are scaled; None for the reference's own.
        frames: Most frame pairs to score; None for all.
        pairing: How frames are put together.
        sync: How the starts are aligned.
        threads: Threads for libvmaf; None for the CPUs this process may use.
        segment_frames: Frames a segment.
        latency: Seconds after which a segment ends early; see `ScoreRequest`.

    Returns:
        One pair a distorted video, with its metrics, pooled and frame by frame.

    Raises:
        VmafxError: What went wrong; see `vmafx_core.errors`.
    """
    specs = [parse_any_model(m) if isinstance(m, str) else m for m in listed("models", models)]
    request = ScoreRequest(
        reference=input_spec(reference),
        distorted=tuple(map(input_spec, distorted)),
        models=tuple(spec for spec in specs if isinstance(spec, ModelSpec)),
        neural=tuple(spec for spec in specs if isinstance(spec, NeuralSpec)),
        features=tuple(
            parse_feature(f) if isinstance(f, str) else f for f in listed("features", features)
        ),
        device=device,
        size=size,
        frames=frames,
        pairing=pairing,
        sync=sync,
        threads=threads,
        segment_frames=segment_frames,
        latency=latency,
    )
    for event in score_events(request):
        if isinstance(event, Finished):
            return event.result
    raise WorkError("scoring ended without a result")
