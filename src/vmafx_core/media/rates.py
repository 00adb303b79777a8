"""Whether the frame rates of two videos allow pairing their frames by index."""

from enum import StrEnum

from vmafx_core.media.types import VideoInfo

# 23.976 and 24 differ by 0.1 %: usually the same frames under another label.
_SAME = 1e-4
_LABEL = 5e-3
# Averages of variable-rate streams come from rounded timestamps and odd last frames.
_VARIABLE_LABEL = 5e-2


class Rates(StrEnum):
    """How two frame rates relate."""

    SAME = "same"
    """One rate, or none known."""
    LABEL = "label"
    """Near enough to be one rate written in two ways; a warning is due."""
    DIFFERENT = "different"
    """Frames of equal index show different moments."""


def compare_rates(reference: VideoInfo, distorted: VideoInfo) -> Rates:
    """Compare the frame rates of two videos.

    Of videos with a variable rate, equal frame counts tell more than the rates do.
    """
    ours, theirs = reference.frame_rate, distorted.frame_rate
    if ours is None or theirs is None:
        return Rates.SAME
    apart = abs(float(ours / theirs) - 1)
    if apart <= _SAME:
        return Rates.SAME
    variable = reference.variable_rate or distorted.variable_rate
    if variable and reference.frame_count and reference.frame_count == distorted.frame_count:
        return Rates.SAME
    if _is_nominal(reference, distorted) or _is_nominal(distorted, reference):
        return Rates.LABEL
    if apart <= (_VARIABLE_LABEL if variable else _LABEL):
        return Rates.LABEL
    return Rates.DIFFERENT


def _is_nominal(video: VideoInfo, other: VideoInfo) -> bool:
    """Whether the rate of `video` may be an encoder's default, and the same frames as `other`'s.

    Matroska repeats the rate that it was told, and neither counts its frames nor averages them.
    """
    return "matroska" in video.container and video.frame_count is None and other.variable_rate
