"""What the catalogue lets through, libvmaf survives: shown in a process of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vmafx_core.errors import MismatchError
from vmafx_core.libvmaf.catalogue import FEATURES, FeatureInfo, OptionInfo
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.scoring.needs import check_picture, least_side
from vmafx_core.scoring.segments import SegmentScorer
from vmafx_core.testing import frame

TESTS = Path(__file__).parents[1]

PROGRAM = """
import sys
from vmafx_core.testing import frame
from vmafx_core.errors import WorkError
from vmafx_core.libvmaf.specs import parse_feature
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.scoring.needs import check_picture, least_side
from vmafx_core.scoring.segments import SegmentScorer

for text in sys.argv[1:]:
    print(text, flush=True)
    spec = parse_feature(text)
    side = max(least_side(spec.info, dict(spec.options)), 2)
    form = PictureFormat(max(side, spec.info.least_long_side), side, Chroma.C420, 8)
    check_picture(form, [], [spec])
    scorer = SegmentScorer([], [spec], form, threads=1, segment_frames=9)
    with scorer:
        for i in range(2):
            scorer.feed(*(frame(i + k, form.width, form.height) for k in range(2)))
        try:
            scorer.finish()
        except WorkError as error:  # refused in order, and told
            print(error)
"""


def values(option: OptionInfo) -> list[str]:
    if option.kind is bool:
        return ["true"]
    if option.kind is str:
        return list(option.choices)
    return [f"{v:g}" for v in (option.low, option.high) if v != float("inf")]


@pytest.mark.parametrize("info", FEATURES, ids=lambda f: f.name)
def test_every_option_at_its_bounds_leaves_the_process_alive(info: FeatureInfo) -> None:
    options = [o for o in info.options if o.name != "speed_prescale"]
    texts = [info.name, *(f"{info.name}={o.name}={v}" for o in options for v in values(o))]
    command = [sys.executable, "-c", PROGRAM, *texts]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=200, cwd=TESTS
    )
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1:]}: {done.stderr[-400:]}"


@pytest.mark.parametrize("name", ["speed_chroma", "speed_temporal"])
@pytest.mark.parametrize(("prescale", "side"), [("1", 160), ("0.5", 320), ("0.1", 1600)])
def test_a_prescaled_feature_survives_the_least_size(name: str, prescale: str, side: int) -> None:
    text = f"{name}=speed_prescale={prescale}"
    spec = parse_feature(text)
    assert least_side(spec.info, dict(spec.options)) == side
    command = [sys.executable, "-c", PROGRAM, text]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=200, cwd=TESTS
    )
    assert done.returncode == 0, done.stderr[-400:]


def scores(spec: FeatureSpec, width: int, height: int, *, shift: int) -> dict[str, list[float]]:
    """The scores of moving pictures against themselves, or against those `shift` later."""
    form = PictureFormat(width, height, Chroma.C420, 8)
    check_picture(form, [], [spec])
    with SegmentScorer([], [spec], form, threads=1, segment_frames=9) as scorer:
        for i in range(3):
            scorer.feed(frame(i, width, height), frame(i + shift, width, height))
        (segment,) = scorer.finish()
    return {name: values.tolist() for name, values in segment.metrics.items()}


PERFECT = {"adm": "integer_adm2", "vif": "integer_vif_scale0", "ssim": "float_ssim"}


@pytest.mark.parametrize("text", ["adm", "vif", "ssim", "ssim=scale=2", "ssim=scale=3", "motion"])
def test_the_least_pictures_score_1_against_themselves_and_the_same_in_every_run(text: str) -> None:
    spec = parse_feature(text)
    least = least_side(spec.info, dict(spec.options))
    for side in range(least, least + 8):
        for size in ((side, side), (side, 96), (96, side)):
            if metric := PERFECT.get(spec.name):
                perfect = scores(spec, *size, shift=0)[metric]
                assert perfect == pytest.approx([1.0] * 3, abs=1e-5), size
            first = scores(spec, *size, shift=1)
            for fill in range(3):
                # What is left in memory that is freed must not matter.
                np.full(1 << 20, fill * 0x5A5A5A5A, np.uint32).tobytes()
                assert scores(spec, *size, shift=1) == first, size


def test_all_that_is_too_small_for_a_request_is_told_at_once() -> None:
    small = PictureFormat(10, 20, Chroma.GRAY, 16)
    features = [parse_feature(name) for name in ("ssim", "psnr_hvs", "psnr")]
    with pytest.raises(MismatchError) as raised:
        check_picture(small, [ModelSpec(version="vmaf_v0.6.1")], features)
    assert raised.value.message == (
        "vmaf_v0.6.1 needs pictures of at least 33x33; psnr_hvs needs pictures of at least 16x16; "
        "psnr_hvs takes at most 12 bits a sample; psnr_hvs needs chroma, of which there is none; "
        "ssim needs pictures of at least 11x11; these pictures are 10x20, 16 bits"
    )
    assert "--size" in (raised.value.hint or "")
