"""Requirements that scores must meet: `vmaf>=93`, `vmaf:p5>=85`, `cambi:max<5`.

The grammar is METRIC[:POOL]OPVALUE, with spaces allowed around the operator, which is one of
>=, >, <= and <. The pool is the mean where none is named. Equality is refused: scores are real
numbers, and no two encodes score the same by intent.

Nothing that was not measured counts as met: a metric that is absent from the result, a pooled
value that is no number and a comparison over fewer frames than the videos have are all failures.
"""

import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from vmafx_core.backends.specs import NeuralSpec
from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS, find_feature, find_model
from vmafx_core.libvmaf.specs import ModelSpec
from vmafx_core.scoring.pooling import POOL_NAMES
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import PairResult, ScoreResult

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_MISSED = {">=": "below", ">": "not above", "<=": "above", "<": "not below"}
_ALIASES = {"harmonic": "harmonic_mean"}
_GRAMMAR = re.compile(
    r"\s*(?P<metric>[^\s:<>=!]+)(?::(?P<pool>[^\s:<>=!]*))?"
    r"\s*(?P<operator>[<>=!]++)\s*(?P<value>[^\s<>=!]\S*)\s*"
)
_FEATURE_OF = {metric: feature for feature in FEATURES for metric in feature.metrics}
_FRIENDLY = {f.name: f.metrics[0] for f in FEATURES if f.name not in _FEATURE_OF}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A bound on one pooled metric.

    Attributes:
        text: As the user wrote it.
        metric: The metric's name in a result; a friendly feature name stands for its first metric.
        pool: One of `POOL_NAMES`.
        operator: ">=", ">", "<=" or "<".
        value: The bound, a finite number.
    """

    text: str
    metric: str
    pool: str
    operator: str
    value: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one requirement came out for one distorted video.

    Attributes:
        requirement: The requirement.
        pair: Which distorted video, from 0.
        location: Where that video is.
        measured: The pooled value; None where it was not measured or is no number.
        met: Whether the requirement is met.
        reason: Why it is not met, in a few words; empty where it is.
    """

    requirement: Requirement
    pair: int
    location: str
    measured: float | None
    met: bool
    reason: str


def parse_requirement(text: str) -> Requirement:
    """Read a requirement in the grammar above.

    Raises:
        UsageError: If the text does not follow the grammar.
        UnknownNameError: If there is no such pool.
    """
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise UsageError(
            f"cannot read the requirement {text!r}",
            "Write METRIC>=VALUE or METRIC:POOL>=VALUE, such as 'vmaf:p5>=85'.",
        )
    sign = found["operator"]
    if sign not in _COMPARISONS:
        raise UsageError(
            f"{sign!r} in the requirement {text!r} is no comparison that scores can be held to",
            f"Use one of {', '.join(_COMPARISONS)}.",
        )
    try:
        value = float(found["value"])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(
            f"{found['value']!r} in the requirement {text!r} is not a number",
            "Write a number such as 93 or 0.98.",
        )
    metric = _FRIENDLY.get(found["metric"], found["metric"])
    return Requirement(text.strip(), metric, _pool(found["pool"]), sign, value)


def _pool(name: str | None) -> str:
    if name is None:
        return "mean"
    pool = _ALIASES.get(name, name)
    if pool not in POOL_NAMES:
        raise UnknownNameError.of("pool", name, POOL_NAMES, f"Pools: {', '.join(POOL_NAMES)}.")
    return pool


def check_measured(requirements: Iterable[Requirement], request: ScoreRequest) -> None:
    """Refuse requirements on metrics that a request will not measure, before any work is done.

    Where a model's file or options decide about names, nothing is refused here; `check` then
    says what was not measured.

    Raises:
        UsageError: If a metric belongs to a feature that was not asked for.
        UnknownNameError: If there is no such metric.
    """
    free = any(f.options for f in request.features) or any(m.path for m in request.models)
    scores = {*_model_metrics(request.models), *_neural_metrics(request.neural)}
    features = {metric for name in _feature_names(request) for metric in _metrics_of(name)}
    for requirement in () if free else requirements:
        metric = requirement.metric
        # libvmaf appends options to a name where a model sets them: integer_adm3_csf_2.
        if metric in scores | features or metric.startswith(tuple(f"{f}_" for f in features)):
            continue
        if metric in _FEATURE_OF:
            raise UsageError(
                f"the requirement {requirement.text!r} is on a metric that is not measured",
                f"Add the feature {_FEATURE_OF[metric].name!r}.",
            )
        known = sorted(scores) + sorted(features)
        raise UnknownNameError.of(
            "metric", metric, known, f"Measured are: {', '.join(known) or 'none'}."
        )


def _model_metrics(models: Sequence[ModelSpec]) -> Iterator[str]:
    for model in models:
        yield "vmaf"
        name = model.name or (model.version if len(models) > 1 else "vmaf")
        yield name
        info = find_model(model.version)
        if info and info.bootstrap:
            yield from (f"{name}_{x}" for x in ("bagging", "stddev", "ci_p95_lo", "ci_p95_hi"))


def _neural_metrics(specs: Sequence[NeuralSpec]) -> Iterator[str]:
    if not specs:
        return
    from vmafx_core.backends.installed import find_model as installed  # seldom

    yield from (spec.metric(installed(spec.model).description.role) for spec in specs)


def _feature_names(request: ScoreRequest) -> Iterator[str]:
    yield from (feature.name for feature in request.features)
    for model in request.models:
        # "auto" is one of the v1 models, which all need the same features.
        yield from (find_model(model.version) or MODELS[-1]).features


def _metrics_of(feature: str) -> tuple[str, ...]:
    info = find_feature(feature)
    return info.metrics if info else ()


def check_requirements(
    requirements: Sequence[Requirement], result: ScoreResult, *, allow_mismatch: bool = False
) -> tuple[Outcome, ...]:
    """Hold every distorted video of a result to every requirement.

    Args:
        requirements: What is required.
        result: What was measured.
        allow_mismatch: Whether videos of different length may meet a requirement by the frames
            that they have in common.

    Returns:
        One outcome a requirement and pair; pairs in order, requirements in order within each.
    """
    return tuple(
        _outcome(requirement, index, pair, allow_mismatch=allow_mismatch)
        for index, pair in enumerate(result.pairs)
        for requirement in requirements
    )


def _outcome(
    requirement: Requirement, index: int, pair: PairResult, *, allow_mismatch: bool
) -> Outcome:
    metric = pair.metrics.get(_measured_name(requirement, pair))
    measured = getattr(metric.pooled, requirement.pool) if metric else None
    frames = pair.frames
    if measured is None:
        reason = f"{requirement.metric} was not measured"
    elif math.isnan(measured):
        measured, reason = None, f"{requirement.pool} is not a number here"
    elif not frames.counts_match and not allow_mismatch:
        reason = (
            f"frame counts differ: reference {frames.reference_read}, "
            f"distorted {frames.distorted_read}"
        )
    elif not _COMPARISONS[requirement.operator](measured, requirement.value):
        reason = f"{measured:.4f} is {_MISSED[requirement.operator]} {requirement.value:g}"
    else:
        reason = ""
    return Outcome(requirement, index, pair.distorted.location, measured, not reason, reason)


def _measured_name(requirement: Requirement, pair: PairResult) -> str:
    """The metric's name in this result: where none is called "vmaf", it is the first model."""
    if requirement.metric == "vmaf" and pair.models and "vmaf" not in pair.metrics:
        return pair.models[0].metric
    return requirement.metric
