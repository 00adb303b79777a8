"""Targets: requirements that an encode is to meet with as few bits as it can."""

from collections.abc import Iterable

from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.catalogue import find_model, lower_is_better
from vmafx_core.libvmaf.specs import ModelSpec
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.request import Measuring
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.requirements import Requirement, check_measured, parse_requirement

_HIGHEST_SCORE = 110.0
# Metrics that go from 0 to 1.
_SHARES = ("float_ssim", "float_ms_ssim", "integer_adm", "integer_vif")


def parse_target(text: str) -> Requirement:
    """Read a target: a requirement such as `vmaf:p5>=88`, or a number for the mean VMAF.

    Raises:
        UsageError: The text is neither.
        UnknownNameError: There is no such pool.
    """
    try:
        value = float(text)
    except ValueError:
        return parse_requirement(text)
    if not 0 < value <= _HIGHEST_SCORE:
        raise UsageError(f"the target {text} is no VMAF score", "Name one above 0, up to 100.")
    return parse_requirement(f"vmaf>={value:g}")


def check_targets(targets: Iterable[Requirement], measuring: Measuring, source: InputSpec) -> None:
    """Refuse targets that nothing can meet, or that are none, before any work is done.

    Raises:
        UsageError: A metric is not measured, a value is out of its range, or less of it is asked
            for where more is better.
        UnknownNameError: There is no such metric.
    """
    targets = tuple(targets)
    if not targets:
        raise UsageError("there is no target to meet", "Name one, such as 'vmaf>=94'.")
    request = ScoreRequest(
        reference=source,
        distorted=(source,),
        models=measuring.models,
        features=measuring.features,
    )
    check_measured(targets, request)
    for target in targets:
        _check_direction(target)
        low, high = range_of(target, measuring.models)
        if not low <= target.value <= high:
            raise UsageError(
                f"the target {target.text!r} is out of the range of {target.metric}",
                f"It goes from {low:g} to {high:g}.",
            )


def _check_direction(target: Requirement) -> None:
    wants_less = target.operator in {"<", "<="}
    spread = target.pool == "stdev"
    if wants_less != (lower_is_better(target.metric) or spread):
        better, sign = ("less", "<=") if not wants_less else ("more", ">=")
        raise UsageError(
            f"the target {target.text!r} asks for a worse picture",
            f"{better.capitalize()} of it is better: write {target.metric}{sign}VALUE.",
        )


def range_of(target: Requirement, models: tuple[ModelSpec, ...]) -> tuple[float, float]:
    """Lowest and highest value that a metric can have; infinite where nothing bounds it."""
    if target.metric.startswith(_SHARES):
        return 0.0, 1.0
    names = {m.name or m.version for m in models}
    if target.metric != "vmaf" and target.metric not in names:
        return float("-inf"), float("inf")
    known = [find_model(m.version) for m in models]
    if any(m.disable_clip for m in models) or not known or not all(known):
        return float("-inf"), float("inf")
    ranges = [info.score_range for info in known if info]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def meets(target: Requirement, value: float) -> bool:
    """Whether a pooled value meets a target; never where it is no number."""
    match target.operator:
        case ">=":
            return value >= target.value
        case ">":
            return value > target.value
        case "<=":
            return value <= target.value
        case _:
            return value < target.value
