"""The field's `registry.json`: an index of trusted models, schema versions 0 and 1."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vmafx_core.errors import InputError

SCHEMA_VERSIONS = (0, 1)
OPSETS = range(7, 22)

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FILE = re.compile(r"[a-z0-9][a-z0-9_./-]*\.onnx")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = ("id", "kind", "onnx", "sha256")
_MODES = ("fp32", "static", "dynamic", "qat")


class Kind(StrEnum):
    """What a model is for."""

    FULL_REFERENCE = "fr"
    """A score of a distorted video against its reference."""
    NO_REFERENCE = "nr"
    """A score or a map of one video alone."""
    FILTER = "filter"
    """A picture made of a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model of a registry.

    Attributes:
        id: What it is called.
        kind: What it is for.
        onnx: Its file, relative to the registry.
        sha256: The SHA-256 of that file, in hex.
        opset: The opset it was made for; None where not said.
        quant_mode: "fp32", or how its int8 twin was made: "static", "dynamic", "qat".
        int8_sha256: The SHA-256 of the int8 twin, which lies beside as NAME.int8.onnx; "" for none.
        budget: By how much the twin's correlation with the scores may fall short of its own.
        license: Its licence, as SPDX names it; "" where not said.
        license_url: Where that can be read.
        description: What it does, in a line.
        notes: Anything else.
    """

    id: str
    kind: Kind
    onnx: str
    sha256: str
    opset: int | None = None
    quant_mode: str = "fp32"
    int8_sha256: str = ""
    budget: float = 0.01
    license: str = ""
    license_url: str = ""
    description: str = ""
    notes: str = ""

    @property
    def int8(self) -> str:
        """The file of the int8 twin, relative to the registry; "" for none."""
        return self.onnx.removesuffix(".onnx") + ".int8.onnx" if self.int8_sha256 else ""


def parse_json(data: bytes, name: str) -> Any:
    """Read a JSON file.

    Raises:
        InputError: It is none.
    """
    try:
        return json.loads(data)
    except (UnicodeDecodeError, RecursionError):
        raise InputError(f"{name}: is not JSON", "Check the file.") from None
    except ValueError as error:
        raise InputError(f"{name}: is not JSON: {error}", "Check the file.") from None


def parse_registry(data: bytes, name: str) -> tuple[Entry, ...]:
    """Read a registry.

    Args:
        data: The file.
        name: What to call it in messages.

    Raises:
        InputError: It is not a registry, or an entry of it is wrong.
    """
    document = parse_json(data, name)
    if not isinstance(document, dict) or not isinstance(document.get("models"), list):
        raise InputError(f"{name}: is no registry: it has no list of models", "Check the file.")
    if document.get("schema_version") not in SCHEMA_VERSIONS:
        raise InputError(
            f"{name}: has schema_version {document.get('schema_version')!r}",
            f"This program reads {' and '.join(map(str, SCHEMA_VERSIONS))}.",
        )
    entries = tuple(
        _entry(fields, f"{name}: model {i}") for i, fields in enumerate(document["models"])
    )
    seen = set[str]()
    for entry in entries:
        if entry.id in seen:
            raise InputError(f"{name}: has two models {entry.id!r}", "Remove one of them.")
        seen.add(entry.id)
    return entries


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 512


def is_inside(path: str) -> bool:
    """Whether a relative path of a registry stays inside its folder."""
    return ".." not in path.split("/") and _FILE.fullmatch(path) is not None


# What each field of an entry may hold, and how that is told. Others are passed over: registries
# hold more than is needed here, such as where a signature lies.
_CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "id": (_matches(_ID), "lower-case letters, digits, - and _, at most 64"),
    "kind": (lambda v: v in tuple(Kind), "fr, nr or filter"),
    "onnx": (
        lambda v: isinstance(v, str) and is_inside(v),
        "a path below the registry to an .onnx",
    ),
    "sha256": (_matches(_SHA256), "64 hexadecimal digits"),
    "int8_sha256": (_matches(_SHA256), "64 hexadecimal digits"),
    "opset": (lambda v: type(v) is int and v in OPSETS, f"{OPSETS[0]} to {OPSETS[-1]}"),
    "quant_mode": (lambda v: v in _MODES, ", ".join(_MODES)),
    "quant_accuracy_budget_plcc": (
        lambda v: type(v) in {int, float} and 0 <= v <= 1,
        "a number from 0 to 1",
    ),
    "license": (_is_text, "a text"),
    "license_url": (_is_text, "a text"),
    "description": (_is_text, "a text"),
    "notes": (_is_text, "a text of at most 512 characters"),
}


def _entry(fields: Any, name: str) -> Entry:
    if not isinstance(fields, dict):
        raise InputError(f"{name}: is {type(fields).__name__}, not an object", "Check the file.")
    if absent := [field for field in _REQUIRED if field not in fields]:
        raise InputError(f"{name}: has no {absent[0]!r}", "Check the file.")
    known = {field: value for field, value in fields.items() if field in _CHECKS}
    for field, value in known.items():
        allowed, told = _CHECKS[field]
        if not allowed(value):
            raise InputError(f"{name}: {field} is {value!r:.80}", f"It must be {told}.")
    if known.get("quant_mode", "fp32") != "fp32" and "int8_sha256" not in known:
        raise InputError(f"{name}: is quantised, but has no int8_sha256", "Add it.")
    budget = known.pop("quant_accuracy_budget_plcc", Entry.__dataclass_fields__["budget"].default)
    return Entry(**(known | {"kind": Kind(known["kind"]), "budget": float(budget)}))
