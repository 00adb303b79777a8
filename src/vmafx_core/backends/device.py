"""What a GPU is, as far as this program is concerned."""

from dataclasses import dataclass
from enum import StrEnum


class Vendor(StrEnum):
    """Who made a device."""

    NVIDIA = "nvidia"
    AMD = "amd"
    INTEL = "intel"
    APPLE = "apple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A GPU.

    Attributes:
        vendor: Who made it.
        index: Which of the vendor's, from 0, in the order of its own tools.
        name: What it calls itself.
        memory: Bytes of memory of its own; None where it has none, or does not say.
        driver: The driver and its version, as far as it says.
    """

    vendor: Vendor
    index: int
    name: str
    memory: int | None
    driver: str
