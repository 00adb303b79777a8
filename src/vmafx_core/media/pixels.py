"""What a pixel format is: its chroma sampling, its depth, and how it lies in memory."""

import re
from dataclasses import dataclass
from functools import cache

import av
from av.video.format import VideoFormat
from av.video.format import names as format_names

from vmafx_core.errors import UnknownNameError
from vmafx_core.media.types import Chroma, PictureFormat

# Luma in a plane of its own, as bytes or little-endian words with the value in the low bits.
_PLAIN_LUMA = re.compile(r"(yuv[aj]?4\d\dp|gray)(\d+le)?|nv(12|16|21|24|42)")
# The chroma likewise, sampled in one of the ways that libvmaf knows.
_PLAIN_PLANES = re.compile(r"yuv[aj]?(420|422|444)p(\d+le)?|gray(\d+le)?")

# By the (width, height) of the chroma of 64 x 64 luma samples. The rarer ones are given the
# sampling that keeps all of their chroma, or the most of it.
_SAMPLINGS = {
    (64, 64): Chroma.C444,
    (64, 32): Chroma.C444,  # 4:4:0
    (32, 64): Chroma.C422,
    (16, 64): Chroma.C422,  # 4:1:1
    (32, 32): Chroma.C420,
    (16, 16): Chroma.C420,  # 4:1:0
}


@dataclass(frozen=True, slots=True)
class Pixels:
    """What there is to know of one pixel format.

    Attributes:
        name: FFmpeg's name.
        chroma: Chroma sampling; of rare samplings the nearest that libvmaf has.
        depth: Bits a sample, at least 8.
        alpha: Whether there is a transparency channel.
        plain_luma: Whether the first plane is luma alone, just as libvmaf wants it.
        plain_planes: Whether that holds for luma and both chroma planes.
    """

    name: str
    chroma: Chroma
    depth: int
    alpha: bool
    plain_luma: bool
    plain_planes: bool

    def fits(self, picture: PictureFormat) -> bool:
        """Whether the first planes can be handed on as `picture` without any conversion."""
        if self.depth != picture.depth:
            return False
        if picture.chroma is Chroma.GRAY:
            return self.plain_luma
        return self.plain_planes and self.chroma is picture.chroma


@cache
def pixels(name: str) -> Pixels:
    """Describe the pixel format called `name`.

    Raises:
        UnknownNameError: There is no such pixel format.
    """
    if name not in known_formats():
        raise UnknownNameError.of(
            "pixel format", name, known_formats(), "Use one of FFmpeg's names, such as yuv420p."
        )
    fmt = VideoFormat(name)
    samples = [c for c in fmt.components if not c.is_alpha]
    if fmt.is_rgb or fmt.has_palette or fmt.is_bayer or name.startswith("xyz"):
        chroma = Chroma.RGB
    elif len(samples) == 1:
        chroma = Chroma.GRAY
    else:
        chroma = _SAMPLINGS[fmt.chroma_width(64), fmt.chroma_height(64)]
    return Pixels(
        name=name,
        chroma=chroma,
        depth=max(8, *(c.bits for c in samples)),
        alpha=len(samples) < len(fmt.components),
        plain_luma=_PLAIN_LUMA.fullmatch(name) is not None,
        plain_planes=_PLAIN_PLANES.fullmatch(name) is not None,
    )


def is_upside_down(frame: av.VideoFrame) -> bool:
    """Whether the rows of a picture lie in memory from its last to its first."""
    return any(plane.line_size < 0 for plane in frame.planes)


@cache
def known_formats() -> tuple[str, ...]:
    """The names of all pixel formats that hold samples (and not a device's handle), sorted."""
    return tuple(sorted(n for n in format_names if VideoFormat(n).components))
