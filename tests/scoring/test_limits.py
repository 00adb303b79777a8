"""What the catalogue lets through, libvmaf survives: shown in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from vmafx_core.libvmaf.catalogue import FEATURES, FeatureInfo, OptionInfo

TESTS = Path(__file__).parents[1]

PROGRAM = """
import sys
from support.clips import frame
from vmafx_core.errors import WorkError
from vmafx_core.libvmaf.specs import parse_feature
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.scoring.needs import check_picture
from vmafx_core.scoring.segments import SegmentScorer

width, height, *texts = sys.argv[1:]
form = PictureFormat(int(width), int(height), Chroma.C420, 8)
for text in texts:
    print(text, flush=True)
    spec = parse_feature(text)
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


def least_size(info: FeatureInfo) -> tuple[int, int]:
    side = max(info.least_side, 2)
    return max(side, info.least_long_side), side


@pytest.mark.parametrize("info", FEATURES, ids=lambda f: f.name)
def test_every_option_at_its_bounds_leaves_the_process_alive(info: FeatureInfo) -> None:
    options = [o for o in info.options if o.name != "speed_prescale"]
    texts = [info.name, *(f"{info.name}={o.name}={v}" for o in options for v in values(o))]
    width, height = least_size(info)
    command = [sys.executable, "-c", PROGRAM, str(width), str(height), *texts]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=200, cwd=TESTS
    )
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1:]}: {done.stderr[-400:]}"


@pytest.mark.parametrize("name", ["speed_chroma", "speed_temporal"])
@pytest.mark.parametrize(("prescale", "side"), [("1", 160), ("0.5", 320), ("0.1", 1600)])
def test_a_prescaled_feature_survives_the_least_size(name: str, prescale: str, side: int) -> None:
    text = f"{name}=speed_prescale={prescale}"
    command = [sys.executable, "-c", PROGRAM, str(side), str(side), text]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=200, cwd=TESTS
    )
    assert done.returncode == 0, done.stderr[-400:]
