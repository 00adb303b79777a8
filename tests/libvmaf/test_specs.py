import pytest

from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.libvmaf.specs import (
    FeatureSpec,
    ModelSpec,
    check_feature,
    check_model,
    parse_feature,
    parse_model,
)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("vmaf_v0.6.1", ModelSpec(version="vmaf_v0.6.1")),
        ("auto", ModelSpec(version="auto")),
        ("version=vmaf_v0.6.1neg:name=neg", ModelSpec(version="vmaf_v0.6.1neg", name="neg")),
        ("my.json", ModelSpec(path="my.json")),
        ("path=my.json:disable_clip", ModelSpec(path="my.json", disable_clip=True)),
        (r"path=C:\m.json:name=x", ModelSpec(path=r"C:\m.json", name="x")),
        ("vmaf_v0.6.1:disable_clip=false", ModelSpec(version="vmaf_v0.6.1")),
        (
            "vmaf_v0.6.1:adm.adm_enhn_gain_limit=1.2:vif.vif_enhn_gain_limit=1.1",
            ModelSpec(
                version="vmaf_v0.6.1",
                overrides=(
                    ("adm", "adm_enhn_gain_limit", "1.2"),
                    ("vif", "vif_enhn_gain_limit", "1.1"),
                ),
            ),
        ),
    ],
)
def test_a_model_is_read_as_the_vmaf_tool_reads_it(text: str, spec: ModelSpec) -> None:
    assert parse_model(text) == spec


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("psnr", FeatureSpec("psnr")),
        ("float_ssim", FeatureSpec("float_ssim")),
        ("name=psnr:enable_mse=true", FeatureSpec("psnr", (("enable_mse", "true"),))),
        (
            "cambi=full_ref:topk=0.5",
            FeatureSpec("cambi", (("full_ref", "true"), ("topk", "0.5"))),
        ),
    ],
)
def test_a_feature_is_read_with_its_options(text: str, spec: FeatureSpec) -> None:
    assert parse_feature(text) == spec


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("vmaf_v0.6.2", "vmaf_v0.6.1"),
        ("vmaf_v0.6.1:disable_clp", "disable_clip"),
        ("vmaf_v0.6.1:adm.adm_enhn_gain=1", "adm_enhn_gain_limit"),
    ],
)
def test_a_mistyped_model_names_the_nearest_right_word(text: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match="unknown") as caught:
        parse_model(text)
    assert nearest in caught.value.hint


@pytest.mark.parametrize(
    ("text", "nearest"), [("pnsr", "psnr"), ("cambi=top=1", "topk"), ("msssim", "ms_ssim")]
)
def test_a_mistyped_feature_names_the_nearest_right_word(text: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match="unknown") as caught:
        parse_feature(text)
    assert nearest in caught.value.hint


@pytest.mark.parametrize("text", ["cambi=topk=7", "cambi=topk=x", "psnr=enable_mse=maybe"])
def test_an_option_value_outside_its_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_feature(text)


@pytest.mark.parametrize("text", ["", "name=x", "version=vmaf_v0.6.1:path=a.json"])
def test_a_model_without_one_clear_origin_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_model(text)


@pytest.mark.parametrize(
    "spec",
    [
        FeatureSpec("psnrr"),
        FeatureSpec("cambi", (("heatmaps_path", "/x"),)),
        FeatureSpec("psnr", (("enable_mse", "yes"),)),
        FeatureSpec("cambi", (("topk", "2"),)),
    ],
)
def test_a_feature_from_elsewhere_is_checked_as_a_written_one(spec: FeatureSpec) -> None:
    check_feature(FeatureSpec("psnr", (("enable_mse", "true"),)))
    with pytest.raises(UsageError):
        check_feature(spec)


@pytest.mark.parametrize(
    "spec",
    [
        ModelSpec(),
        ModelSpec(version="vmaf_v9"),
        ModelSpec(version="vmaf_v0.6.1", path="a.json"),
        ModelSpec(version="vmaf_v0.6.1", name="<b>"),
        ModelSpec(version="vmaf_v0.6.1", overrides=(("cambi", "heatmaps_path", "/x"),)),
    ],
)
def test_a_model_from_elsewhere_is_checked_as_a_written_one(spec: ModelSpec) -> None:
    check_model(ModelSpec(path="a.json", name="b"))
    with pytest.raises(UsageError):
        check_model(spec)
