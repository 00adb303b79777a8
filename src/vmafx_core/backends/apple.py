"""Apple's GPUs, which are part of the processor."""

import platform
from collections.abc import Sequence

from vmafx_core.backends.device import Device, Vendor
from vmafx_core.backends.program import printed


def asked() -> Sequence[Device]:
    """The GPU of an Apple processor, on macOS."""
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return ()
    name = printed("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string").strip() or "Apple GPU"
    # Its memory is the machine's.
    driver = f"macOS {platform.mac_ver()[0]}"
    return (Device(vendor=Vendor.APPLE, index=0, name=name, memory=None, driver=driver),)
