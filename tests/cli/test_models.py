import json

from support.cli import InProcess
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS


def test_the_tables_name_every_model_and_feature(run: InProcess) -> None:
    out = run("models", columns=120).out
    for name in [*(m.name for m in MODELS), *(f.name for f in FEATURES)]:
        assert name in out


def test_a_model_is_listed_with_range_and_distance(run: InProcess) -> None:
    lines = run("models").out.splitlines()
    line = next(line for line in lines if "vmaf_v1.0.16_3d0h_2160" in line)
    assert line.split()[1:3] == ["0-110", "3H"]


def test_json_has_every_field_of_the_catalogue(run: InProcess) -> None:
    document = json.loads(run("models", "--format", "json").out)
    assert document["version"] == 1
    assert [model["name"] for model in document["models"]] == [m.name for m in MODELS]
    psnr = next(f for f in document["features"] if f["name"] == "psnr")
    assert psnr["metrics"] == ["psnr_y", "psnr_cb", "psnr_cr"]
    assert "enable_mse" in psnr["options"]
