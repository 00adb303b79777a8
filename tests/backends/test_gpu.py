"""Models on a GPU, where there is one that ONNX Runtime can use."""

from pathlib import Path

import numpy as np
import pytest

from support.onnx_models import difference
from vmafx_core.backends.devices import find_devices
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import find_model
from vmafx_core.backends.providers import Wish, placements
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.runtime import runtime
from vmafx_core.backends.session import Session
from vmafx_core.backends.specs import Precision


@pytest.mark.parametrize(
    ("precision", "tolerance"), [(Precision.FP32, 1e-4), (Precision.FP16, 1e-2)]
)
def test_a_gpu_gives_what_the_cpu_gives(
    tmp_path: Path, precision: Precision, tolerance: float
) -> None:
    first = next(placements(Wish(), find_devices(), runtime().get_available_providers()))
    if not first.device:
        pytest.skip("there is no GPU that ONNX Runtime can use")
    install(str(difference(tmp_path / "differ.onnx")), kind=Kind.FULL_REFERENCE)
    pair = list(np.random.default_rng(1).random((2, 1, 3, 48, 64), np.float32))
    there = Session(find_model("differ"), Wish(), precision=precision)
    assert there.running.provider == first.provider.name
    here = Session(find_model("differ"), Wish("cpu"))
    np.testing.assert_allclose(there.run(pair), here.run(pair), rtol=tolerance)
