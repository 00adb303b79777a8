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
_M_ARENA_MAX = -8

# glibc maps what is larger in any case.
_LARGEST = 32 << 20
# What is smaller is kept with packets of any size, as other parts of small pictures are.
_SMALL = 1 << 20
# What FFmpeg and glibc add to a packet, and more.
_ROUND_IT = 64 << 10


def keep_freed_memory() -> None:
    """Keep some of what is freed for the next picture, rather than have it mapped anew.

    Mapping it again, page by page, takes as long as everything else that a daemon does with a
    picture that goes through it; and its workers are watched over, and replaced. All threads share
    one heap: with one each, what one has freed is of no use to the next.
    """
    _settle(_LARGEST, kept=32 << 20, heaps=1)


def keep_no_pictures() -> None:
    """Map large blocks by themselves, always, as those of pictures are.

    Among pictures of the heap, what lives for long leaves gaps that no other fits in, and a long
    video takes more memory than a short one. Packets of what is hardly compressed are smaller:
    those come and go once a picture, and mapping each would take as long as copying a picture.
    """
    _settle(384 << 10, kept=16 << 20)


def keep_packets(size: int) -> None:
    """Keep memory for packets of so many bytes, where nothing that is decoded is kept beside them.

    A packet of raw video is a whole picture, and comes and goes with it. To map each, and to
    enlarge it piece by piece where it comes by a pipe, takes twice as long as its PSNR.
    """
    large = min(max(size + _ROUND_IT, _SMALL), _LARGEST)
    _settle(large, kept=max(16 << 20, 4 * large))


def _settle(large: int, kept: int, heaps: int = 0) -> None:
    """Settle it.

    Args:
        large: Blocks of so many bytes are mapped by themselves.
        kept: How much is kept at the heap's end.
        heaps: Most heaps that threads have between them; 0 for glibc's own choice.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, large)
        mallopt(_M_TRIM_THRESHOLD, kept)
        mallopt(_M_ARENA_MAX, heaps)
