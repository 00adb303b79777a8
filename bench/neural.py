"""What neural models cost, beside libvmaf and alone, and how near their int8 twins are."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from bench import material
from bench.measure import Figure, Settings, ratio, wall
from bench.programs import FOLDER, MODELS, VMAFX, ours
from vmafx_core.backends.installed import FOLDER_VARIABLE, find_model

_REGISTRY = Path(os.environ.get("VMAFX_TEST_DATA", "../shared"), "models", "registry.json")
_REGRESSOR, _QUALITY = "vmaf_tiny_v2", "nr_metric_v1"
_QUANTISED = ("vmaf_tiny_v3", _QUALITY)

# Runs the program, and then tells how many modules it has for devices and their runtimes.
_COUNTED = """
import sys
from vmafx_cli.main import main
main()
heavy = ("onnxruntime", "onnx", "vmafx_core.backends.devices", "vmafx_core.backends.session")
print(sum(name in sys.modules for name in heavy), file=sys.stderr)
"""


def measure(settings: Settings) -> Iterator[Figure]:
    """Ratios at 1080p, with the shared models."""
    short = material.small_pair("yuv420p", 320, 180)
    plain = [sys.executable, "-c", _COUNTED, "score", *map(str, short), "--quiet"]
    told = subprocess.run(plain, check=True, capture_output=True, text=True).stderr
    yield Figure("modules for devices loaded without neural models", int(told), 0)
    here = [VMAFX, "devices"]
    yield Figure("seconds of vmafx devices", min(wall(here) for _ in range(settings.rounds)), 0.5)
    if not _REGISTRY.exists():
        print(f"      not measured: there is no {_REGISTRY}")
        return
    os.environ[FOLDER_VARIABLE] = str((FOLDER / "models").absolute())
    add = [VMAFX, "models", "add", str(_REGISTRY), _REGRESSOR, *_QUANTISED]
    subprocess.run(add, check=True, capture_output=True)
    yield from _times(settings)
    yield from _twins()


def _times(settings: Settings) -> Iterator[Figure]:
    reference, distorted = material.hd(), material.hd_distorted(30)
    plain = ours(reference, distorted, model=MODELS[0])
    beside = ours(reference, distorted, model=MODELS[0], options=("--model", _REGRESSOR))
    measured, note = ratio(partial(wall, beside), partial(wall, plain), settings.rounds)
    yield Figure(f"wall time with {_REGRESSOR} / without", measured, 1.02, note)
    alone = [VMAFX, "score", str(distorted), "--no-reference", "--model", _QUALITY, "--quiet"]
    measured, note = ratio(partial(wall, alone), partial(wall, plain), settings.rounds)
    yield Figure(f"wall time of {_QUALITY} alone / {MODELS[0]}", measured, 1 / 3, note)


def _twins() -> Iterator[Figure]:
    """How far the correlation of int8 with fp32 falls short of 1, over frames of all qualities."""
    reference, encodes = material.small_ladder()
    names = [word for m in _QUANTISED for word in ("--model", m, "--model", f"{m}:int8:name={m}_8")]
    videos = map(str, (reference, *encodes))
    command = [VMAFX, "score", *videos, *names, "--format", "json", "--quiet"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    pairs = json.loads(printed)["vmafx"]["pairs"]
    for model in _QUANTISED:
        whole, small = (
            np.concatenate([pair["metrics"][name]["values"] for pair in pairs])
            for name in (model, f"{model}_8")
        )
        short = 1 - float(np.corrcoef(whole, small)[0, 1])
        note = f"(over {len(whole)} frames)"
        yield Figure(
            f"1 - correlation of {model}, int8 to fp32", short, find_model(model).entry.budget, note
        )
