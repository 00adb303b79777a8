from dataclasses import replace

import numpy as np
import pytest

from support.results import metric, pair, result
from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.requirements import (
    Requirement,
    check_measured,
    check_requirements,
    parse_requirement,
)
from vmafx_core.scoring.result import MetricKind, PairResult


@pytest.mark.parametrize(
    ("text", "metric_name", "pool", "operator", "value"),
    [
        ("vmaf>=93", "vmaf", "mean", ">=", 93.0),
        ("vmaf:p5 >= 85", "vmaf", "p5", ">=", 85.0),
        ("vmaf:harmonic>9.5e1", "vmaf", "harmonic_mean", ">", 95.0),
        ("cambi:max<5", "cambi", "max", "<", 5.0),
        ("psnr_hvs<=-1", "psnr_hvs", "mean", "<=", -1.0),
        ("vmaf_v0.6.1neg:worst1>80", "vmaf_v0.6.1neg", "worst1", ">", 80.0),
        ("psnr>=40", "psnr_y", "mean", ">=", 40.0),
        ("ms_ssim:min>0.9", "float_ms_ssim", "min", ">", 0.9),
    ],
)
def test_a_requirement_is_metric_pool_operator_and_value(
    text: str, metric_name: str, pool: str, operator: str, value: float
) -> None:
    assert parse_requirement(text) == Requirement(text, metric_name, pool, operator, value)


@pytest.mark.parametrize("text", ["", "vmaf", ">=93", "vmaf>=", "93<=", "vmaf>=93 or so", "a b>1"])
def test_a_text_outside_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot read the requirement"):
        parse_requirement(text)


@pytest.mark.parametrize("operator", ["=", "==", "!=", "=>"])
def test_equality_is_refused_with_what_there_is(operator: str) -> None:
    with pytest.raises(UsageError, match="no comparison") as caught:
        parse_requirement(f"vmaf{operator}93")
    assert caught.value.hint == "Use one of >=, >, <=, <."


@pytest.mark.parametrize("value", ["much", "nan", "inf", "93%"])
def test_a_bound_is_a_finite_number(value: str) -> None:
    with pytest.raises(UsageError, match="is not a number"):
        parse_requirement(f"vmaf>={value}")


def test_an_unknown_pool_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'medium'") as caught:
        parse_requirement("vmaf:medium>=90")
    assert "median" in caught.value.hint


def test_a_pool_may_not_be_empty() -> None:
    with pytest.raises(UnknownNameError, match="pool"):
        parse_requirement("vmaf:>=90")


def scored(*values: float, **changes: int | bool) -> PairResult:
    """A pair with these scores of vmaf."""
    vmaf = metric("vmaf", MetricKind.MODEL, np.array(values))
    made = pair(frames=len(values), metrics={"vmaf": vmaf})
    return replace(made, frames=replace(made.frames, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("vmaf>=90", True),
        ("vmaf>90", False),
        ("vmaf<=90", True),
        ("vmaf<90", False),
        ("vmaf:min>=80", True),
        ("vmaf:min>=80.001", False),
        ("vmaf:max<=100", True),
    ],
)
def test_a_bound_is_compared_exactly(text: str, met: bool) -> None:
    (outcome,) = check_requirements([parse_requirement(text)], result(scored(80, 90, 100)))
    assert outcome.met is met
    assert bool(outcome.reason) is not met


def test_an_outcome_says_what_was_measured_where_and_why_it_is_not_met() -> None:
    (outcome,) = check_requirements([parse_requirement("vmaf>=93")], result(scored(80, 90)))
    assert outcome.measured == 85.0
    assert outcome.location == "dis.mp4"
    assert outcome.reason == "85.0000 is below 93"


def test_what_was_not_measured_is_not_met() -> None:
    (outcome,) = check_requirements([parse_requirement("cambi<5")], result(scored(80)))
    assert (outcome.met, outcome.measured, outcome.reason) == (
        False,
        None,
        "cambi was not measured",
    )


