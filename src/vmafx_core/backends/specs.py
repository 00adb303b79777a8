"""Which neural models to use, and the grammar users write them in.

A model is an installed one's name, parts behind it separated by colons::

    vmaf_tiny_v2
    nr_metric_v1:int8:name=mos
    lpips_sq_v1:fp16
    fr_regressor_v3:encoder=libx265:preset=5:crf=28
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from vmafx_core.backends.role import Role
from vmafx_core.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from vmafx_core.backends.installed import InstalledModel

_METRIC_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PARTS = ("name", "int8", "fp16", "encoder", "preset", "crf")
# What the names of metrics end in that are made of what a model gives.
_ENDINGS = {Role.SALIENCY: "_psnr_y", Role.FILTER: "_l1_residual"}
PRESETS = 9
"""The slowest preset of a codec block; 0 is the fastest."""
CRFS = 63
"""The coarsest CRF of a codec block."""


class Precision(StrEnum):
    """The numbers that a model computes with."""

    FP32 = "fp32"
    FP16 = "fp16"
    INT8 = "int8"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuralSpec:
    """One neural model and how to use it.

    Attributes:
        model: The installed model's id.
        name: What its metric is called in the result; empty for its id.
        int8: Whether its int8 twin is used.
        fp16: Whether it computes in fp16; GPUs do.
        encoder: The encoder that a codec block tells of; empty for the one that the distorted
            video's codec suggests.
        preset: Its preset from 0 to 9; None for the middle.
        crf: Its CRF from 0 to 63; None for the middle.
    """

    model: str
    name: str = ""
    int8: bool = False
    fp16: bool = False
    encoder: str = ""
    preset: float | None = None
    crf: float | None = None

    def metric(self, role: Role) -> str:
        """What its metric is called where it is used in that role."""
        return (self.name or self.model) + _ENDINGS.get(role, "")

    @property
    def precision(self) -> Precision:
        """The numbers that it computes with."""
        if self.int8:
            return Precision.INT8
        return Precision.FP16 if self.fp16 else Precision.FP32


def parse_neural(text: str) -> NeuralSpec:
    """Read a neural model as users write it.

    Raises:
        UnknownNameError: There is no such model, encoder or part.
        UsageError: A value is wrong, or means nothing to this model.
    """
    from vmafx_core.backends.installed import find_model  # seldom needed

    first, *parts = text.split(":")
    model = find_model(first)
    spec = NeuralSpec(model=first)
    for part in parts:
        spec = _with(spec, *part.partition("=")[::2])
    check_neural(spec, model)
    return spec


def check_neural(spec: NeuralSpec, model: "InstalledModel") -> None:
    """Refuse what means nothing to a model.

    Raises:
        UnknownNameError: Its codec block does not have the encoder.
        UsageError: A value is wrong, or is not asked for.
    """
    encoders = model.description.encoders
    if spec.name and not _METRIC_NAME.fullmatch(spec.name):
        raise UsageError(f"{spec.name!r} cannot be the name of a model's scores")
    if spec.int8 and spec.fp16:
        raise UsageError(
            f"{spec.model}: int8 and fp16 contradict each other", "Leave one of them out."
        )
    if spec.int8 and model.int8 is None:
        raise UsageError(f"{spec.model} has no int8 twin", "Leave out :int8.")
    if spec.encoder and encoders and spec.encoder not in encoders:
        raise UnknownNameError.of(
            f"encoder of {spec.model}:", spec.encoder, encoders, f"It has {', '.join(encoders)}."
        )
    for key, most in (("encoder", None), ("preset", PRESETS), ("crf", CRFS)):
        value = getattr(spec, key)
        if value in {None, ""}:
            continue
        if not encoders:
            raise UsageError(f"{spec.model} does not ask for {key}", f"Leave out :{key}=.")
        if most and not 0 <= value <= most:
            raise UsageError(f"{key}={value:g} is out of range", f"It goes from 0 to {most}.")


def _with(spec: NeuralSpec, key: str, value: str) -> NeuralSpec:
    match key:
        case "int8" | "fp16" if value:
            raise UsageError(f"{key}={value}: {key} has no value", f"Write :{key}.")
        case "int8":
            return replace(spec, int8=True)
        case "fp16":
            return replace(spec, fp16=True)
        case "name" | "encoder" | "preset" | "crf" if not value:
            raise UsageError(f"{spec.model}: {key} has no value", f"Write :{key}=...")
        case "name":
            return replace(spec, name=value)
        case "encoder":
            return replace(spec, encoder=value)
        case "preset":
            return replace(spec, preset=_number(key, value))
        case "crf":
            return replace(spec, crf=_number(key, value))
    raise UnknownNameError.of("part of a model", key, _PARTS, f"Parts: {', '.join(_PARTS)}.")


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{key}={text} is no number") from None
