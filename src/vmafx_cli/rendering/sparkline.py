"""A line of block characters that shows how a score goes over time."""

import numpy as np

from vmafx_core.scoring.result import Scores

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.:-=+*#"


def sparkline(values: Scores, width: int, *, peaks: bool = False, ascii_only: bool = False) -> str:
    """Draw `values` in at most `width` characters.

    Each character stands for a stretch of frames and shows the lowest score in it, so that a
    short drop stays visible in a long video. Frames without a finite score are blank.

    Args:
        values: One value a frame, shape (frames,).
        width: Characters there are.
        peaks: Whether a stretch shows its highest score instead, where less is better.
        ascii_only: Whether only ASCII may be used.
    """
    seen = np.isfinite(values)
    if width < 1 or not seen.any():
        return ""
    low, high = float(values[seen].min()), float(values[seen].max())
    stretches = zip(
        np.array_split(values, min(width, values.size)),
        np.array_split(seen, min(width, values.size)),
        strict=True,
    )
    extreme = np.max if peaks else np.min
    glyphs = _ASCII if ascii_only else _BLOCKS
    drawn = ""
    for stretch, finite in stretches:
        if not finite.any():
            drawn += " "
            continue
        share = (extreme(stretch[finite]) - low) / (high - low) if high > low else 1.0
        drawn += glyphs[min(len(glyphs) - 1, int(share * len(glyphs)))]
    return drawn
