"""OpenVINO's provider, for real, on the CPU: in a process of its own, with its own ONNX Runtime."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from support.cli import vmafx
from support.data import ROOT, missing
from support.onnx_models import brightness, difference, entry, left_half, regressor, write_registry
from vmafx_core.backends.installed import FOLDER_VARIABLE
from vmafx_core.testing import write_clip

NAMES = ("sum", "bright", "differ", "looked")
OVERLAY = ROOT / ".venv" / "openvino"


@pytest.fixture
def openvino(models: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a program that has OpenVINO, and models installed."""
    if not OVERLAY.is_dir():
        missing("OpenVINO's ONNX Runtime is not there; scripts/add-openvino gets it")
    made: dict[str, tuple[Callable[[Path], Path], str]] = {
        "sum": (regressor, "fr"),
        "bright": (brightness, "nr"),
        "differ": (difference, "fr"),
        "looked": (left_half, "nr"),
    }
    entries = [entry(make(tmp_path / f"{n}.onnx"), kind) for n, (make, kind) in made.items()]
    environment = {FOLDER_VARIABLE: str(models), "PYTHONPATH": str(OVERLAY)}
    registry = write_registry(tmp_path / "registry.json", *entries)
    assert vmafx("models", "add", registry, stdin=None, **environment).code == 0
    return environment


def scored(clip: Path, device: str, environment: dict[str, str]) -> dict[str, np.ndarray]:
    names = [word for name in NAMES for word in ("-m", name)]
    ended = vmafx(
        *("score", clip, clip.with_name("bad.mp4"), *names, "--device", device),
        *("--format", "json"),
        stdin=None,
        **environment,
    )
    assert ended.code == 0, ended.err
    (pair,) = json.loads(ended.out)["vmafx"]["pairs"]
    wanted = {"cpu": "CPUExecutionProvider"}.get(device, "OpenVINOExecutionProvider")
    assert {use["provider"] for use in pair["neural"]} == {wanted}
    return {
        use["metric"]: np.array(pair["metrics"][use["metric"]]["values"]) for use in pair["neural"]
    }


def test_its_numbers_are_those_of_the_cpu_provider(
    tmp_path: Path, openvino: dict[str, str]
) -> None:
    clip = write_clip(tmp_path / "good.mp4", frames=6)
    write_clip(tmp_path / "bad.mp4", frames=6, options={"crf": "45"})
    plain = scored(clip, "cpu", openvino)
    for device in ("auto", "openvino:CPU"):
        for name, values in scored(clip, device, openvino).items():
            np.testing.assert_allclose(values, plain[name], rtol=1e-3, atol=1e-4)


def test_a_device_that_openvino_does_not_have_is_an_error(
    tmp_path: Path, openvino: dict[str, str]
) -> None:
    clip = write_clip(tmp_path / "good.mp4", frames=2)
    ended = vmafx(
        *("score", clip, clip, "-m", "sum", "--device", "openvino:GPU.7"), stdin=None, **openvino
    )
    assert ended.code == 5
    assert "openvino:GPU.7" in ended.err


def test_its_own_list_of_devices_can_be_read(openvino: dict[str, str]) -> None:
    code = "from vmafx_core.backends.openvino import names; print(*names())"
    listed = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | openvino,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "CPU" in listed.split()


def test_it_is_chosen_by_itself(openvino: dict[str, str]) -> None:
    ended = vmafx("devices", "--format", "json", stdin=None, **openvino)
    survey = json.loads(ended.out)
    assert survey["chosen"] == "OpenVINOExecutionProvider"
    assert survey["runtime"]["package"] == "onnxruntime-openvino"
