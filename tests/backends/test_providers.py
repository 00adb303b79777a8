import pytest

from vmafx_core.backends.device import Device, Vendor
from vmafx_core.backends.providers import Wish, missing, parse_wish, placements
from vmafx_core.errors import ComponentError, UsageError

CPU = "CPUExecutionProvider"


def gpu(vendor: Vendor, index: int = 0) -> Device:
    return Device(vendor=vendor, index=index, name=f"{vendor} {index}", memory=None, driver="")


NVIDIA, AMD, INTEL = gpu(Vendor.NVIDIA), gpu(Vendor.AMD), gpu(Vendor.INTEL)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("auto", Wish()),
        ("cuda:1", Wish("cuda", "1")),
        ("rocm", Wish("rocm")),
        ("openvino:GPU.1", Wish("openvino", "GPU.1")),
    ],
)
def test_a_device_is_read(text: str, wish: Wish) -> None:
    assert parse_wish(text) == wish


@pytest.mark.parametrize("text", ["", "gpu", "cuda:x", "cpu:1", "auto:0", "cuda:", "CUDA"])
def test_what_is_no_device_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"no (cuda |cpu |auto )?device"):
        parse_wish(text)


@pytest.mark.parametrize(
    ("devices", "available", "chosen"),
    [
        ((NVIDIA,), ("TensorrtExecutionProvider", "CUDAExecutionProvider", CPU), "CUDA"),
        ((AMD,), ("ROCMExecutionProvider", "MIGraphXExecutionProvider", CPU), "MIGraphX"),
        ((AMD,), ("ROCMExecutionProvider", CPU), "ROCM"),
        ((INTEL,), ("OpenVINOExecutionProvider", CPU), "OpenVINO"),
        ((), ("OpenVINOExecutionProvider", CPU), "OpenVINO"),
        ((NVIDIA,), (CPU,), "CPU"),
        ((), ("CUDAExecutionProvider", CPU), "CPU"),
    ],
)
def test_auto_takes_the_first_provider_that_has_a_gpu(
    devices: tuple[Device, ...], available: tuple[str, ...], chosen: str
) -> None:
    first, *rest = placements(Wish(), devices, available)
    assert first.provider.name == f"{chosen}ExecutionProvider"
    assert (rest or [first])[-1].provider.name == CPU


def test_a_gpu_is_chosen_by_its_index() -> None:
    devices = (NVIDIA, gpu(Vendor.NVIDIA, 1))
    (only,) = placements(Wish("cuda", "1"), devices, ("CUDAExecutionProvider", CPU))
    assert only.device is devices[1]
    assert dict(only.options) == {"device_id": "1"}


def test_openvino_runs_on_the_cpu_where_intel_has_no_gpu() -> None:
    (only,) = placements(Wish("openvino"), (), ("OpenVINOExecutionProvider", CPU))
    assert dict(only.options) == {"device_type": "CPU"}


def test_what_was_asked_for_and_cannot_be_had_is_an_error() -> None:
    with pytest.raises(ComponentError, match="onnxruntime-gpu"):
        list(placements(Wish("cuda"), (NVIDIA,), (CPU,)))
    with pytest.raises(ComponentError, match="no such GPU"):
        list(placements(Wish("cuda", "1"), (NVIDIA,), ("CUDAExecutionProvider", CPU)))
    for device in ("cuda", "tensorrt", "rocm", "coreml"):
        with pytest.raises(ComponentError, match="no GPU that"):
            list(placements(Wish(device), (INTEL,), (CPU,)))


def test_the_package_that_would_enable_a_gpu_is_named() -> None:
    assert list(missing((NVIDIA, AMD), ("CUDAExecutionProvider", CPU))) == [
        (AMD, "onnxruntime-migraphx")
    ]
