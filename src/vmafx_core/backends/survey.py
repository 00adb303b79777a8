"""What there is to run models on, and what would be chosen."""

from dataclasses import dataclass

from vmafx_core.backends.device import Device
from vmafx_core.backends.devices import find_devices
from vmafx_core.backends.providers import Wish, installed_build, missing, placements
from vmafx_core.backends.runtime import runtime
from vmafx_core.errors import ComponentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What there is to run models on.

    Attributes:
        devices: The GPUs.
        enabling: For each, the package that would make it usable; "" where it is.
        runtime: The build of ONNX Runtime and its version; None where there is none.
        providers: The execution providers that it has.
        chosen: The provider on which models would run; "" where there is none.
        told: Where and why, in words.
    """

    devices: tuple[Device, ...]
    enabling: tuple[str, ...]
    runtime: tuple[str, str] | None
    providers: tuple[str, ...]
    chosen: str
    told: str


def survey(wish: Wish) -> Survey:
    """Look at what there is, and say where models would run.

    Args:
        wish: Where they are to run.
    """
    devices = find_devices()
    try:
        available: tuple[str, ...] = tuple(runtime().get_available_providers())
    except ComponentError:
        available = ()
    packages = dict(missing(devices, available))
    chosen, told = "", "cannot run: there is no ONNX Runtime"
    if available:
        try:
            first = next(placements(wish, devices, available))
            place = first.device.name if first.device else "the CPU"
            chosen, told = first.provider.name, f"run on {place} by {first.provider.name}: "
            told += first.why
        except ComponentError as error:
            told = f"cannot run: {error.message}. {error.hint}"
    return Survey(
        devices=devices,
        enabling=tuple(packages.get(device, "") for device in devices),
        runtime=installed_build(),
        providers=available,
        chosen=chosen,
        told=told,
    )
