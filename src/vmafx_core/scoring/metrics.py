"""From the scores of segments to the metrics of a result."""

from collections.abc import Collection, Mapping, Sequence

from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.scoring.pooling import pool
from vmafx_core.scoring.result import Metric, MetricKind, Scores, WorstFrame, is_distance

_WORST_FRAMES = 10
_BOOTSTRAP = ("_bagging", "_stddev", "_ci_p95_lo", "_ci_p95_hi")


def collect(
    scores: Mapping[str, Scores],
    predicted: Collection[str],
    requested: Sequence[FeatureSpec],
    neural: Mapping[str, MetricKind],
) -> dict[str, Metric]:
    """Pool every metric of a pair.

    Args:
        scores: The values of all frames by the metric's name.
        predicted: The names of the models' metrics.
        requested: The features that were asked for.
        neural: The kinds of neural models' metrics, by name.

    Returns:
        The metrics by name: models, bootstrap statistics, asked-for features, elementary ones.
    """
    metrics = []
    for name, values in scores.items():
        kind = neural.get(name) or _kind(name, predicted, requested)
        pooled = pool(values, lower_is_better=is_distance(name, kind))
        metrics.append(Metric(name, kind, values, pooled))
    order = list(MetricKind)
    return {m.name: m for m in sorted(metrics, key=lambda m: order.index(m.kind))}


def _kind(name: str, predicted: Collection[str], requested: Sequence[FeatureSpec]) -> MetricKind:
    if name in predicted:
        return MetricKind.MODEL
    if any(name == metric + suffix for metric in predicted for suffix in _BOOTSTRAP):
        return MetricKind.BOOTSTRAP
    for feature in requested:
        own = (*feature.info.metrics, *feature.info.further_metrics)
        # Options lengthen a metric's name at its end.
        if name in own or (feature.options and name.startswith(own)):
            return MetricKind.REQUESTED
    return MetricKind.ELEMENTARY


def worst_frames(lead: Metric, times: Scores) -> tuple[WorstFrame, ...]:
    """The frames with the worst values of a metric, the worst first."""
    return tuple(
        WorstFrame(int(i), float(times[i]), float(lead.values[i]))
        for i in lead.worst_first()[:_WORST_FRAMES]
    )
