"""The engine of vmafx: perceptual video quality, exact and fast.

Example:
    >>> from vmafx_core import score
    >>> result = score("reference.mp4", "distorted.mp4")
    >>> print(result.pairs[0].lead.pooled.mean)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmafx_core.errors import VmafxError
    from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature, parse_model
    from vmafx_core.media.types import Crop, Deinterlace, InputSpec
    from vmafx_core.scoring.api import score
    from vmafx_core.scoring.engine import score_events
    from vmafx_core.scoring.request import Pairing, ScoreRequest, Sync
    from vmafx_core.scoring.result import PairResult, ScoreResult

# Here, as reading it out of what is installed takes longer than much of what it is wanted for.
__version__ = "0.1.0"

# Names are imported when they are first used: decoders and numpy take a while to load, and the
# command line's --help needs neither.
_HOMES = {
    "Crop": "media.types",
    "Deinterlace": "media.types",
    "FeatureSpec": "libvmaf.specs",
    "InputSpec": "media.types",
    "ModelSpec": "libvmaf.specs",
    "PairResult": "scoring.result",
    "Pairing": "scoring.request",
    "ScoreRequest": "scoring.request",
    "ScoreResult": "scoring.result",
    "Sync": "scoring.request",
    "VmafxError": "errors",
    "parse_feature": "libvmaf.specs",
    "parse_model": "libvmaf.specs",
    "score": "scoring.api",
    "score_events": "scoring.engine",
}

__all__ = [
    "Crop",
    "Deinterlace",
    "FeatureSpec",
    "InputSpec",
    "ModelSpec",
    "PairResult",
    "Pairing",
    "ScoreRequest",
    "ScoreResult",
    "Sync",
    "VmafxError",
    "parse_feature",
    "parse_model",
    "score",
    "score_events",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
