"""Drawing what a report shows of frames: differences, where people look, and the JPEGs of them."""

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from vmafx_core.scoring.result import Scores

WIDTH = 640
"""Widest picture, in samples."""
DIFFERENCE_GAIN = 8
"""How many times a difference of luma is amplified before it is coloured."""

# Black, violet, red, orange, pale yellow: brightness rises all the way, so grey prints stay right.
_COLOUR_STOPS = np.array(
    [(0, 0, 0), (80, 18, 123), (200, 45, 70), (252, 150, 20), (252, 255, 190)], np.float32
)

Luma = npt.NDArray[np.float32]
"""Samples from 0 to 255, shape (height, width)."""


def difference(reference: Luma, distorted: Luma) -> av.VideoFrame:
    """Where two pictures differ, from black (equal) to pale yellow."""
    return _frame(_coloured(np.abs(reference - distorted) * (DIFFERENCE_GAIN / 255)))


def heat(weights: Scores, luma: Luma) -> av.VideoFrame:
    """Where people look in a picture, in colours over its grey.

    Args:
        weights: A weight a sample; the greatest is pale yellow.
        luma: The picture.
    """
    share = weights / max(float(weights.max()), np.finfo(np.float64).tiny)
    return _frame((luma[..., np.newaxis] + _coloured(share)) / 2)


def _coloured(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Values from 0 to 1, and those beyond, as RGB from 0 to 255."""
    steps = len(_COLOUR_STOPS) - 1
    place = np.clip(values, 0, 1) * steps
    stop = np.minimum(place.astype(np.intp), steps - 1)
    share = (place - stop)[..., np.newaxis]
    rgb: npt.NDArray[np.floating] = (
        _COLOUR_STOPS[stop] * (1 - share) + _COLOUR_STOPS[stop + 1] * share
    )
    return rgb


def _frame(rgb: npt.NDArray[np.floating]) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(rgb.round().astype(np.uint8), format="rgb24")


def jpeg(frame: av.VideoFrame, aspect: Fraction) -> bytes:
    """A picture as a JPEG of at most `WIDTH`, with square samples."""
    shrink = min(Fraction(1), WIDTH / (frame.width * aspect))
    width = max(2, round(frame.width * aspect * shrink / 2) * 2)
    height = max(2, round(frame.height * shrink / 2) * 2)
    # JPEG's matrix is BT.601 over the full range; an untagged picture has its size's usual one.
    usual = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
    tagged = frame.colorspace in {matrix.value for matrix in Colorspace}
    small = frame.reformat(
        width,
        height,
        "yuvj420p",
        src_colorspace=frame.colorspace if tagged else usual,
        dst_colorspace=Colorspace.ITU601,
        src_color_range=frame.color_range,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
    )
    small.pts = 0
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.options = {"qmin": "3", "qmax": "3"}
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