def test_what_is_no_number_is_not_met() -> None:
    outcomes = check_requirements(
        [parse_requirement("vmaf:harmonic>=0"), parse_requirement("vmaf:harmonic<0")],
        result(scored(-1, 5)),
    )
    assert [outcome.met for outcome in outcomes] == [False, False]
    assert outcomes[0].reason == "harmonic_mean is not a number here"


def test_every_distorted_video_must_meet_every_requirement() -> None:
    both = result(scored(95), scored(85))
    outcomes = check_requirements(
        [parse_requirement("vmaf>=90"), parse_requirement("vmaf<=90")], both
    )
    assert [(o.pair, o.met) for o in outcomes] == [(0, True), (0, False), (1, False), (1, True)]


def test_videos_of_different_length_meet_nothing_unless_that_is_allowed() -> None:
    short = result(scored(95, distorted_read=1, reference_read=3, counts_match=False))
    (refused,) = check_requirements([parse_requirement("vmaf>=90")], short)
    (allowed,) = check_requirements([parse_requirement("vmaf>=90")], short, allow_mismatch=True)
    assert (refused.met, refused.measured) == (False, 95.0)
    assert refused.reason == "frame counts differ: reference 3, distorted 1"
    assert allowed.met


def test_vmaf_is_the_first_model_whatever_its_metric_is_called() -> None:
    neg = metric("neg", MetricKind.MODEL, np.array([91.0]))
    base = pair(frames=1, metrics={"neg": neg})
    named = replace(base, models=(replace(base.models[0], metric="neg"),))
    (outcome,) = check_requirements([parse_requirement("vmaf>90")], result(named))
    assert outcome.met


def request(*models: str, features: tuple[FeatureSpec, ...] = (), name: str = "") -> ScoreRequest:
    return ScoreRequest(
        reference=InputSpec(location="ref.mp4"),
        distorted=(InputSpec(location="dis.mp4"),),
        models=tuple(ModelSpec(version=m, name=name) for m in models),
        features=features,
    )


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("vmaf>1", request("vmaf_v0.6.1")),
        ("neg>1", request("vmaf_v0.6.1neg", name="neg")),
        ("vmaf_v0.6.1neg>1", request("vmaf_v0.6.1", "vmaf_v0.6.1neg")),
        ("vmaf_ci_p95_lo>1", request("vmaf_b_v0.6.3")),
        ("integer_adm2>0.9", request("vmaf_v0.6.1")),
        ("integer_adm3_csf_2>0.9", request("vmaf_v1.0.16_3d0h")),
        ("cambi<5", request("auto")),
        ("psnr>30", request("vmaf_v0.6.1", features=(FeatureSpec("psnr"),))),
        ("mse_y<9", request(features=(FeatureSpec("psnr", (("enable_mse", "true"),)),))),
    ],
)
def test_a_metric_that_will_be_measured_is_accepted_before_the_work(
    text: str, made: ScoreRequest
) -> None:
    check_measured([parse_requirement(text)], made)


def test_a_metric_of_a_feature_that_was_not_asked_for_is_refused_before_the_work() -> None:
    with pytest.raises(UsageError, match="'psnr>=40' is on a metric that is not") as caught:
        check_measured([parse_requirement("psnr>=40")], request("vmaf_v0.6.1"))
    assert caught.value.hint == "Add the feature 'psnr'."


@pytest.mark.parametrize("made", [request("vmaf_v0.6.1"), request("vmaf_v0.6.1", name="x")])
def test_an_unknown_metric_is_refused_before_the_work(made: ScoreRequest) -> None:
    with pytest.raises(UnknownNameError, match="'vmfa'") as caught:
        check_measured([parse_requirement("vmfa>=93")], made)
    assert "'vmaf'" in caught.value.hint


def test_without_a_model_there_is_no_vmaf() -> None:
    with pytest.raises(UnknownNameError, match="'vmaf'"):
        check_measured([parse_requirement("vmaf>1")], request(features=(FeatureSpec("psnr"),)))
