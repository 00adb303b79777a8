"""Which models and features to use: plain data, and the grammar users write them in."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One model and how to use it.

    Attributes:
        version: A built-in model's name, or "auto"; empty where `path` is given.
        path: A model's JSON file; empty for a built-in one.
        name: What its scores are called in the result; empty for the default.
        disable_clip: Leave scores outside the model's range as they are.
        enable_transform: Apply the model's score transform (the phone transform of v0.6.1).
        overrides: Feature options to override: (feature, option, value) triples.
    """

    version: str = ""
    path: str = ""
    name: str = ""
    disable_clip: bool = False
    enable_transform: bool = False
    overrides: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """One feature and its options.

    Attributes:
        name: A friendly name ("psnr", "ssim") or libvmaf's own ("float_ssim").
        options: Pairs of option name and value, as libvmaf takes them.
    """

    name: str
    options: tuple[tuple[str, str], ...] = field(default=())
