import pytest

from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.targets import check_targets, parse_target

_SOURCE = InputSpec(location="movie.mkv")


def test_a_number_is_the_mean_vmaf() -> None:
    target = parse_target("94")
    assert (target.metric, target.pool, target.operator, target.value) == ("vmaf", "mean", ">=", 94)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vmaf>=101", "out of the range of vmaf"),
        ("vmaf<=90", "asks for a worse picture"),
        ("cambi>=5", "asks for a worse picture"),
        ("psnr_y>=40", "not measured"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    measuring = Measuring(features=(FeatureSpec("cambi"),))
    with pytest.raises(UsageError, match=said):
        check_targets([parse_target(text)], measuring, _SOURCE)


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        check_targets([parse_target("vmat>=90")], Measuring(), _SOURCE)


def test_no_target_is_refused() -> None:
    with pytest.raises(UsageError, match="no target"):
        check_targets([], Measuring(), _SOURCE)


def test_the_range_is_that_of_the_model() -> None:
    measuring = Measuring(models=(ModelSpec(version="vmaf_v1.0.16_3d0h_2160"),))
    check_targets([parse_target("vmaf>=105")], measuring, _SOURCE)


def test_less_of_a_distance_may_be_asked_for() -> None:
    measuring = Measuring(features=(FeatureSpec("cambi"),))
    check_targets([parse_target("cambi:max<5")], measuring, _SOURCE)
