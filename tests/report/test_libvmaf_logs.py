"""Our logs of a real run beside those that FFmpeg's libvmaf filter writes for the same videos."""

import csv
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.data import ffmpeg
from vmafx_cli.rendering.formats import stream
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import ScoreResult
from vmafx_core.testing import write_clip


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("clips")

    def clip(name: str, crf: str) -> Path:
        return write_clip(folder / name, frames=6, width=176, height=144, options={"crf": crf})

    return clip("ref.mp4", "18"), clip("dis.mp4", "38")


@pytest.fixture(scope="module")
def ours(clips: tuple[Path, Path]) -> ScoreResult:
    reference, distorted = (InputSpec(location=str(path)) for path in clips)
    features = (FeatureSpec("psnr"), FeatureSpec("ssim"))
    request = ScoreRequest(reference=reference, distorted=(distorted,), features=features)
    last = list(score_events(request))[-1]
    assert isinstance(last, Finished)
    return last.result


@pytest.fixture
def theirs(clips: tuple[Path, Path], tmp_path: Path) -> Callable[[str], str]:
    """What FFmpeg writes in a format."""

    def log(fmt: str) -> str:
        features = "feature=name=psnr|name=float_ssim"
        command = [ffmpeg(), "-v", "error", "-i", str(clips[1]), "-i", str(clips[0]), "-lavfi"]
        command += [f"libvmaf=log_fmt={fmt}:log_path=log:{features}", "-f", "null", "-"]
        subprocess.run(command, cwd=tmp_path, check=True)
        return (tmp_path / "log").read_text()

    return log


def test_csv_has_the_same_columns_and_digits(
    ours: ScoreResult, theirs: Callable[[str], str]
) -> None:
    written, peer = (
        list(csv.DictReader(text.splitlines()))
        for text in ("".join(stream(ours, "csv")), theirs("csv"))
    )
    assert len(written) == 6
    assert written == peer


def test_sub_has_the_same_lines_but_for_the_order_of_metrics(
    ours: ScoreResult, theirs: Callable[[str], str]
) -> None:
    def lines(text: str) -> list[tuple[str, dict[str, str]]]:
        split = [line.removesuffix("|").split("|") for line in text.splitlines()]
        return [(first, dict(field.split(": ") for field in rest)) for first, *rest in split]

    assert lines("".join(stream(ours, "sub"))) == lines(theirs("sub"))


def test_xml_has_the_same_elements_attributes_and_digits(
    ours: ScoreResult, theirs: Callable[[str], str]
) -> None:
    def facts(text: str) -> list[tuple[str, dict[str, str]]]:
        own = {"VMAF", "fyi"}  # the version's spelling, and the speed
        elements = list(ET.fromstring(text).iter())
        found = [(e.tag, {} if e.tag in own else dict(e.attrib)) for e in elements]
        return sorted(found, key=lambda fact: (fact[0], sorted(fact[1].items())))

    text, peer = "".join(stream(ours, "xml")), theirs("xml")
    assert facts(text) == facts(peer)
    layout = re.compile(r"^ *</?(?!metric )\w+", re.MULTILINE)
    assert layout.findall(text) == layout.findall(peer)


def test_json_has_the_same_keys_and_numbers_and_only_one_more_key(
    ours: ScoreResult, theirs: Callable[[str], str]
) -> None:
    written, peer = json.loads("".join(stream(ours, "json"))), json.loads(theirs("json"))
    assert set(written) - set(peer) == {"vmafx"}
    assert set(peer) <= set(written)
    assert written["aggregate_metrics"] == peer["aggregate_metrics"]
    for mine, their in zip(written["frames"], peer["frames"], strict=True):
        assert mine["frameNum"] == their["frameNum"]
        expected = pytest.approx(their["metrics"], abs=6e-7)
        assert mine["metrics"] == expected
    pooled, expected_pools = (log["pooled_metrics"] for log in (written, peer))
    assert set(pooled) == set(expected_pools)
    for name, pools in expected_pools.items():
        assert pooled[name] == pytest.approx(pools, abs=6e-7)
