"""Where models run, in which precision, and what is told where that cannot be had."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from support.gpu import H200, Gpu
from support.onnx_models import brightness, entry, regressor, write_model, write_registry
from vmafx_core.backends import session as sessions
from vmafx_core.backends.half import in_half
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import find_model
from vmafx_core.backends.providers import Wish
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.session import Session
from vmafx_core.backends.specs import Precision, parse_neural
from vmafx_core.errors import ComponentError, UsageError, WorkError


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


@pytest.fixture
def one_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "find_devices", lambda: (H200,))


@pytest.fixture
def model(tmp_path: Path, one_gpu: None) -> str:  # noqa: ARG001  # a fixture of a fixture
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
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


@pytest.mark.usefixtures("one_gpu")
def test_a_gpu_gets_as_many_pictures_at_once_as_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, first in (("free", "N"), ("fixed", 1)):
        nodes = [helper.make_node("ReduceMean", ["frame"], ["mos"], axes=[1, 2, 3], keepdims=0)]
        path = tmp_path / f"{name}.onnx"
        write_model(path, nodes, {"frame": [first, 3, "H", "W"]}, {"mos": [first]})
        install(str(path), kind=Kind.NO_REFERENCE)
    monkeypatch.setattr(sessions, "runtime", Gpu)
    free, fixed, here = (
        Session(find_model(name), Wish(device))
        for name, device in (("free", "auto"), ("fixed", "auto"), ("free", "cpu"))
    )
    # 64 MiB of float32 RGB.
    found = [free.at_once(*size) for size in ((224, 224), (1920, 1080), (7680, 4320))]
    assert found == [8, 2, 1]
    assert fixed.at_once(224, 224) == here.at_once(224, 224) == 1


@pytest.mark.usefixtures("one_gpu")
def test_pictures_of_a_fixed_size_are_counted_by_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(str(brightness(tmp_path / "bright.onnx")), kind=Kind.NO_REFERENCE)
    monkeypatch.setattr(sessions, "runtime", Gpu)
    assert Session(find_model("bright"), Wish()).at_once(7680, 4320) == 8


@pytest.mark.usefixtures("one_gpu")
def test_an_int8_model_sees_pictures_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = brightness(tmp_path / "bright.onnx")
    twin = brightness(tmp_path / "bright.int8.onnx")
    told = {"quant_mode": "dynamic", "int8_sha256": hashlib.sha256(twin.read_bytes()).hexdigest()}
    listed = write_registry(tmp_path / "registry.json", entry(path, "nr", **told))
    install(str(listed))
    monkeypatch.setattr(sessions, "runtime", Gpu)
    small = Session(find_model("bright"), Wish(), precision=Precision.INT8)
    assert small.running.device == "H200"
    assert small.at_once(32, 32) == 1
