"""The JSON document: the layout of libvmaf's own JSON log, and all that we know besides.

The top level is what libvmaf and FFmpeg's filter write for the first distorted video, so that
tools that read their logs read ours. Everything of ours is under the one key "vmafx", with every
distorted video, the first included, in the same shape.
"""

import json
from collections.abc import Sequence
from typing import Any

from vmafx_core.report.plain import SCHEMA_VERSION, plain, plain_result
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import PairResult, ScoreResult

# One encoder for all: json.dumps would make one for each of an hour's frames.
_encode = json.JSONEncoder(allow_nan=False).encode

LIBVMAF_POOLS = ("min", "max", "mean", "harmonic_mean")


def render(result: ScoreResult, outcomes: Sequence[Outcome] = ()) -> str:
    """The result as one strict JSON document, ending in a newline.

    Args:
        result: What came out.
        outcomes: How stated requirements came out; none where none was stated.
    """
    first = result.pairs[0]
    ours = {"schema_version": SCHEMA_VERSION} | plain_result(result, frames=True)
    parts = {
        "version": _encode(result.versions.libvmaf),
        "fps": _encode(plain(first.fps)),
        "frames": _layout(_frames(first), lines=1),
        "pooled_metrics": _layout(_pooled(first), lines=1),
        "aggregate_metrics": "{}",
        "vmafx": _layout(ours | {"requirements": plain(outcomes)}, lines=5),
    }
    return "{\n" + ",\n".join(f'  "{key}": {text}' for key, text in parts.items()) + "\n}\n"


def _frames(pair: PairResult) -> list[dict[str, Any]]:
    names = list(pair.metrics)
    columns = [plain(metric.values) for metric in pair.metrics.values()]
    return [
        {"frameNum": index, "metrics": dict(zip(names, row, strict=True))}
        for index, row in enumerate(zip(*columns, strict=True))
    ]


def _pooled(pair: PairResult) -> dict[str, dict[str, float | None]]:
    return {
        name: {pool: plain(getattr(metric.pooled, pool)) for pool in LIBVMAF_POOLS}
        for name, metric in pair.metrics.items()
    }


def _layout(value: Any, *, lines: int, depth: int = 1) -> str:
    """JSON text with `lines` levels of line breaks; what lies deeper is on one line.

    A list of numbers is always on one line, or an hour of scores would be 100000 lines.
    """
    items = value.values() if isinstance(value, dict) else value
    if lines == 0 or not isinstance(value, dict | list) or not value:
        return _encode(value)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in items):
        return _encode(value)
    inner = [_layout(item, lines=lines - 1, depth=depth + 1) for item in items]
    if isinstance(value, dict):
        inner = [f"{_encode(k)}: {text}" for k, text in zip(value, inner, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    margin = "  " * depth
    body = f",\n{margin}  ".join(inner)
    return f"{opening}\n{margin}  {body}\n{margin}{closing}"
