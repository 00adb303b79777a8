"""Feature vectors as tables: a row a frame, or a row a distorted video, for training models.

Columns come in one order everywhere: what the row is of, the score that teaches, then the features
of `vmafx_core.backends.vectors`, the six canonical ones first.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vmafx_core.backends.vectors import VECTOR, VectorFeature
from vmafx_core.errors import UsageError
from vmafx_core.extras import require
from vmafx_core.report.naming import shown_location
from vmafx_core.report.plain import plain
from vmafx_core.report.rows import Rows
from vmafx_core.scoring.result import PairResult, ScoreResult

VERSION = 1
"""Changes where a column gets another meaning."""

ENDINGS = (".parquet", ".csv", ".jsonl")

Columns = dict[str, Sequence[Any]]

_POOLS = {"mean": "mean", "std": "stdev", "p10": "p10", "p90": "p90"}


def vector_columns(
    result: ScoreResult, rows: Rows, vector: Sequence[VectorFeature] = VECTOR
) -> Columns:
    """The table of a result, column by column.

    Args:
        result: What was measured; its leading metric is what teaches.
        rows: What a row is of.
        vector: The features wanted, in order.
    """
    table = _frames if rows is Rows.FRAME else _clip
    tables = [table(result, pair, vector) for pair in result.pairs]
    return {name: [value for t in tables for value in t[name]] for name in tables[0]}


def _frames(result: ScoreResult, pair: PairResult, vector: Sequence[VectorFeature]) -> Columns:
    count = pair.frames.scored
    about = {name: [value] * count for name, value in _about(result, pair).items()}
    columns: Columns = about | {"frame_index": range(count), "time": pair.times.tolist()}
    columns[pair.lead.name] = pair.lead.values.tolist()
    for feature in vector:
        if metric := pair.metrics.get(feature.metric):
            columns[feature.name] = metric.values.tolist()
    return columns


def _clip(result: ScoreResult, pair: PairResult, vector: Sequence[VectorFeature]) -> Columns:
    columns: Columns = {name: [value] for name, value in _about(result, pair).items()}
    columns["frames"] = [pair.frames.scored]
    named = [(pair.lead.name, pair.lead.name), *((v.name, v.metric) for v in vector)]
    for name, stored in named:
        if metric := pair.metrics.get(stored):
            for ending, pool in _POOLS.items():
                columns[f"{name}_{ending}"] = [getattr(metric.pooled, pool)]
    return columns


def _about(result: ScoreResult, pair: PairResult) -> dict[str, Any]:
    return {
        "source": shown_location(result.reference.location),
        "dis_basename": Path(shown_location(pair.distorted.location)).name,
        "codec": pair.distorted.codec,
        "width": pair.picture.width,
        "height": pair.picture.height,
        "vmafx_version": result.versions.vmafx,
        "libvmaf_version": result.versions.libvmaf,
    }


def render_vectors(columns: Columns, ending: str, about: Mapping[str, str]) -> bytes:
    """A table as a file of its ending.

    Args:
        columns: The table.
        ending: The file's ending; `check_vectors` has not refused it.
        about: What Parquet keeps beside it: the version of the table, the score that teaches.
    """
    match ending:
        case ".parquet":
            return _parquet(columns, about)
        case ".csv":
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
            return text.getvalue().encode()
        case _:
            rows = zip(*columns.values(), strict=True)
            lines = (json.dumps(dict(zip(columns, plain(row), strict=True))) for row in rows)
            return "".join(f"{line}\n" for line in lines).encode()


def check_vectors(ending: str) -> None:
    """Refuse files that cannot be written here.

    Args:
        ending: The file's ending.

    Raises:
        UsageError: It names no format of vectors.
        ComponentError: What writes the format is not installed.
    """
    if ending not in ENDINGS:
        raise UsageError(
            f"a file with the ending {ending!r} cannot hold features",
            f"Use {', '.join(ENDINGS)}.",
        )
    if ending == ".parquet":
        require("parquet", "writing Parquet", further="or write .csv or .jsonl")


def _parquet(columns: Columns, about: Mapping[str, str]) -> bytes:
    import pyarrow as pa  # of an extra
    from pyarrow import parquet

    arrays = {name: np.asarray(values) for name, values in columns.items()}
    table = pa.table(arrays).replace_schema_metadata(dict(about))
    target = pa.BufferOutputStream()
    parquet.write_table(table, target)
    written: bytes = target.getvalue().to_pybytes()
    return written
