"""Results as plain data: what JSON can hold, field by field as the dataclasses have it.

Every machine-readable format is made of this, so that one name means one thing everywhere: a
field of `PairResult` is a key of the same name in JSON, NDJSON and the page's data.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np

from vmafx_core.report.naming import readable, shown_location
from vmafx_core.scoring.result import Metric, ModelUse, PairResult, ScoreResult, Scores

SCHEMA_VERSION = 1
_BLOCK = 1000
_BY_FRAME = ("times", "distorted_times")


def plain(value: Any) -> Any:
    """Any value of a result as dicts, lists, text, numbers and None.

    Numbers that JSON lacks (nan, inf) become None, fractions become "30000/1001", arrays become
    lists.
    """
    match value:
        case Mapping():
            return {readable(str(key)): plain(item) for key, item in value.items()}
        case np.ndarray():
            numbers = value.tolist()
            finite = bool(np.isfinite(value).all())
            return numbers if finite else [_scalar(item) for item in numbers]
        case Sequence() if not isinstance(value, str):
            return [plain(item) for item in value]
        case ModelUse():
            return _fields(value) | {"overrides": dict(value.overrides)}
        case _ if dataclasses.is_dataclass(value):
            return _fields(value)
        case _:
            return _scalar(value)


def _scalar(value: Enum | Fraction | str | float | None) -> str | float | None:
    match value:
        case Enum():
            return str(value.value)
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case str():
            return readable(value)
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


def _fields(value: Any) -> dict[str, Any]:
    return {f.name: _field(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)}


def _field(name: str, value: Any) -> Any:
    # What is written is kept and passed on; a signed URL's key must not be.
    return shown_location(value) if name == "location" else plain(value)


def plain_metric(metric: Metric, *, frames: bool) -> dict[str, Any]:
    """A metric: its kind and pools, and its values a frame where `frames` is true.

    Those stay an array: as a list, an hour of them would take many times the memory.
    """
    data: dict[str, Any] = {"kind": metric.kind.value, "pooled": plain(metric.pooled)}
    return data | {"values": metric.values} if frames else data


def plain_pair(pair: PairResult, *, frames: bool) -> dict[str, Any]:
    """A pair; its times and values a frame, as arrays, only where `frames` is true."""
    data: dict[str, Any] = {
        field.name: plain(getattr(pair, field.name))
        for field in dataclasses.fields(pair)
        if field.name not in {"metrics", *_BY_FRAME}
    }
    data["fps"] = pair.fps
    data["metrics"] = {
        readable(name): plain_metric(metric, frames=frames) for name, metric in pair.metrics.items()
    }
    if frames:
        data |= {name: getattr(pair, name) for name in _BY_FRAME}
    return data


def plain_result(result: ScoreResult, *, frames: bool) -> dict[str, Any]:
    """A whole result; times and values a frame, as arrays, only where `frames` is true."""
    return {
        "versions": plain(result.versions),
        "threads": result.threads,
        "seconds": result.seconds,
        "reference": plain(result.reference),
        "notices": plain(result.notices),
        "pairs": [plain_pair(pair, frames=frames) for pair in result.pairs],
    }


def blocks(values: Sequence[Scores]) -> Iterator[tuple[Scores, ...]]:
    """Equally long arrays in pieces of a thousand, so that text is never whole in memory."""
    for start in range(0, len(values[0]), _BLOCK):
        yield tuple(array[start : start + _BLOCK] for array in values)
