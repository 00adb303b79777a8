"""GPUs found in system trees as the kernel and the drivers lay them out."""

import os
import platform
import subprocess
from pathlib import Path

import pytest

from vmafx_core.backends import apple, nvidia, openvino, rocm
from vmafx_core.backends.device import Vendor
from vmafx_core.backends.devices import find_devices


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def card(root: Path, number: int, driver: str, **about: str) -> None:
    """A render node as the kernel has it: a link to a PCI device with a link to its driver."""
    pci = root / f"sys/devices/pci0000:00/0000:0{number}:00.0"
    write(pci, {name: f"{text}\n" for name, text in about.items()})
    drivers = root / f"sys/bus/pci/drivers/{driver}"
    drivers.mkdir(parents=True, exist_ok=True)
    (pci / "driver").symlink_to(drivers)
    node = root / f"sys/class/drm/renderD{128 + number}"
    node.mkdir(parents=True)
    (node / "device").symlink_to(pci)
    write(root, {f"dev/dri/renderD{128 + number}": ""})


def test_an_amd_card_tells_its_name_and_memory(tmp_path: Path) -> None:
    card(
        tmp_path,
        1,
        "amdgpu",
        vendor="0x1002",
        device="0x744c",
        product_name="Radeon RX 7900 XTX",
        mem_info_vram_total="25753026560",
    )
    write(tmp_path, {"sys/module/amdgpu/version": "6.12.12\n"})
    (device,) = find_devices(tmp_path)
    assert device.vendor is Vendor.AMD
    assert device.name == "Radeon RX 7900 XTX"
    assert device.memory == 25753026560
    assert device.driver == "amdgpu 6.12.12"


def test_an_intel_card_is_named_by_the_list_of_pci_devices(tmp_path: Path) -> None:
    card(tmp_path, 0, "i915", vendor="0x8086", device="0x56a0", lmem_total_bytes="0x3fa000000")
    listed = "1002  AMD\n\t56a0  wrong\n8086  Intel Corporation\n\t56a0  DG2 [Arc A770]\n"
    write(tmp_path, {"usr/share/misc/pci.ids": listed})
    (device,) = find_devices(tmp_path)
    assert device.vendor is Vendor.INTEL
    assert device.name == "DG2 [Arc A770]"
    assert device.memory == 0x3FA000000
    assert device.driver == "i915"


def test_an_integrated_card_has_no_memory_of_its_own(tmp_path: Path) -> None:
    card(tmp_path, 0, "xe", vendor="0x8086", device="0x64a0")
    (device,) = find_devices(tmp_path)
    assert device.memory is None
    assert device.name == "Intel GPU 0x64a0"


def test_cards_are_counted_by_vendor(tmp_path: Path) -> None:
    card(tmp_path, 0, "i915", vendor="0x8086", device="0x56a0")
    card(tmp_path, 1, "amdgpu", vendor="0x1002", device="0x744c")
    card(tmp_path, 2, "amdgpu", vendor="0x1002", device="0x7448")
    card(tmp_path, 3, "virtio-pci", vendor="0x1af4", device="0x1050")
    found = [(d.vendor.value, d.index) for d in find_devices(tmp_path)]
    assert found == [("intel", 0), ("amd", 0), ("amd", 1)]


def test_a_card_that_was_not_passed_into_the_container_does_not_count(tmp_path: Path) -> None:
    card(tmp_path, 0, "amdgpu", vendor="0x1002", device="0x744c")
    (tmp_path / "dev/dri/renderD128").unlink()
    assert find_devices(tmp_path) == ()


ROCM_SMI = """WARNING: AMD GPU device(s) is/are in a low-power state.

{"card0": {"PCI Bus": "0000:01:00.0", "VRAM Total Memory (B)": "21458059264", \
"VRAM Total Used Memory (B)": "27856896", "Card Series": "Radeon RX 7900 XT", \
"Card Model": "0x744c", "Card Vendor": "Advanced Micro Devices, Inc. [AMD/ATI]", \
"Card SKU": "D70401XT", "Subsystem ID": "0x471e", "Device Rev": "0xcc", "Node ID": "1", \
"GUID": "26967", "GFX Version": "gfx1100"}, \
"card1": {"PCI Bus": "0000:02:00.0", "VRAM Total Memory (B)": "67108864", \
"VRAM Total Used Memory (B)": "26079232", "Card series": "Raphael", "Card model": "0x164e"}, \
"card2": {"PCI Bus": "0000:03:00.0", "VRAM Total Memory (B)": "N/A", "Card Series": "N/A"}}
"""


