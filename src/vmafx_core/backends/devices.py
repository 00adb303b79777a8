"""The GPUs of this machine, by what the system itself tells of them.

NVIDIA's management library answers in milliseconds, and the kernel lists everybody's devices below
/sys. In a container only what was passed into it counts, so that a device whose node is missing in
/dev is not told of. AMD's program and OpenVINO take longer, and are asked only for what the kernel
does not tell, as in containers and in the Windows Subsystem for Linux.
"""

from pathlib import Path

from vmafx_core.backends import apple, drm, nvidia, openvino
from vmafx_core.backends.device import Device, Vendor

SYSTEM = Path("/")


def find_devices(root: Path = SYSTEM) -> tuple[Device, ...]:
    """All GPUs that programs on this machine, or in this container, can use.

    Args:
        root: Where the system's tree is; drivers themselves are asked only for the real one.
    """
    listed = tuple(drm.listed(root))
    if root != SYSTEM:
        return (*nvidia.listed(root), *listed)
    shown = any(device.vendor is Vendor.INTEL for device in listed)
    unseen = () if shown else openvino.asked(root)
    return (*nvidia.asked(root), *listed, *unseen, *apple.asked())
