"""The JSON document: the layout of libvmaf's own JSON log, and all that we know besides.

The top level is what libvmaf and FFmpeg's filter write for the first distorted video, so that
tools that read their logs read ours. Everything of ours is under the one key "vmafx", with every
distorted video, the first included, in the same shape.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from vmafx_core.report.plain import SCHEMA_VERSION, blocks, plain, plain_result
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import PairResult, ScoreResult, Scores

# One encoder for all: json.dumps would make one for each of an hour's frames.
_encode = json.JSONEncoder(allow_nan=False).encode

LIBVMAF_POOLS = ("min", "max", "mean", "harmonic_mean")


def stream(result: ScoreResult, outcomes: Sequence[Outcome] = ()) -> Iterator[str]:
    """The result as one strict JSON document, ending in a newline, piece by piece.

    Args:
        result: What came out.
        outcomes: How stated requirements came out; none where none was stated.
    """
    first = result.pairs[0]
    ours = {"schema_version": SCHEMA_VERSION} | plain_result(result, frames=True)
    parts = {
        "version": _layout(result.versions.libvmaf, lines=0),
        "fps": _layout(plain(first.fps), lines=0),
        "frames": _frames(first),
        "pooled_metrics": _layout(_pooled(first), lines=1),
        "aggregate_metrics": _layout({}, lines=0),
        "vmafx": _layout(ours | {"requirements": plain(outcomes)}, lines=5),
    }
    before = "{\n"
    for key, pieces in parts.items():
        yield f'{before}  "{key}": '
        yield from pieces
        before = ",\n"
    yield "\n}\n"


def _frames(pair: PairResult) -> Iterator[str]:
    names = list(pair.metrics)
    index = 0
    for block in blocks([metric.values for metric in pair.metrics.values()]):
        for row in zip(*map(plain, block), strict=True):
            frame = {"frameNum": index, "metrics": dict(zip(names, row, strict=True))}
            yield f"{'[' if index == 0 else ','}\n    {_encode(frame)}"
            index += 1
    yield "\n  ]"


def _pooled(pair: PairResult) -> dict[str, dict[str, float | None]]:
    return {
        name: {pool: plain(getattr(metric.pooled, pool)) for pool in LIBVMAF_POOLS}
        for name, metric in pair.metrics.items()
    }


def _layout(value: Any, *, lines: int, depth: int = 1) -> Iterator[str]:
    """JSON text with `lines` levels of line breaks; what lies deeper is on one line.

    A list of numbers is always on one line, or an hour of scores would be 100000 lines.
    """
    if isinstance(value, np.ndarray):
        yield from _numbers(value)
        return
    items = value.values() if isinstance(value, dict) else value
    flat = isinstance(value, list) and not any(isinstance(item, dict | list) for item in items)
    if lines == 0 or not isinstance(value, dict | list) or not value or flat:
        yield _encode(value)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    margin = "  " * depth
    before = opening
    for name, item in zip(value, items, strict=True):
        yield f"{before}\n{margin}  "
        if isinstance(value, dict):
            yield f"{_encode(name)}: "
        yield from _layout(item, lines=lines - 1, depth=depth + 1)
        before = ","
    yield f"\n{margin}{closing}"


def _numbers(values: Scores) -> Iterator[str]:
    before = "["
    for (block,) in blocks([values]):
        yield before + _encode(plain(block))[1:-1]
        before = ", "
    yield "]"
