"""How the C library keeps memory that is freed, for processes through which pictures go."""

import ctypes
import sys

# Of <malloc.h> in glibc.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

_KEPT = 32 << 20
_LARGEST = 32 << 20  # of what glibc takes from what it keeps


def keep_freed_memory() -> None:
    """Keep some of what is freed for the next picture, rather than have it mapped anew.

    By itself, glibc gives memory for pictures back as soon as they are freed; mapping it again,
    page by page, takes as long as everything else that a daemon does with a picture. Other C
    libraries are left as they are.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
