"""How the C library keeps memory that is freed; for programs, not for libraries, to settle.

By itself, glibc maps large blocks one by one, as pictures are, and unmaps them when they are freed;
but once such a block was freed, it takes the next ones of that size from its heap. Neither suits
everybody. Other C libraries are left as they are.
"""

import ctypes
import sys

# Of <malloc.h> in glibc.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

_MIB = 1 << 20


def keep_freed_memory() -> None:
    """Keep some of what is freed for the next picture, rather than have it mapped anew.

    Mapping it again, page by page, takes as long as everything else that a daemon does with a
    picture that goes through it.
    """
    _settle(large=32 * _MIB, kept=32 * _MIB)


def keep_no_pictures() -> None:
    """Map every picture by itself, always.

    Among pictures of the heap, what lives for long leaves gaps that no other fits in, and a long
    video takes more memory than a short one.
    """
    _settle(large=_MIB, kept=_MIB)


def _settle(*, large: int, kept: int) -> None:
    """Map blocks of so many bytes by themselves; and keep at most so many at the heap's end."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, large)
        mallopt(_M_TRIM_THRESHOLD, kept)
