"""Neural models and feature vectors, as users ask for them."""

import csv
import json
import re
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet
import pytest

from support.cli import vmafx
from support.data import ROOT
from support.onnx_models import brightness, entry, left_half, regressor, write_registry
from vmafx_core.testing import write_clip

FEATURES = ["adm2", *(f"vif_scale{i}" for i in range(4)), "motion2"]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("neural")
    good = write_clip(folder / "good.mp4", frames=8, width=224, height=224)
    bad = write_clip(folder / "bad.mp4", frames=8, width=224, height=224, options={"crf": "45"})
    return [str(good), str(bad)]


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_models_are_installed_used_in_a_gate_and_removed(clips: list[str], tmp_path: Path) -> None:
    here = str(tmp_path / "models")
    entries = [
        entry(regressor(tmp_path / "sum.onnx"), "fr"),
        entry(brightness(tmp_path / "bright.onnx"), "nr"),
    ]
    registry = write_registry(tmp_path / "registry.json", *entries)
    added = vmafx("models", "add", registry, VMAFX_MODEL_DIR=here)
    assert added.out.splitlines() == ["installed sum (regressor)", "installed bright (quality)"]
    names = ("-m", "vmaf_v0.6.1", "-m", "sum:name=mine", "-m", "bright")
    gate = ("--require", "mine>=1000", "--format", "json")
    ended = vmafx("score", *clips, *names, *gate, VMAFX_MODEL_DIR=here)
    assert ended.code == 1
    pair = json.loads(ended.out)["vmafx"]["pairs"][0]
    assert list(pair["metrics"])[:3] == ["vmaf", "mine", "bright"]
    assert [use["model"] for use in pair["neural"]] == ["sum", "bright"]
    alone = vmafx("score", clips[1], "--no-reference", "-m", "bright", VMAFX_MODEL_DIR=here)
    assert alone.code == 0
    assert "without a reference" in alone.out
    assert vmafx("models", "remove", "sum", VMAFX_MODEL_DIR=here).code == 0
    gone = vmafx("score", *clips, "-m", "sum", VMAFX_MODEL_DIR=here)
    assert (gone.code, "'sum'" in gone.err) == (2, True)


def test_what_json_tells_of_models_and_devices_is_documented(tmp_path: Path) -> None:
    here = str(tmp_path / "models")
    path = regressor(tmp_path / "sum.onnx")
    registry = write_registry(tmp_path / "r.json", entry(path, "fr", description="A sum."))
    vmafx("models", "add", registry, VMAFX_MODEL_DIR=here)
    json_ = ("--format", "json")
    shown = json.loads(vmafx("models", "show", "sum", *json_, VMAFX_MODEL_DIR=here).out)
    listed = json.loads(vmafx("models", *json_, VMAFX_MODEL_DIR=here).out)
    devices = json.loads(vmafx("devices", *json_).out)
    assert (shown["description"], shown["role"]) == ("A sum.", "regressor")
    assert listed["installed"] == [{key: shown[key] for key in shown if key != "version"}]
    text = (ROOT / "docs" / "models.md").read_text()
    _, of_devices, of_models = text[text.index("## JSON") :].split("|---|---|", 2)
    for keys, documented in ((devices, of_devices), (shown, of_models)):
        rows = re.findall(r"^\| (`.*?`) \|", documented.partition("\n\n")[0], re.MULTILINE)
        assert set(keys) - {"version"} == set(re.findall(r"`(\w+)`", " ".join(rows))) - {"version"}


def test_a_device_that_cannot_be_had_is_an_error(clips: list[str], tmp_path: Path) -> None:
    here = str(tmp_path / "models")
    vmafx("models", "add", regressor(tmp_path / "sum.onnx"), "--kind", "fr", VMAFX_MODEL_DIR=here)
    ended = vmafx("score", *clips, "-m", "sum", "--device", "openvino", VMAFX_MODEL_DIR=here)
    assert ended.code == 5
    assert "onnxruntime-openvino" in ended.err


@pytest.mark.parametrize("args", [(), ("--no-reference", "-m", "vmaf_v0.6.1")])
def test_one_video_needs_a_model_that_needs_no_reference(
    clips: list[str], args: tuple[str, ...]
) -> None:
    ended = vmafx("score", clips[0], *args)
    assert ended.code == 2
    assert "no distorted video" in ended.err


def test_what_is_mistyped_is_answered_with_the_nearest(clips: list[str], tmp_path: Path) -> None:
    here = str(tmp_path / "models")
    path = left_half(tmp_path / "looked_at.onnx")
    vmafx("models", "add", path, "--kind", "nr", VMAFX_MODEL_DIR=here)
    model = vmafx("score", *clips, "-m", "lookd_at", VMAFX_MODEL_DIR=here)
    assert (model.code, "Did you mean 'looked_at'?" in model.err) == (2, True)
    part = vmafx("score", *clips, "-m", "looked_at:int9", VMAFX_MODEL_DIR=here)
    assert (part.code, "Did you mean 'int8'?" in part.err) == (2, True)
    required = ("-m", "looked_at", "--require", "looked_at>=30")
    metric = vmafx("score", *clips, *required, VMAFX_MODEL_DIR=here)
    assert (metric.code, "Did you mean 'looked_at_psnr_y'?" in metric.err) == (2, True)


def test_vectors_have_their_features_in_order(clips: list[str], tmp_path: Path) -> None:
    paths = [tmp_path / f"vectors.{ending}" for ending in ("csv", "jsonl", "parquet")]
    for path in paths:
        assert vmafx("features", *clips, "-o", path).code == 0
    rows = table_of(paths[0])
    names = list(rows[0])
    assert len(rows) == 8
    assert names[names.index("vmaf") + 1 :][:6] == FEATURES
    assert rows[0]["vmafx_version"] == version("vmafx")
    assert rows[0]["libvmaf_version"][0].isdigit()
    lines = [json.loads(line) for line in paths[1].read_text().splitlines()]
    table = pyarrow.parquet.read_table(paths[2])
    assert list(lines[0]) == table.schema.names == names
    assert table.column("adm2").to_pylist() == [line["adm2"] for line in lines]
    assert table.schema.metadata[b"teacher"] == b"vmaf"


def test_a_row_can_be_a_whole_video(clips: list[str], tmp_path: Path) -> None:
    path = tmp_path / "clips.csv"
    rows = ("--rows", "clip", "--canonical")
    assert vmafx("features", clips[0], *clips, *rows, "-o", path).code == 0
    good, bad = table_of(path)
    assert float(good["vmaf_mean"]) > float(bad["vmaf_mean"])
    pools = [name for name in good if name.startswith(("adm", "vif", "motion"))]
    assert pools == [
        f"{name}_{pool}" for name in FEATURES for pool in ("mean", "std", "p10", "p90")
    ]


def test_a_file_that_cannot_hold_vectors_is_refused(clips: list[str], tmp_path: Path) -> None:
    ended = vmafx("features", *clips, "-o", tmp_path / "vectors.txt")
    assert ended.code == 2
    assert ".parquet" in ended.err
