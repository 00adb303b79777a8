import json
from pathlib import Path

import pytest

from vmafx_core.errors import MismatchError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature, parse_model
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.scoring.needs import check_picture, frames_before, reads_chroma


def form(width: int, height: int, chroma: Chroma = Chroma.C420, depth: int = 8) -> PictureFormat:
    return PictureFormat(width, height, chroma, depth)


@pytest.mark.parametrize(
    ("model", "picture"),
    [
        ("vmaf_v0.6.1", form(16, 64)),
        ("vmaf_v1.0.16_3d0h", form(200, 200)),
        ("vmaf_v1.0.16_5d0h", form(400, 240)),
        ("vmaf_v1.0.16_3d0h", form(640, 480, Chroma.GRAY)),
    ],
)
def test_pictures_on_which_libvmaf_would_fail_are_refused(
    model: str, picture: PictureFormat
) -> None:
    with pytest.raises(MismatchError, match=model):
        check_picture(picture, [parse_model(model)], [])


def test_pictures_that_fit_are_let_through() -> None:
    check_picture(form(640, 272), [parse_model("vmaf_v1.0.16_5d0h")], [FeatureSpec("psnr_hvs")])


def test_a_depth_that_a_feature_cannot_take_is_refused() -> None:
    with pytest.raises(MismatchError, match="psnr_hvs takes at most 12 bits"):
        check_picture(form(640, 480, depth=16), [], [FeatureSpec("psnr_hvs")])


@pytest.mark.parametrize(
    ("model", "feature", "frames"),
    [
        ("vmaf_v0.6.1", "psnr", 1),
        ("vmaf_v1.0.16_hfr_3d0h", "psnr", 4),
        ("vmaf_v0.6.1:motion.motion_moving_average=true", "psnr", 4),
        ("vmaf_v0.6.1", "motion=motion_five_frame_window=true", 4),
    ],
)
def test_moving_averages_need_more_frames_before_a_segment(
    model: str, feature: str, frames: int
) -> None:
    assert frames_before([parse_model(model)], [parse_feature(feature)]) == frames


def test_a_model_files_features_are_read_from_it(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    names = ["VMAF_integer_feature_adm2_score", "Cambi_feature_cambi_score"]
    model = {"feature_names": names, "slopes": [1, 1, 1], "model": "svm_type nu_svr"}
    file.write_text(json.dumps({"model_dict": model}))
    with pytest.raises(MismatchError, match="width or height of at least 216"):
        check_picture(form(200, 200), [ModelSpec(path=str(file))], [])


def test_chroma_counts_only_where_something_looks_at_it() -> None:
    assert not reads_chroma([parse_model("vmaf_v0.6.1")], [FeatureSpec("ssim")])
    assert reads_chroma([parse_model("vmaf_v0.6.1")], [FeatureSpec("psnr")])
    assert reads_chroma([parse_model("vmaf_v1.0.16_3d0h")], [])
