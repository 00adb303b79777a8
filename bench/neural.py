"""What neural models cost: beside libvmaf, and alone."""

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import material
from bench.measure import Figure, Settings, ratio, wall
from bench.programs import FOLDER, MODELS, VMAFX, ours
from vmafx_core.backends.installed import FOLDER_VARIABLE

_REGISTRY = Path(os.environ.get("VMAFX_TEST_DATA", "../shared"), "models", "registry.json")
_REGRESSOR, _QUALITY = "vmaf_tiny_v2", "nr_metric_v1"


def measure(settings: Settings) -> Iterator[Figure]:
    """Ratios at 1080p, with the shared models."""
    if not _REGISTRY.exists():
        print(f"      not measured: there is no {_REGISTRY}")
        return
    os.environ[FOLDER_VARIABLE] = str((FOLDER / "models").absolute())
    add = [VMAFX, "models", "add", str(_REGISTRY), _REGRESSOR, _QUALITY]
    subprocess.run(add, check=True, capture_output=True)
    reference, distorted = material.hd(), material.hd_distorted(30)
    plain = ours(reference, distorted, model=MODELS[0])
    beside = ours(reference, distorted, model=MODELS[0], options=("--model", _REGRESSOR))
    measured, note = ratio(partial(wall, beside), partial(wall, plain), settings.rounds)
    yield Figure(f"wall time with {_REGRESSOR} / without", measured, 1.02, note)
    alone = [VMAFX, "score", str(distorted), "--no-reference", "--model", _QUALITY, "--quiet"]
    measured, note = ratio(partial(wall, alone), partial(wall, plain), settings.rounds)
    yield Figure(f"wall time of {_QUALITY} alone / {MODELS[0]}", measured, 1 / 3, note)
    here = [VMAFX, "devices"]
    seconds = min(wall(here) for _ in range(settings.rounds))
    yield Figure("seconds of vmafx devices", seconds, 0.5, "")
