"""Which models and features to use: plain data, and the grammar users write them in.

A model is written as in the `vmaf` tool, parts separated by colons::

    vmaf_v0.6.1
    version=vmaf_v0.6.1neg:name=neg:disable_clip
    path=my_model.json:enable_transform=true
    vmaf_v0.6.1:adm.adm_enhn_gain_limit=1.2:vif.vif_enhn_gain_limit=1.1

and a feature likewise::

    psnr
    name=psnr:enable_mse=true
    cambi=full_ref=true:topk=0.5
"""

import re
from dataclasses import dataclass, field

from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.libvmaf.catalogue import (
    FEATURES,
    MODELS,
    FeatureInfo,
    OptionInfo,
    feature_names,
    find_feature,
    find_model,
)

AUTO = "auto"

_METRIC_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


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

    @property
    def info(self) -> FeatureInfo:
        """The catalogue's entry.

        Raises:
            UnknownNameError: If there is no such feature.
        """
        return _feature(self.name)


def _feature(name: str) -> FeatureInfo:
    info = find_feature(name)
    if info is None:
        friendly = ", ".join(f.name for f in FEATURES)
        raise UnknownNameError.of("feature", name, feature_names(), f"Features are: {friendly}.")
    return info


def _boolean(what: str, value: str) -> bool:
    match value.lower():
        case "" | "true" | "1" | "yes" | "on":
            return True
        case "false" | "0" | "no" | "off":
            return False
    raise UsageError(f"{what}={value} is neither true nor false")


def _option_value(option: OptionInfo, what: str, text: str) -> str:
    """Check one option's value and write it as libvmaf reads it.

    libvmaf itself ignores names that it does not know and takes half a number for a number.
    """
    if option.kind is bool:
        return "true" if _boolean(what, text) else "false"
    if option.kind is str:
        if text not in option.choices:
            raise UnknownNameError.of(
                f"value for {what}", text, option.choices, f"Use {', '.join(option.choices)}."
            )
        return text
    try:
        number = option.kind(text)
    except ValueError:
        raise UsageError(f"{what}={text} is not a number") from None
    if not option.low <= number <= option.high:
        raise UsageError(
            f"{what}={text} is out of range", f"Use {option.low:g} to {option.high:g}."
        )
    return text


def _checked_option(info: FeatureInfo, what: str, name: str, text: str) -> str:
    option = next((o for o in info.options if o.name == name), None)
    if option is None:
        known = [o.name for o in info.options]
        hint = f"It takes: {', '.join(known)}." if known else "It takes no options."
        raise UnknownNameError.of(f"option of feature {info.name!r}", name, known, hint)
    return _option_value(option, f"{what}{name}", text)


def parse_feature(text: str) -> FeatureSpec:
    """Read a feature as users write it.

    Raises:
        UnknownNameError: If the feature or an option of it does not exist.
        UsageError: If an option's value is wrong.
    """
    head, *parts = text.split(":")
    name, _, rest = head.partition("=")
    if name == "name":
        name = rest
    elif rest:
        parts.insert(0, rest)
    info = _feature(name)
    options = []
    for part in parts:
        key, _, value = part.partition("=")
        options.append((key, _checked_option(info, f"{name}:", key, value)))
    return FeatureSpec(name, tuple(options))


def check_feature(spec: FeatureSpec) -> None:
    """Refuse a feature that was not made by `parse_feature`, and could not have been.

    Raises:
        UnknownNameError: If the feature or an option of it does not exist.
        UsageError: If an option's value is wrong.
    """
    info = spec.info
    for name, value in spec.options:
        _check_option(info, f"{spec.name}:", name, value)


def _check_option(info: FeatureInfo, what: str, name: str, text: str) -> None:
    checked = _checked_option(info, what, name, text)
    if checked != text:
        raise UsageError(f"{what}{name}={text} must be {checked} here")


def parse_model(text: str) -> ModelSpec:
    """Read a model as users write it.

    Raises:
        UnknownNameError: If the model, a feature or an option of it does not exist.
        UsageError: If the text is not of the grammar, or a value is wrong.
    """
    found: dict[str, str] = {}
    flags = {"disable_clip": False, "enable_transform": False}
    overrides = []
    for position, part in enumerate(_split_model(text)):
        key, equals, value = part.partition("=")
        if key in ("version", "path", "name") and equals:
            found[key] = value
        elif key in flags:
            flags[key] = _boolean(key, value)
        elif "." in key and equals and find_feature(key.partition(".")[0]):
            feature, _, option = key.partition(".")
            info = _feature(feature)
            overrides.append((info.extractor, option, _checked_option(info, "", option, value)))
        elif position == 0 and not equals:
            found["path" if part.endswith(".json") else "version"] = part
        else:
            raise UnknownNameError.of(
                "part of a model", part, ["version=", "path=", "name=", *flags],
                "Write MODEL[:name=N][:disable_clip][:enable_transform][:feature.option=value].",
            )  # fmt: skip
    spec = ModelSpec(**found, **flags, overrides=tuple(overrides))  # type: ignore[arg-type]
    _check_names(spec, f"model {text!r}", named="name" in found)
    return spec


def check_model(spec: ModelSpec) -> None:
    """Refuse a model that was not made by `parse_model`, and could not have been.

    Raises:
        UnknownNameError: If the model, a feature or an option of it does not exist.
        UsageError: If a value is wrong.
    """
    _check_names(spec, "a model", named=bool(spec.name))
    for feature, option, value in spec.overrides:
        _check_option(_feature(feature), f"{feature}.", option, value)


def _check_names(spec: ModelSpec, what: str, *, named: bool) -> None:
    if bool(spec.version) == bool(spec.path):
        raise UsageError(
            f"{what} must have either a version or a path", "For example: vmaf_v0.6.1."
        )
    if spec.version:
        _check_version(spec.version)
    if named and not _METRIC_NAME.fullmatch(spec.name):
        raise UsageError(
            f"{spec.name!r} cannot be the name of a model's scores",
            "Use letters, digits, '_', '.' and '-', a letter first: it heads columns and is an "
            "attribute in XML.",
        )


def _split_model(text: str) -> list[str]:
    r"""Split at colons, but not at the one of a Windows drive in `path=C:\model.json`."""
    parts: list[str] = []
    for part in text.split(":"):
        before = parts[-1].rpartition("=")[2] if parts else ""
        if part[:1] in ("\\", "/") and len(before) == 1 and before.isalpha():
            parts[-1] += ":" + part
        else:
            parts.append(part)
    return parts


def _check_version(version: str) -> None:
    if version != AUTO and find_model(version) is None:
        raise UnknownNameError.of(
            "model", version, [AUTO, *(m.name for m in MODELS)], "`vmafx models` lists them."
        )
