"""Looking into a model's JSON file before libvmaf, which trusts it to be what it says."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmafx_core.errors import ComponentError, InputError
from vmafx_core.libvmaf.catalogue import FeatureInfo, find_feature

# What libvmaf calls a feature in a model file contains the word for its family.
_FAMILIES = {
    "adm": "adm",
    "aim": "adm",
    "vif": "vif",
    "motion": "motion",
    "cambi": "cambi",
    "speed_chroma": "speed_chroma",
    "speed_temporal": "speed_temporal",
}


# An option of CAMBI. A model has no business to say where pictures are written.
_WRITES_FILES = "heatmaps_path"


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """A feature as a model uses it.

    Attributes:
        info: The feature.
        options: Its options, as the model sets them.
    """

    info: FeatureInfo
    options: dict[str, str]


def no_model(path: str) -> ComponentError:
    """The error for a file that is no model."""
    return ComponentError(
        f"{path} is not a VMAF model that libvmaf understands",
        "A model is a JSON file as in Netflix's vmaf repository, under model/.",
    )


def read_model_file(path: str) -> tuple[FeatureUse, ...]:
    """The features that a model file is computed from, those that the catalogue knows.

    Raises:
        InputError: If the file cannot be read.
        ComponentError: If it is no model.
    """
    try:
        if not Path(path).is_file():
            raise InputError(f"cannot read the model {path}: no such file")
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the model {path}: {error.strerror}") from None
    try:
        return _features(json.loads(content, object_hook=_harmless))
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration, RecursionError):
        raise no_model(path) from None


def _harmless(read: dict[str, Any]) -> dict[str, Any]:
    if _WRITES_FILES in read:
        raise ValueError("it would write files")
    return read


def _features(read: dict[str, Any]) -> tuple[FeatureUse, ...]:
    first = read if "model_dict" in read else next(iter(read.values()))  # of a bootstrap
    model = first["model_dict"]
    names = [str(name).lower() for name in model["feature_names"]]
    options = model.get("feature_opts_dicts") or [{} for _ in names]
    slopes = model.get("slopes", [None, *names])  # one more than features, for the score
    if not isinstance(model["model"], str) or not len(slopes) - 1 == len(options) == len(names):
        raise ValueError("the parts of the model do not belong together")
    uses = []
    for name, settings in zip(names, options, strict=True):
        family = next((f for word, f in _FAMILIES.items() if word in name), "")
        if info := find_feature(family):
            uses.append(FeatureUse(info, {k: str(v) for k, v in settings.items()}))
    return tuple(uses)
