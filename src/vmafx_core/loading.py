"""Loading modules, which is most of the time that a program takes to start."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load what is imported in the block without collecting garbage.

    What modules are made of stays. To search it for what is not needed any more, again and again
    while it grows, is a tenth of the time, and comes to nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
