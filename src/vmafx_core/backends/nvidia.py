"""NVIDIA's GPUs, by the management library that comes with the driver, or by its program."""

import ctypes
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vmafx_core.backends.device import Device, Vendor
from vmafx_core.backends.program import printed

_LIBRARY = "libnvidia-ml.so.1"
_NAME_LENGTH = 96
_QUERY = (
    "nvidia-smi",
    "--query-gpu=name,memory.total,driver_version",
    "--format=csv,noheader,nounits",
)


class _Memory(ctypes.Structure):
    _fields_ = (
        ("total", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    )


def asked(root: Path) -> Sequence[Device]:
    """The GPUs that the driver lets this process see.

    Args:
        root: Where the system's tree is; the driver is asked only where its device node is there.
    """
    # The second is the node of the Windows Subsystem for Linux.
    if not any((root / node).exists() for node in ("dev/nvidiactl", "dev/dxg")):
        return ()
    return _visible(tuple(_by_library() or parse(printed(*_QUERY))))


def _visible(found: Sequence[Device]) -> Sequence[Device]:
    """Those that CUDA lets this process see, counted as it does."""
    told = os.environ.get("CUDA_VISIBLE_DEVICES")
    if told is None or "-" in told.lstrip("-"):
        # By their ids, which say nothing of the order.
        return found
    chosen: list[Device] = []
    for word in told.split(","):
        # The first that means nothing ends the list.
        if not word.strip().isdigit() or int(word) >= len(found):
            break
        chosen.append(replace(found[int(word)], index=len(chosen)))
    return chosen


def listed(root: Path) -> Iterator[Device]:
    """The GPUs in the driver's part of /proc, which does not tell their memory.

    Args:
        root: Where the system's tree is.
    """
    if not (root / "dev/nvidiactl").exists():
        return
    folder = root / "proc/driver/nvidia"
    told = folder / "version"
    words = told.read_text(encoding="utf-8").split() if told.is_file() else ()
    version = next((word for word in words if word[0].isdigit() and "." in word), "")
    for index, card in enumerate(sorted((folder / "gpus").glob("*/information"))):
        lines = card.read_text(encoding="utf-8").splitlines()
        name = next((line.split(":", 1)[1] for line in lines if line.startswith("Model:")), "")
        yield _device(index, name.strip(), None, version)


def _device(index: int, name: str, memory: int | None, version: str) -> Device:
    return Device(
        vendor=Vendor.NVIDIA,
        index=index,
        name=name or "NVIDIA GPU",
        memory=memory,
        driver=f"nvidia {version}".strip(),
    )


def _by_library() -> Sequence[Device]:
    try:
        nvml = ctypes.CDLL(_LIBRARY)
    except OSError:
        return ()
    if nvml.nvmlInit_v2():
        return ()
    try:
        count = ctypes.c_uint()
        if nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)):
            return ()
        version = ctypes.create_string_buffer(_NAME_LENGTH)
        nvml.nvmlSystemGetDriverVersion(version, _NAME_LENGTH)
        return tuple(_told(nvml, index, version.value.decode()) for index in range(count.value))
    finally:
        nvml.nvmlShutdown()


def _told(nvml: ctypes.CDLL, index: int, version: str) -> Device:
    handle = ctypes.c_void_p()
    nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle))
    name = ctypes.create_string_buffer(_NAME_LENGTH)
    nvml.nvmlDeviceGetName(handle, name, _NAME_LENGTH)
    memory = _Memory()
    failed = nvml.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory))
    return _device(index, name.value.decode(), None if failed else memory.total, version)


def parse(told: str) -> Iterator[Device]:
    """The GPUs in what `nvidia-smi` prints: name, MiB of memory, version of the driver."""
    for index, line in enumerate(told.splitlines()):
        name, _, rest = line.partition(", ")
        memory, _, version = rest.partition(", ")
        yield _device(index, name, int(memory) << 20 if memory.isdigit() else None, version)
