"""Which of ONNX Runtime's execution providers a model runs on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vmafx_core.backends.device import Device, Vendor
from vmafx_core.errors import ComponentError, UsageError

AUTO = "auto"
CPU = "cpu"

Options = tuple[tuple[str, str], ...]
"""Options of a provider, by ONNX Runtime's names."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An execution provider.

    Attributes:
        device: What users write for it: "cuda", "rocm", "openvino".
        name: ONNX Runtime's name.
        vendor: Whose GPUs it is for; None for what runs on any CPU.
        package: The package that brings it.
        chosen: Whether `auto` takes it by itself.
        precise: Options that keep it from rounding fp32 on its own.
        half: Options for graphs of fp16; None where it has no fp16.
    """

    device: str
    name: str
    vendor: Vendor | None
    package: str
    chosen: bool = True
    precise: Options = ()
    half: Options | None = None


# In the order in which they are preferred for a vendor.
PROVIDERS = (
    Provider(
        "cuda",
        "CUDAExecutionProvider",
        Vendor.NVIDIA,
        "onnxruntime-gpu",
        precise=(("use_tf32", "0"),),
        half=(),
    ),
    # It compiles a model for minutes before the first picture, so that it has to be asked for.
    Provider(
        "tensorrt",
        "TensorrtExecutionProvider",
        Vendor.NVIDIA,
        "onnxruntime-gpu",
        chosen=False,
        half=(("trt_fp16_enable", "1"),),
    ),
    Provider("rocm", "MIGraphXExecutionProvider", Vendor.AMD, "onnxruntime-migraphx", half=()),
    Provider("rocm", "ROCMExecutionProvider", Vendor.AMD, "onnxruntime-rocm", half=()),
    Provider(
        "openvino",
        "OpenVINOExecutionProvider",
        Vendor.INTEL,
        "onnxruntime-openvino",
        # Without it GPUs compute in fp16, and some CPUs in bf16.
        precise=(("precision", "FP32"),),
        half=(("precision", "FP16"),),
    ),
    Provider("coreml", "CoreMLExecutionProvider", Vendor.APPLE, "onnxruntime"),
    Provider(CPU, "CPUExecutionProvider", None, "onnxruntime"),
)
DEVICES = tuple(dict.fromkeys(p.device for p in PROVIDERS))
BUILDS = tuple(dict.fromkeys(p.package for p in PROVIDERS))

_WISH = re.compile(r"(?P<device>[a-z]+)(?::(?P<which>[A-Za-z0-9.]+))?")


@dataclass(frozen=True, slots=True)
class Wish:
    """Where a user wants models to run.

    Attributes:
        device: "auto", or a provider's `device`.
        which: A GPU's index, or OpenVINO's name of a device; "" for the first that fits.
    """

    device: str = AUTO
    which: str = ""

    def __str__(self) -> str:
        return f"{self.device}:{self.which}" if self.which else self.device


ANYWHERE = Wish()
"""Where `auto` leads."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model is to run.

    Attributes:
        provider: The provider.
        options: Options that say which device.
        device: The GPU; None for a CPU, or where only the provider knows it.
        why: Why this one, in half a sentence.
    """

    provider: Provider
    options: Options
    device: Device | None
    why: str

    @property
    def place(self) -> str:
        """The device's name: the GPU's own, what OpenVINO calls it, or "CPU"."""
        return self.device.name if self.device else dict(self.options).get("device_type", "CPU")

    @property
    def halves(self) -> bool:
        """Whether it computes in fp16; CPUs do not."""
        return self.provider.half is not None and self.place != "CPU"


def parse_wish(text: str) -> Wish:
    """Read "auto", "cpu", "cuda:1", "openvino:GPU.0".

    Raises:
        UsageError: It is none of these.
    """
    match = _WISH.fullmatch(text)
    if match is None or match["device"] not in {AUTO, *DEVICES}:
        raise UsageError(
            f"{text!r} is no device", f"Use {AUTO}, {', '.join(DEVICES)}, or cuda:1, openvino:GPU."
        )
    device, which = match["device"], match["which"] or ""
    numbered = device in {"cuda", "tensorrt", "rocm"}
    if which and (device in {AUTO, CPU, "coreml"} or (numbered and not which.isdigit())):
        raise UsageError(f"{text!r}: {which!r} is no {device} device", "Leave it out.")
    return Wish(device, which)


def installed_build() -> tuple[str, str] | None:
    """The build of ONNX Runtime that is installed, and its version; None for none."""
    from importlib.metadata import PackageNotFoundError, version  # slow to load

    for package in BUILDS:
        try:
            return package, version(package)
        except PackageNotFoundError:
            continue
    return None


def placements(
    wish: Wish, devices: Sequence[Device], available: Sequence[str]
) -> Iterator[Placement]:
    """Where a model may run, the best first; the first that works is to be taken.

    Args:
        wish: What the user wants.
        devices: The GPUs that there are.
        available: The providers of the installed ONNX Runtime, by its names.

    Raises:
        ComponentError: What was asked for is not there.
    """
    if wish.device != AUTO:
        yield from _asked(wish, devices, available)
        return
    for provider in _usable(PROVIDERS, available):
        for device in devices:
            if provider.chosen and device.vendor is provider.vendor:
                why = f"{device.name} is the first that {provider.name} can use"
                yield Placement(provider, _options(provider, device.index, ""), device, why)
                break
    for provider in _usable(PROVIDERS, available):
        if provider.device == "openvino":
            yield Placement(provider, _options(provider, 0, CPU), None, "faster on Intel's CPUs")
        elif provider.device == CPU:
            yield Placement(provider, (), None, "there is no GPU that can be used")


def missing(devices: Sequence[Device], available: Sequence[str]) -> Iterator[tuple[Device, str]]:
    """GPUs that no provider here can use, each with the package that would enable it."""
    for device in devices:
        fitting = [p for p in PROVIDERS if p.vendor is device.vendor and p.chosen]
        if not any(p.name in available for p in fitting):
            yield device, fitting[0].package


def _usable(providers: Sequence[Provider], available: Sequence[str]) -> Iterator[Provider]:
    return (provider for provider in providers if provider.name in available)


def _asked(wish: Wish, devices: Sequence[Device], available: Sequence[str]) -> Iterator[Placement]:
    named = [p for p in PROVIDERS if p.device == wish.device]
    usable = list(_usable(named, available))
    vendor = named[0].vendor
    # OpenVINO runs on CPUs too.
    if vendor and wish.device != "openvino" and all(d.vendor is not vendor for d in devices):
        raise ComponentError(
            f"device '{wish}': no GPU that {named[0].name} could use is to be seen here",
            f"In a container, pass it in. Otherwise use --device {AUTO}.",
        )
    if not usable:
        build = installed_build()
        here = f"ONNX Runtime here is {build[0]} {build[1]}" if build else "there is none here"
        raise ComponentError(
            f"device '{wish}': {named[0].name} is not in ONNX Runtime ({here})",
            f"Install {named[0].package} in its place, or use --device {AUTO}.",
        )
    for provider in usable:
        yield _asked_of(provider, wish, devices)


def _asked_of(provider: Provider, wish: Wish, devices: Sequence[Device]) -> Placement:
    why = "it was asked for"
    fitting = [d for d in devices if d.vendor is provider.vendor]
    if provider.vendor is None or (provider.device == "openvino" and wish.which):
        # OpenVINO counts the GPUs of Intel only: GPU is the first, GPU.1 the second.
        named = (d for d in fitting if wish.which.upper() in {f"GPU.{d.index}", "GPU"})
        return Placement(provider, _options(provider, 0, wish.which), next(named, None), why)
    if provider.device == "openvino" and not fitting:
        return Placement(provider, _options(provider, 0, CPU), None, why)
    index = int(wish.which or 0)
    if index >= len(fitting):
        names = ", ".join(f"{d.index}: {d.name}" for d in fitting) or "none"
        raise ComponentError(
            f"device '{wish.device}:{index}': there is no such GPU (found: {names})",
            "See 'vmafx devices'.",
        )
    return Placement(provider, _options(provider, index, ""), fitting[index], why)


def _options(provider: Provider, index: int, which: str) -> Options:
    if provider.device == "openvino":
        return (("device_type", which.upper() or (f"GPU.{index}" if index else "GPU")),)
    if provider.device in {"cuda", "tensorrt", "rocm"}:
        return (("device_id", str(index)),)
    return ()
