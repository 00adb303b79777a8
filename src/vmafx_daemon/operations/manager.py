"""Telling a service manager how the daemon is, as systemd's `Type=notify` expects it."""

import os
import socket
from contextlib import suppress

READY = "READY=1"
STOPPING = "STOPPING=1"


def tell_manager(state: str) -> None:
    """Tell the manager that has started this process, if one has.

    Args:
        state: `READY` or `STOPPING`.
    """
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name:
        return
    address = f"\0{name[1:]}" if name.startswith("@") else name
    # Whether or not the manager hears it, the work goes on.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_manager:
        to_manager.sendto(state.encode(), address)
