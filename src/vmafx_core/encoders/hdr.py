"""HDR10's static metadata: read from pictures, written in the words of encoders.

The mastering display's colours and luminance are those of SMPTE ST 2086, the light levels those of
CTA-861.3. FFmpeg holds them as rationals; x264 and x265 want units of 0.00002 and of 0.0001
cd/m2, SVT-AV1 plain decimals.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction

import av
from av.sidedata.sidedata import Type

_COLOUR_UNIT = Fraction(1, 50_000)
_LUMINANCE_UNIT = Fraction(1, 10_000)
# AVMasteringDisplayMetadata: ten rationals, and whether the colours and the luminance are set.
_MASTERING = struct.Struct("=20i2i")
_LIGHT = struct.Struct("=2I")


@dataclass(frozen=True, slots=True)
class Mastering:
    """The display on which a video was mastered.

    Attributes:
        colours: CIE 1931 x and y of red, green, blue and white, in this order.
        luminance: Lowest and highest, in cd/m2.
    """

    colours: tuple[tuple[Fraction, Fraction], ...]
    luminance: tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Hdr:
    """The static metadata of HDR10; either part may be absent.

    Attributes:
        mastering: The mastering display.
        light: Highest light level of the content and of any frame's average, in cd/m2.
    """

    mastering: Mastering | None
    light: tuple[int, int] | None

    def x264_params(self) -> str:
        """As x264 takes it, within `x264-params`."""
        display = [f"mastering-display={self._in_units()}"] if self.mastering else []
        light = [f"cll={self.light[0]},{self.light[1]}"] if self.light else []
        return ":".join(display + light)

    def x265_params(self) -> str:
        """As x265 takes it, within `x265-params`."""
        display = [f"master-display={self._in_units()}"] if self.mastering else []
        light = [f"max-cll={self.light[0]},{self.light[1]}"] if self.light else []
        return ":".join((*display, *light, "hdr10=1", "repeat-headers=1"))

    def svt_params(self) -> str:
        """As SVT-AV1 takes it, within `svtav1-params`."""
        words = []
        if self.mastering:
            red, green, blue, white = (
                f"({float(x):.5f},{float(y):.5f})" for x, y in self.mastering.colours
            )
            low, high = (f"{float(v):.4f}" for v in self.mastering.luminance)
            words.append(f"mastering-display=G{green}B{blue}R{red}WP{white}L({high},{low})")
        if self.light:
            words.append(f"content-light={self.light[0]},{self.light[1]}")
        return ":".join(words)

    def _in_units(self) -> str:
        """The mastering display in the whole units of ST 2086."""
        if not self.mastering:
            return ""
        red, green, blue, white = (
            f"({round(x / _COLOUR_UNIT)},{round(y / _COLOUR_UNIT)})"
            for x, y in self.mastering.colours
        )
        low, high = (round(v / _LUMINANCE_UNIT) for v in self.mastering.luminance)
        return f"G{green}B{blue}R{red}WP{white}L({high},{low})"


def hdr_of(frame: av.VideoFrame) -> Hdr | None:
    """The static metadata that a picture carries; None where it carries none."""
    sides = {side.type: bytes(side) for side in frame.side_data.values()}
    mastering = _mastering(sides.get(Type.MASTERING_DISPLAY_METADATA, b""))
    light = sides.get(Type.CONTENT_LIGHT_LEVEL, b"")
    levels = _LIGHT.unpack_from(light) if len(light) >= _LIGHT.size else None
    return Hdr(mastering, levels) if mastering or levels else None


def _mastering(data: bytes) -> Mastering | None:
    if len(data) < _MASTERING.size:
        return None
    *numbers, has_colours, has_luminance = _MASTERING.unpack_from(data)
    if not has_colours or not has_luminance or 0 in numbers[1::2]:
        return None
    values = [Fraction(n, d) for n, d in zip(numbers[::2], numbers[1::2], strict=True)]
    pairs = tuple((values[i], values[i + 1]) for i in range(0, 8, 2))
    return Mastering(pairs, (values[8], values[9]))
