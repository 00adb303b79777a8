"""Where models run, in which precision, and what is told where that cannot be had."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from support.onnx_models import regressor
from vmafx_core.backends import session as sessions
from vmafx_core.backends.device import Device, Vendor
from vmafx_core.backends.half import in_half
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import find_model
from vmafx_core.backends.providers import Wish
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.session import Session
from vmafx_core.backends.specs import Precision, parse_neural
from vmafx_core.errors import ComponentError, UsageError, WorkError

H200 = Device(vendor=Vendor.NVIDIA, index=0, name="H200", memory=None, driver="")


def test_a_model_in_fp16_takes_and_gives_fp32_and_is_near(tmp_path: Path) -> None:
    path = regressor(tmp_path / "m.onnx")
    made = in_half(path, "m")
    inside = {v.data_type for v in onnx.load_from_string(made).graph.initializer}
    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    whole = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feed = {"features": np.random.default_rng(1).random((4, 6), np.float32)}
    (given,), (expected,) = session.run(None, feed), whole.run(None, feed)
    assert given.dtype == np.float32
    assert onnx.TensorProto.FLOAT not in inside
    np.testing.assert_allclose(given, expected, rtol=1e-2)


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_where_only_a_cpu_is_fp16_is_refused(tmp_path: Path, device: str) -> None:
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
    with pytest.raises(ComponentError, match="fp16 on CPU") as refused:
        Session(find_model("m"), Wish(device), precision=Precision.FP16)
    assert ":fp16" in refused.value.hint


def test_fp16_and_int8_contradict_each_other(tmp_path: Path) -> None:
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
    assert parse_neural("m:fp16").precision is Precision.FP16
    with pytest.raises(UsageError, match="fp16 has no value"):
        parse_neural("m:fp16=yes")


class Gpu:
    """ONNX Runtime as it is where there is CUDA; what is run on it runs on the CPU."""

    __version__ = onnxruntime.__version__
    SessionOptions = onnxruntime.SessionOptions
    opened: list[tuple[Any, dict[str, str]]]

    def __init__(self, *, broken: bool = False) -> None:
        self.opened = []
        self._broken = broken

    def get_available_providers(self) -> list[str]:
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]

    def InferenceSession(  # noqa: N802  # its name there
        self, graph: Any, options: Any, providers: Any
    ) -> Any:
        ((name, settings),) = providers
        self.opened.append((graph, settings))
        real = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return Opened(real, name, broken=self._broken and name.startswith("CUDA"))


class Opened:
    """A session that says it ran where it was asked to."""

    def __init__(self, real: Any, name: str, *, broken: bool) -> None:
        self._real, self._name, self._broken = real, name, broken

    def get_providers(self) -> list[str]:
        return [self._name]

    def disable_fallback(self) -> None:
        """Nothing to fall back to."""

    def run(self, *args: Any) -> Any:
        if self._broken:
            raise RuntimeError("CUDNN failure 1001")
        return self._real.run(*args)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
    monkeypatch.setattr(sessions, "find_devices", lambda: (H200,))
    return "m"


def test_a_gpu_computes_in_fp16_where_that_is_asked_for(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu = Gpu()
    monkeypatch.setattr(sessions, "runtime", lambda: gpu)
    half = Session(find_model(model), Wish(), precision=Precision.FP16)
    assert (half.running.device, half.running.precision) == ("H200", "fp16")
    whole = Session(find_model(model), Wish())
    row = np.full((1, 6), 0.9, np.float32)
    np.testing.assert_allclose(half.run([row]), whole.run([row]), rtol=1e-2)
    assert gpu.opened[1] == (
        str(find_model(model).file),
        {"device_id": "0", "use_tf32": "0"},
    )


def test_a_provider_that_fails_when_it_first_runs_is_passed_over_and_told_of(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu = Gpu(broken=True)
    monkeypatch.setattr(sessions, "runtime", lambda: gpu)
    session = Session(find_model(model), Wish())
    assert session.running.provider == "CPUExecutionProvider"
    assert "CUDNN failure 1001" in session.notices[0].text
    with pytest.raises(ComponentError, match="CUDNN failure 1001"):
        Session(find_model(model), Wish("cuda"))


def test_a_gpu_that_cannot_be_used_is_told_of(model: str) -> None:
    (notice,) = Session(find_model(model), Wish()).notices
    assert notice.text == "H200 is not used: onnxruntime-gpu would enable it"
    assert Session(find_model(model), Wish("cpu")).notices == []


def test_a_provider_that_fails_while_it_runs_is_named(tmp_path: Path) -> None:
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
    session = Session(find_model("m"), Wish("cpu"))
    with pytest.raises(WorkError, match="m failed on CPUExecutionProvider"):
        session.run([np.ones((1, 7), np.float32)])
