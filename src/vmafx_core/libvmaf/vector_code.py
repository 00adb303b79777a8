"""Which of libvmaf's vector code is not used, as it is wrong for narrow pictures.

In libvmaf 3.2 the AVX2 and AVX-512 code of `adm` goes wrong at the right edge of a scale that has
one column more than a multiple of four. In most pictures that edge is among what the feature leaves
out (a tenth on each side); in those of up to 532 columns it is not, and VMAF is off by a hundredth
to tens, or different from run to run. All widths from 33, the least that `adm` takes, to 580, and
usual ones above, were compared with the code in C, with models of both kinds; no other feature was
off.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Bits of `VmafConfiguration.cpumask` on x86: AVX2, AVX-512, and AVX-512 of Ice Lake.
_AVX = 0x38
_SCALES = 4
_WIDEST = 532
# In a scale of more columns, what is wrong is left out.
_MOST_COLUMNS = 136


def goes_wrong(width: int) -> bool:
    """Whether it does for pictures of that width."""
    columns = (-(-width >> scale) for scale in range(1, _SCALES + 1))
    odd = any(number % 4 == 1 and number <= _MOST_COLUMNS for number in columns)
    return width <= _WIDEST and odd


class VectorCode:
    """Says which vector code a context is to leave out.

    libvmaf keeps that for the whole process, and contexts look at it as pictures come: for as long
    as one is open that must do without, all that are opened do.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._without = 0

    @contextmanager
    def opening(self, width: int) -> Iterator[int]:
        """Open a context for pictures of that width meanwhile, with this `cpumask`."""
        with self._lock:
            without = goes_wrong(width)
            yield _AVX if without or self._without else 0
            self._without += without

    def close(self, width: int) -> None:
        """Note that a context for such pictures was closed."""
        with self._lock:
            self._without -= goes_wrong(width)


VECTOR_CODE = VectorCode()
"""That of this process."""
