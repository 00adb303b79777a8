"""From the models asked for to the models used: `auto`, names, and what there is to say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.catalogue import find_feature, find_model, is_metric
from vmafx_core.libvmaf.specs import AUTO, ModelSpec
from vmafx_core.media.types import VideoInfo
from vmafx_core.notice import Notice, info, warning
from vmafx_core.scoring.result import ModelUse

# The v1 models were trained at 1080 and 2160 lines; in between, the nearer display is taken.
_UHD_WIDTH, _UHD_HEIGHT = 2560, 1440
_HIGH_FRAME_RATE = Fraction(45)
AUTO_DEPTH = 10
"""The v1 models are meant for 10-bit pictures, whatever the encode has."""


@dataclass(frozen=True, slots=True)
class ChosenModels:
    """The models of one pair.

    Attributes:
        models: Each with the name of its metric; no version is "auto".
        minimum_depth: Bits a sample that pictures must at least have.
        notices: What was chosen, and what else there is.
    """

    models: tuple[tuple[ModelSpec, str], ...]
    minimum_depth: int
    notices: tuple[Notice, ...]


def choose_models(
    asked: Sequence[ModelSpec],
    reference: VideoInfo,
    distorted: VideoInfo,
    size: tuple[int, int] | None,
) -> ChosenModels:
    """Settle the models of one pair.

    Args:
        asked: As requested.
        reference: The reference; its size and frame rate decide what "auto" is.
        distorted: The distorted video; its encode fills in the options of CAMBI.
        size: The size both are scaled to, if any.

    Raises:
        UsageError: If two models would have the same name.
    """
    width, height = size or (reference.width, reference.height)
    notices: list[Notice] = []
    models = []
    depth = 8
    for spec in asked:
        if spec.version == AUTO:
            resolved = _automatic(spec, width, height, reference, distorted)
            notices.append(_choice(resolved, width, height))
            depth = AUTO_DEPTH
        else:
            resolved = spec
            notices += _advice(spec, width, height)
        models.append(resolved)
    return ChosenModels(_named(models), depth, tuple(notices))


def _is_uhd(width: int, height: int) -> bool:
    return width > _UHD_WIDTH or height > _UHD_HEIGHT


def _automatic(
    spec: ModelSpec, width: int, height: int, reference: VideoInfo, distorted: VideoInfo
) -> ModelSpec:
    fast = reference.frame_rate is not None and reference.frame_rate >= _HIGH_FRAME_RATE
    version = (
        f"vmaf_v1.0.16_{'hfr_' if fast else ''}3d0h{'_2160' if _is_uhd(width, height) else ''}"
    )
    return replace(spec, version=version, overrides=(*_encode_of(distorted), *spec.overrides))


def _encode_of(distorted: VideoInfo) -> list[tuple[str, str, str]]:
    """CAMBI's options for the real encode, each where CAMBI takes its value."""
    cambi = find_feature("cambi")
    if cambi is None:
        return []
    limits = {o.name: (o.low, o.high) for o in cambi.options}
    values = {"enc_width": distorted.coded_width, "enc_height": distorted.coded_height}
    if not all(limits[k][0] <= v <= limits[k][1] for k, v in values.items()):
        values = {}
    values["enc_bitdepth"] = distorted.depth
    return [("cambi", option, str(value)) for option, value in values.items()]


def _choice(spec: ModelSpec, width: int, height: int) -> Notice:
    settings = ", ".join(f"{f}.{o}={v}" for f, o, v in spec.overrides)
    return info(
        "model-chosen",
        f"model auto is {spec.version} for {width}x{height}, scored at {AUTO_DEPTH} bits, "
        f"with {settings}",
    )


def _advice(spec: ModelSpec, width: int, height: int) -> list[Notice]:
    model = find_model(spec.version)
    if model and model.display == "1080p" and _is_uhd(width, height):
        return [
            warning(
                "model-display",
                f"{model.name} is made for 1080p displays, and the pictures are {width}x{height}: "
                "vmaf_4k_v0.6.1 is made for 4K, and -m auto chooses by size",
            )
        ]
    return []


def _named(models: Sequence[ModelSpec]) -> tuple[tuple[ModelSpec, str], ...]:
    alone = len(models) == 1
    named = [(m, m.name or ("vmaf" if alone else m.version or Path(m.path).stem)) for m in models]
    names = [name for _, name in named]
    for name in names:
        if is_metric(name):
            raise UsageError(
                f"a model cannot be called {name!r}, which is a feature's name",
                "Give it another: MODEL:name=NAME.",
            )
        if names.count(name) > 1:
            raise UsageError(f"two models are called {name!r}", "Give them names: MODEL:name=NAME.")
    return tuple(named)


def model_use(spec: ModelSpec, metric: str) -> ModelUse:
    """How a model was used, for the result."""
    known = find_model(spec.version)
    flags = [f for f in ("disable_clip", "enable_transform") if getattr(spec, f)]
    return ModelUse(
        metric=metric,
        version=spec.version or Path(spec.path).stem,
        path=spec.path,
        flags=tuple(flags),
        overrides=tuple((f"{f}.{o}", v) for f, o, v in spec.overrides),
        range=known.score_range if known else (0.0, 100.0),
    )
