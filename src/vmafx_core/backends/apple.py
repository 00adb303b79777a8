"""Apple's GPUs, which are part of the processor."""

import platform
import subprocess
from collections.abc import Sequence

from vmafx_core.backends.device import Device, Vendor

_SECONDS = 2.0


def asked() -> Sequence[Device]:
    """The GPU of an Apple processor, on macOS."""
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return ()
    try:
        name = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        name = "Apple GPU"
    # Its memory is the machine's.
    driver = f"macOS {platform.mac_ver()[0]}"
    return (Device(vendor=Vendor.APPLE, index=0, name=name, memory=None, driver=driver),)
