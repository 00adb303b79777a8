"""A line of block characters that shows how a score goes over time."""

import numpy as np

from vmafx_core.scoring.result import Scores

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.:-=+*#"


def sparkline(values: Scores, width: int, *, ascii_only: bool = False) -> str:
    """Draw `values` in at most `width` characters.

    Each character stands for a stretch of frames and shows the lowest score in it, so that a
    short drop stays visible in a long video. Frames without a finite score are blank.

    Args:
        values: One value a frame, shape (frames,).
        width: Characters there are.
        ascii_only: Whether only ASCII may be used.
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0 or width < 1:
        return ""
    stretches = np.array_split(
        np.where(np.isfinite(values), values, np.inf), min(width, values.size)
    )
    low = np.array([stretch.min() for stretch in stretches])
    span = float(finite.max() - finite.min())
    glyphs = _ASCII if ascii_only else _BLOCKS
    share = (low - finite.min()) / span if span > 0 else np.ones_like(low)
    return "".join(
        glyphs[min(len(glyphs) - 1, int(x * len(glyphs)))] if np.isfinite(x) else " " for x in share
    )