def rocm_smi(folder: Path, monkeypatch: pytest.MonkeyPatch, told: str, code: int = 0) -> None:
    """Have a program of that name print this, when it is asked for JSON."""
    write(folder, {"told": told, "rocm-smi": ""})
    wanted = '[ "$5" = --json ]'
    script = f'#!/bin/sh\n{wanted} && cat "{folder}/told"\nexit {code}\n'
    (folder / "rocm-smi").write_text(script)
    (folder / "rocm-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


def test_rocm_smi_tells_of_amds_cards_what_the_kernel_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rocm_smi(tmp_path / "bin", monkeypatch, ROCM_SMI)
    card(tmp_path, 1, "amdgpu", vendor="0x1002", device="0x744c")
    card(tmp_path, 2, "amdgpu", vendor="0x1002", device="0x164e", mem_info_vram_total="536870912")
    card(tmp_path, 3, "amdgpu", vendor="0x1002", device="0x74b5")
    found = [(device.name, device.memory) for device in find_devices(tmp_path)]
    assert found == [
        ("Radeon RX 7900 XT", 21458059264),
        ("Raphael", 536870912),
        ("AMD GPU 0x74b5", None),
    ]


@pytest.mark.parametrize(
    ("told", "code"),
    [("", 0), ("ERROR: no devices", 0), ("{", 0), ('{"system": "x"}', 0), (ROCM_SMI, 2)],
)
def test_a_card_is_listed_though_rocm_smi_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, code: int
) -> None:
    rocm_smi(tmp_path / "bin", monkeypatch, told, code)
    card(tmp_path, 1, "amdgpu", vendor="0x1002", device="0x744c")
    (device,) = find_devices(tmp_path)
    assert (device.name, device.memory) == ("AMD GPU 0x744c", None)


def test_rocm_smi_is_not_asked_of_what_the_kernel_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rocm, "cards", lambda: pytest.fail("it takes long"))
    about = {"product_name": "Instinct MI300X", "mem_info_vram_total": "206141652992"}
    card(tmp_path, 1, "amdgpu", vendor="0x1002", device="0x74a1", **about)
    assert find_devices(tmp_path)[0].name == "Instinct MI300X"


class OpenVino:
    """ONNX Runtime as it is with OpenVINO, which has some devices."""

    def __init__(self, *names: str) -> None:
        self.capi = self._pybind_state = self
        self._names = names

    def get_available_providers(self) -> list[str]:
        return ["OpenVINOExecutionProvider", "CPUExecutionProvider"]

    def get_available_openvino_device_ids(self) -> list[str]:
        if not self._names:
            raise RuntimeError("Cannot load library libopenvino_intel_gpu_plugin.so")
        return list(self._names)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("CPU",), []),
        (("CPU", "GPU"), ["Intel GPU"]),
        (("CPU", "GPU.0", "GPU.1", "NPU"), ["Intel GPU.0", "Intel GPU.1"]),
        ((), []),
    ],
)
def test_gpus_that_only_openvino_shows_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], found: list[str]
) -> None:
    write(tmp_path, {"dev/dxg": ""})
    monkeypatch.setattr(openvino, "runtime", lambda: OpenVino(*names))
    devices = openvino.asked(tmp_path)
    assert [(d.vendor, d.index, d.name) for d in devices] == [
        (Vendor.INTEL, index, name) for index, name in enumerate(found)
    ]


def test_openvino_is_not_asked_without_a_device_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino, "runtime", lambda: pytest.fail("it takes long"))
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    assert openvino.asked(tmp_path) == ()


def test_an_nvidia_card_is_found_in_the_drivers_tree(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "dev/nvidiactl": "",
            "proc/driver/nvidia/version": (
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release\n"
            ),
            "proc/driver/nvidia/gpus/0000:65:00.0/information": (
                "Model: \t\t NVIDIA H200\nIRQ:   \t\t 115\nDevice Minor: \t 0\n"
            ),
        },
    )
    (device,) = find_devices(tmp_path)
    assert device.vendor is Vendor.NVIDIA
    assert device.name == "NVIDIA H200"
    assert device.driver == "nvidia 580.82.07"


def test_a_driver_without_its_device_node_is_not_asked(tmp_path: Path) -> None:
    write(tmp_path, {"proc/driver/nvidia/gpus/0000:65:00.0/information": "Model: NVIDIA H200\n"})
    assert find_devices(tmp_path) == ()
    assert nvidia.asked(tmp_path) == ()


@pytest.mark.parametrize(
    ("line", "memory"), [("NVIDIA L4, 23034, 550.54.15", 23034 << 20), ("GPU, [N/A], 1.0", None)]
)
def test_what_nvidia_smi_prints_is_understood(line: str, memory: int | None) -> None:
    (device,) = nvidia.parse(line + "\n")
    assert device.memory == memory
    assert device.name == line.split(",", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (None, ["a", "b", "c"]),
        ("2,0", ["c", "a"]),
        ("1,7,0", ["b"]),
        ("", []),
        ("-1", []),
        ("GPU-8932f937,GPU-6c1b", ["a", "b", "c"]),
    ],
)
def test_gpus_that_cuda_hides_from_the_process_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, names: list[str]
) -> None:
    write(tmp_path, {"dev/nvidiactl": ""})
    listed = tuple(nvidia.parse("a, 1, 2\nb, 1, 2\nc, 1, 2\n"))
    monkeypatch.setattr(nvidia, "_by_library", lambda: listed)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if told is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
    found = nvidia.asked(tmp_path)
    assert [(d.index, d.name) for d in found] == list(enumerate(names))


@pytest.mark.parametrize(("machine", "names"), [("arm64", ["Apple M3 Max"]), ("x86_64", [])])
def test_apples_processors_have_a_gpu(
    monkeypatch: pytest.MonkeyPatch, machine: str, names: list[str]
) -> None:
    told = subprocess.CompletedProcess((), 0, stdout="Apple M3 Max\n")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.5", ("", "", ""), machine))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: told)
    found = apple.asked()
    assert [(d.name, d.driver, d.memory) for d in found] == [
        (name, "macOS 15.5", None) for name in names
    ]


def test_a_machine_without_gpus_has_none(tmp_path: Path) -> None:
    assert find_devices(tmp_path) == ()
