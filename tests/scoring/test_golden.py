"""Published scores, reproduced."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.data import shared
from vmafx_core import InputSpec, score
from vmafx_core.errors import VmafxError

IDS = [
    "src01-10bit",
    "src01-12bit",
    "src01-16bit",
    "src01-10bit-identical",
    "akiyo-enhanced-unclipped",
    "seeking-480p-vs-288p",
]


def case(name: str) -> tuple[Path, dict[str, Any]]:
    file = shared("golden/expected.json")
    return file.parent, next(c for c in json.loads(file.read_text()) if c["id"] == name)


@pytest.mark.parametrize("name", IDS)
def test_a_published_score_is_reproduced(name: str) -> None:
    folder, expected = case(name)
    raw = {}
    if "width" in expected:
        raw = {k: expected[k] for k in ("width", "height", "pix_fmt")}
    flag = ":disable_clip" if expected.get("options", {}).get("disable_clip") is True else ""
    versions = list(expected["scores"])
    result = score(
        InputSpec(location=str(folder / expected["ref"]), **raw),
        InputSpec(location=str(folder / expected["dis"]), **raw),
        models=[f"{version}{flag}:name={version}" for version in versions],
    )
    pair = result.pairs[0]
    assert pair.frames.scored == expected["frames"]
    for version in versions:
        assert pair.metrics[version].pooled.mean == pytest.approx(
            expected["scores"][version], abs=expected.get("tolerance", 1e-4)
        )


def test_the_classic_pair_scores_as_published() -> None:
    named = os.environ.get("VMAFX_GOLDEN_DIR")
    if not named:
        pytest.skip("VMAFX_GOLDEN_DIR does not name the folder of the 48-frame pair")
    files = [
        InputSpec(location=str(Path(named) / f"src01_hrc0{i}_576x324.yuv"), pix_fmt="yuv420p")
        for i in (0, 1)
    ]
    pair = score(*files, models=["vmaf_v0.6.1", "vmaf_v1.0.16_3d0h"]).pairs[0]
    assert pair.metrics["vmaf_v0.6.1"].pooled.mean == pytest.approx(76.668, abs=1e-3)
    assert pair.metrics["vmaf_v1.0.16_3d0h"].pooled.mean == pytest.approx(82.816, abs=1e-3)


def test_a_wrong_geometry_is_no_score(tmp_path: Path) -> None:
    file = tmp_path / "clip.yuv"
    file.write_bytes(bytes(1000))
    spec = InputSpec(location=str(file), width=64, height=64, pix_fmt="yuv420p")
    with pytest.raises(VmafxError, match=r"clip\.yuv"):
        score(spec, spec)
