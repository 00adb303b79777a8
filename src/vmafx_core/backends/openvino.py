"""Intel's GPUs by OpenVINO's own list of devices."""

import platform
from collections.abc import Sequence
from pathlib import Path

from vmafx_core.backends.device import Device, Vendor
from vmafx_core.backends.runtime import runtime
from vmafx_core.errors import ComponentError


def asked(root: Path) -> Sequence[Device]:
    """The GPUs that OpenVINO finds, where the build of ONNX Runtime that has it is installed.

    It takes a tenth of a second, and tells neither their names nor their memory.

    Args:
        root: Where the system's tree is; on Linux, OpenVINO is asked only where a GPU's device
            node is there.
    """
    nodes = ("dev/dri", "dev/dxg")
    if platform.system() == "Linux" and not any((root / node).exists() for node in nodes):
        return ()
    gpus = [name for name in names() if name.partition(".")[0] == "GPU"]
    return tuple(
        Device(vendor=Vendor.INTEL, index=i, name=f"Intel {name}", memory=None, driver="")
        for i, name in enumerate(gpus)
    )


def names() -> Sequence[str]:
    """OpenVINO's devices: "CPU", "GPU" or "GPU.0" and "GPU.1", "NPU"; none without OpenVINO."""
    try:
        ort = runtime()
        if "OpenVINOExecutionProvider" not in ort.get_available_providers():
            return ()
        found: Sequence[str] = ort.capi._pybind_state.get_available_openvino_device_ids()  # noqa: SLF001  # as its documentation says
    except (ComponentError, AttributeError, RuntimeError):
        return ()
    return found
