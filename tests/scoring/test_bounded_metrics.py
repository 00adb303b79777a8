"""Identical pictures make no mean infinite."""

from pathlib import Path

import numpy as np
import pytest

from vmafx_core import score
from vmafx_core.scoring.requirements import check_requirements, parse_requirement
from vmafx_core.testing import write_clip

# By the feature, its metrics that tell of luma.
BOUNDED = {
    "psnr_hvs": ["psnr_hvs", "psnr_hvs_y"],
    "ciede": ["ciede2000"],
    "ssim=enable_db=true": ["float_ssim"],
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip, and one that has its first picture in all places."""
    folder = tmp_path_factory.mktemp("clips")
    moving = write_clip(folder / "moving.mkv", frames=4, codec="ffv1")
    return moving, write_clip(folder / "still.mkv", shown=[0] * 4, codec="ffv1")


@pytest.mark.parametrize("feature", BOUNDED)
def test_they_count_as_100_decibels_and_that_is_said(
    clips: tuple[Path, Path], feature: str
) -> None:
    result = score(*clips, models=[], features=[feature])
    (pair,) = result.pairs
    for name in BOUNDED[feature]:
        metric = pair.metrics[name]
        assert metric.values[0] == 100
        assert np.all(metric.values[1:] < 60)
        assert metric.pooled.mean == pytest.approx(metric.values.mean())
        (outcome,) = check_requirements(
            [parse_requirement(f"{name}>=90")], result, allow_mismatch=False
        )
        assert not outcome.met
    (told,) = (n.text for n in pair.notices if n.code == "bounded")
    assert "counted as 100 dB where next to nothing differs" in told
    assert f"{BOUNDED[feature][0]} in 1 frame" in told


def test_pictures_that_differ_are_not_told_of(clips: tuple[Path, Path], tmp_path: Path) -> None:
    other = write_clip(tmp_path / "other.mp4", frames=4, options={"crf": "30"})
    pair = score(clips[0], other, models=[], features=["ssim=enable_db=true", "psnr"]).pairs[0]
    assert "bounded" not in {n.code for n in pair.notices}
