"""Raw video: its geometry from flags or from the file's name, checked against the file's size."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath

from av.video.format import VideoFormat

from vmafx_core.errors import InputError
from vmafx_core.media.locations import name_of
from vmafx_core.media.pixels import known_formats, pixels
from vmafx_core.media.types import ASSUMED_RATE, InputSpec
from vmafx_core.notice import Notice, counted, info

ENDINGS = frozenset({".yuv", ".raw", ".rgb", ".rgba", ".bgr", ".gray", ".nv12", ".p010", ".i420"})

_SIZE = re.compile(r"(?<!\d)(\d{2,5})[xX](\d{2,5})(?!\d)")
_RATE = re.compile(r"(?<![\d.])(\d{1,3}(?:[.]\d{1,3})?)(?:fps|hz)(?![a-z])", re.IGNORECASE)
_TOKEN = re.compile(r"[^0-9a-z]+")
_SAMPLING = re.compile(r"(?:yuv)?(420|422|444)(?:p|planar)?(?:(\d{1,2})(?:b|bits?|le)?)?")
_DEPTH = re.compile(r"(\d{1,2})(?:b|bits?|bpp|bpc)")
_NAMED_SIZES = {"qcif": (176, 144), "cif": (352, 288), "4cif": (704, 576), "sif": (352, 240)}
_NICKNAMES = {"i420": "yuv420p", "iyuv": "yuv420p", "p010": "p010le", "y800": "gray"}
_BY_ENDING = {".rgb": "rgb24", ".rgba": "rgba", ".bgr": "bgr24", ".gray": "gray", ".nv12": "nv12"}
_COMMON_FORMATS = ("yuv420p", "yuv420p10le", "yuv422p", "yuv422p10le", "yuv444p", "yuv444p10le")

_NTSC = Fraction(1000, 1001)

DefaultRate = Callable[[], Fraction | None]
"""Gives the frame rate to assume, None where nobody knows; may take as long as another input."""


def no_rate() -> None:
    """The default rate where nobody knows one."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """How to read raw video.

    Attributes:
        width: In samples.
        height: In samples.
        pix_fmt: FFmpeg's name.
        frame_rate: Frames a second.
        rate_known: Whether anything said the frame rate.
        notices: What was assumed.
    """

    width: int
    height: int
    pix_fmt: str
    frame_rate: Fraction
    rate_known: bool
    notices: tuple[Notice, ...] = ()

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        return frame_bytes(self.width, self.height, self.pix_fmt)

    @property
    def options(self) -> dict[str, str]:
        """Options for FFmpeg's rawvideo demuxer."""
        return {
            "video_size": f"{self.width}x{self.height}",
            "pixel_format": self.pix_fmt,
            "framerate": str(self.frame_rate),
        }


def frame_bytes(width: int, height: int, pix_fmt: str) -> int:
    """Bytes of one raw frame as FFmpeg's rawvideo reads it: planes without any padding."""
    fmt = VideoFormat(pix_fmt, width, height)
    planes: dict[int, int] = {}
    for c in fmt.components:
        words = 1 if c.bits <= 8 else 2 if c.bits <= 16 else 4
        planes[c.plane] = planes.get(c.plane, 0) + c.width * c.height * words
    if fmt.is_planar:
        return sum(planes.values())
    return (width * fmt.padded_bits_per_pixel + 7) // 8 * height


def geometry(spec: InputSpec, default_rate: DefaultRate = no_rate) -> Geometry:
    """Settle the geometry of raw video: what `spec` says, else what the file's name says.

    Args:
        spec: The input.
        default_rate: Gives the frame rate where neither says one.

    Raises:
        InputError: The size is nowhere to be found.
        UnknownNameError: There is no such pixel format.
    """
    name = PurePath(spec.location).name
    size = _size_in(name)
    width = spec.width or (size[0] if size else None)
    height = spec.height or (size[1] if size else None)
    if width is None or height is None:
        raise InputError(
            f"{name_of(spec.location)}: raw video, and neither options nor the name say its size",
            "Give --width, --height and --pix-fmt, or name it like clip_1920x1080_yuv420p.yuv.",
        )
    pix_fmt = spec.pix_fmt or _pix_fmt_in(name)
    notices: tuple[Notice, ...] = ()
    if pix_fmt is None:
        pix_fmt = "yuv420p"
        text = f"{name_of(spec.location)}: taken as yuv420p; --pix-fmt says otherwise"
        notices = (info("raw-format", text),)
    pixels(pix_fmt)
    rate = spec.frame_rate or _rate_in(name) or default_rate()
    return Geometry(width, height, pix_fmt, rate or ASSUMED_RATE, rate is not None, notices)


def check_size(location: str, shape: Geometry, size: int) -> None:
    """Check that `size` bytes are a whole number of frames.

    Raises:
        InputError: They are not; the hint names a geometry that would fit, if one does.
    """
    over = size % shape.frame_bytes
    if not over:
        return
    width, height = shape.width, shape.height
    fitting = [
        f
        for f in _COMMON_FORMATS
        if f != shape.pix_fmt and size % frame_bytes(width, height, f) == 0
    ]
    whole = counted(size // shape.frame_bytes, "frame")
    raise InputError(
        f"{location}: {size} bytes are {whole} of {width}x{height} {shape.pix_fmt} "
        f"({shape.frame_bytes} bytes each) and {over} bytes over",
        f"At this size, --pix-fmt {fitting[0]} would fit."
        if fitting
        else "Check --width, --height and --pix-fmt, or whether the file was cut short.",
    )


def _size_in(name: str) -> tuple[int, int] | None:
    if found := _SIZE.search(name):
        return int(found[1]), int(found[2])
    return next((_NAMED_SIZES[t] for t in _TOKEN.split(name.lower()) if t in _NAMED_SIZES), None)


def _rate_in(name: str) -> Fraction | None:
    found = _RATE.search(name)
    if not found or not float(found[1]):
        return None
    rate = Fraction(found[1])
    # People write 23.98, 29.97, 59.94 for 24000/1001 and its kin.
    exact = round(rate) * _NTSC
    return exact if rate.denominator > 1 and abs(exact - rate) < Fraction(1, 100) else rate


def _pix_fmt_in(name: str) -> str | None:
    tokens = _TOKEN.split(name.lower())
    known = known_formats()
    for token in tokens:
        if token in _NICKNAMES:
            return _NICKNAMES[token]
        if token in known:
            return token
    sampling = depth = None
    for token in tokens:
        if found := _SAMPLING.fullmatch(token):
            sampling, depth = found[1], depth or (int(found[2]) if found[2] else None)
        elif found := _DEPTH.fullmatch(token):
            depth = int(found[1])
    ending = PurePath(name).suffix.lower()
    if sampling is None and ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if sampling is None and depth is None:
        return None
    base = f"yuv{sampling or 420}p"
    guess = base if depth in {None, 8} else f"{base}{depth}le"
    return guess if guess in known else None
