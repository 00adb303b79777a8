"""Loading the daemon, which is most of the time that its start takes."""

import gc
from types import ModuleType


def server() -> ModuleType:
    """The module `vmafx_daemon.server`.

    What modules are made of stays. To search it for what is not needed any more, again and again
    while it grows, is a tenth of the time, and comes to nothing.
    """
    gc.disable()
    try:
        import vmafx_daemon.server  # noqa: PLC0415  # this is where it is loaded
    finally:
        gc.freeze()
        gc.enable()
    return vmafx_daemon.server
