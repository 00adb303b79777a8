"""Scoring in one call, for programs that use vmafx as a library."""

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any

from vmafx_core.backends.specs import NeuralSpec
from vmafx_core.errors import WorkError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.names import parse_any_model
from vmafx_core.scoring.request import DEFAULT_MODEL, ScoreRequest
from vmafx_core.scoring.result import ScoreResult

Input = str | PathLike[str] | InputSpec


def score(
    reference: Input,
    *distorted: Input,
    models: Sequence[str | ModelSpec | NeuralSpec] = (DEFAULT_MODEL,),
    features: Sequence[str | FeatureSpec] = (),
    **options: Any,
) -> ScoreResult:
    """Score one or more distorted videos against a reference.

    Args:
        reference: A path, a URL, "-" for standard input, or an `InputSpec`.
        distorted: Likewise; each is scored, the reference is decoded once.
        models: Models as on the command line, or their specs; may be empty.
        features: Features as on the command line, or `FeatureSpec`s.
        options: Further fields of `ScoreRequest`.

    Raises:
        VmafxError: What went wrong; see `vmafx_core.errors`.
    """
    specs = [parse_any_model(m) if isinstance(m, str) else m for m in models]
    request = ScoreRequest(
        reference=_input(reference),
        distorted=tuple(map(_input, distorted)),
        models=tuple(spec for spec in specs if isinstance(spec, ModelSpec)),
        neural=tuple(spec for spec in specs if isinstance(spec, NeuralSpec)),
        features=tuple(parse_feature(f) if isinstance(f, str) else f for f in features),
        **options,
    )
    for event in score_events(request):
        if isinstance(event, Finished):
            return event.result
    raise WorkError("scoring ended without a result")


def _input(given: Input) -> InputSpec:
    return given if isinstance(given, InputSpec) else InputSpec(location=fspath(given))
