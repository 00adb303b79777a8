"""The GPUs of this machine, by what the system itself tells of them.

No heavy library is loaded: NVIDIA's management library answers in milliseconds, and the kernel
lists everybody's devices below /sys. In a container only what was passed into it counts, so that a
device whose node is missing in /dev is not told of.
"""

from pathlib import Path

from vmafx_core.backends import apple, drm, nvidia
from vmafx_core.backends.device import Device

SYSTEM = Path("/")


def find_devices(root: Path = SYSTEM) -> tuple[Device, ...]:
    """All GPUs that programs on this machine, or in this container, can use.

    Args:
        root: Where the system's tree is; drivers themselves are asked only for the real one.
    """
    asked = root == SYSTEM
    return (
        *(nvidia.asked(root) if asked else nvidia.listed(root)),
        *drm.listed(root),
        *(apple.asked() if asked else ()),
    )
