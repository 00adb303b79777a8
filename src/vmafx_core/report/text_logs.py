"""CSV, XML and SUB exactly as libvmaf writes them: six digits, a comma or bar after every value.

libvmaf writes features as their first value arrives and models after them; the elementary and
asked-for features come first here too, then the models. These formats know one distorted video
only; a run with several is refused.
"""

from collections.abc import Iterator
from html import escape

import numpy as np

from vmafx_core.errors import UsageError
from vmafx_core.report.json_log import LIBVMAF_POOLS
from vmafx_core.report.plain import blocks
from vmafx_core.scoring.result import Metric, MetricKind, PairResult, ScoreResult

_MODEL_KINDS = (MetricKind.MODEL, MetricKind.BOOTSTRAP)


def check_single(pairs: int, fmt: str) -> None:
    """Refuse a format that has room for one distorted video only where there are several.

    Args:
        pairs: How many distorted videos there are.
        fmt: The format's name.

    Raises:
        UsageError: If there is more than one.
    """
    if pairs > 1:
        raise UsageError(
            f"{fmt} has room for one distorted video, and there are {pairs}",
            "Use json or ndjson, or score one distorted video at a time.",
        )


def stream_csv(result: ScoreResult) -> Iterator[str]:
    """The CSV log of libvmaf: a column a metric, a line a frame."""
    metrics = _columns(_only_pair(result, "csv"))
    yield "Frame," + "".join(f"{metric.name}," for metric in metrics) + "\n"
    for i, row in _rows(metrics):
        yield f"{i}," + "".join(f"{x:.6f}," for x in row) + "\n"


def stream_sub(result: ScoreResult) -> Iterator[str]:
    """The SUB log of libvmaf: scores as MicroDVD subtitles, to be shown over the video."""
    metrics = _columns(_only_pair(result, "sub"))
    for i, row in _rows(metrics):
        values = "".join(f"{m.name}: {x:.6f}|" for m, x in zip(metrics, row, strict=True))
        yield f"{{{i}}}{{{i + 1}}}frame: {i}|{values}\n"


def stream_xml(result: ScoreResult) -> Iterator[str]:
    """The XML log of libvmaf."""
    pair = _only_pair(result, "xml")
    metrics = _columns(pair)
    size = f'qualityWidth="{pair.picture.width}" qualityHeight="{pair.picture.height}"'
    yield f'<VMAF version="{escape(result.versions.libvmaf)}">\n'
    yield f'  <params {size} />\n  <fyi fps="{pair.fps:.2f}" />\n  <frames>\n'
    for i, row in _rows(metrics):
        values = "".join(f'{m.name}="{x:.6f}" ' for m, x in zip(metrics, row, strict=True))
        yield f'    <frame frameNum="{i}" {values}/>\n'
    yield "  </frames>\n  <pooled_metrics>\n"
    for metric in metrics:
        pools = "".join(f'{p}="{getattr(metric.pooled, p):.6f}" ' for p in LIBVMAF_POOLS)
        yield f'    <metric name="{escape(metric.name)}" {pools}/>\n'
    yield "  </pooled_metrics>\n  <aggregate_metrics />\n</VMAF>\n"


def _only_pair(result: ScoreResult, fmt: str) -> PairResult:
    check_single(len(result.pairs), fmt)
    return result.pairs[0]


def _columns(pair: PairResult) -> list[Metric]:
    metrics = pair.metrics.values()
    return sorted(metrics, key=lambda metric: metric.kind in _MODEL_KINDS)


def _rows(metrics: list[Metric]) -> Iterator[tuple[int, tuple[float, ...]]]:
    pieces = blocks([metric.values for metric in metrics])
    rows = (row for block in pieces for row in zip(*map(np.ndarray.tolist, block), strict=True))
    return enumerate(rows)
