"""Bringing the pictures of a source to what an encoder takes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
from av.video.frame import PictureType

from vmafx_core.encoders.contract import Encoder, EncodeSetting
from vmafx_core.encoders.hdr import Hdr, hdr_of
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.convert import Converter
from vmafx_core.media.locations import name_of
from vmafx_core.media.pixels import pixels
from vmafx_core.media.source import ROUNDING
from vmafx_core.media.types import ASSUMED_RATE, Chroma, PictureFormat, VideoInfo
from vmafx_core.notice import Notice, warning

# How far, in frames, pictures of an even rate may be shown from where they should be.
_STRAY = 0.1


def nearest_pix_fmt(encoder: Encoder, source: VideoInfo) -> str:
    """The pixel format of `encoder` that keeps most of the source: depth first, then chroma."""
    chroma = Chroma.C444 if source.chroma is Chroma.RGB else source.chroma

    def loss(name: str) -> tuple[bool, int, bool]:
        form = pixels(name)
        return form.depth < source.depth, abs(form.depth - source.depth), form.chroma is not chroma

    return min(encoder.pix_fmts, key=loss)


def are_even(times: Sequence[int], base: Fraction, rate: Fraction) -> bool:
    """Whether pictures are shown at the ticks of a frame rate, as far as times are rounded.

    Containers declare rates that are not those of their pictures, Matroska above all.

    Args:
        times: When they are shown, in order.
        base: Seconds that one unit of it is.
        rate: Frames a second.
    """
    ticks = (np.array(times, np.int64) - times[0]) * float(base * rate)
    nearest = np.rint(ticks)
    allowed = max(_STRAY, float(ROUNDING * rate))
    return bool(np.all(np.abs(ticks - nearest) <= allowed) and np.all(np.diff(nearest) > 0))


class Ticks:
    """Counts times from the first one on, in ticks of the frame rate where pictures are even.

    Args:
        rate: Frames a second.
        uneven: Whether the pictures are unevenly spaced: times stay what they are then.

    Attributes:
        base: Seconds of one tick; known with the first time.
    """

    def __init__(self, rate: Fraction, *, uneven: bool) -> None:
        self.base = 1 / rate
        self._uneven = uneven
        self._origin = 0
        self._last: int | None = None

    def of(self, pts: int, base: Fraction) -> int:
        """The next time in ticks, later than the one before.

        Args:
            pts: The time.
            base: Seconds that one unit of it is.
        """
        if self._last is None:
            self._origin = pts
            if self._uneven:
                self.base = base
        ticks = round((pts - self._origin) * base / self.base)
        # Times that are rounded to the frame rate must not meet.
        self._last = ticks if self._last is None else max(ticks, self._last + 1)
        return self._last


class Pictures:
    """Pictures on their way from a source to an encoder: scaled, converted, and timed from 0.

    Args:
        encoder: The encoder.
        setting: How it encodes.
        source: The video that the pictures are of.
        key_frames: Frames, counted from 0, that have to be key frames.
        hdr: The source's HDR10 metadata, for when they are not with the first of these pictures.

    Attributes:
        setting: The setting, with the pixel format that is encoded.
        width: Width that is encoded.
        height: Height that is encoded.
        rate: Frames a second.
        ticks: The pictures' times.
        aspect: Sample aspect ratio that keeps the picture's shape at the size that is encoded.
        count: Pictures so far.
        uneven: Whether the pictures are unevenly spaced.
        hdr: The HDR10 metadata; None where there are none, or until the first picture has some.

    Raises:
        UsageError: The encoder cannot follow the setting.
    """

    def __init__(
        self,
        encoder: Encoder,
        setting: EncodeSetting,
        source: VideoInfo,
        key_frames: Collection[int],
        hdr: Hdr | None = None,
    ) -> None:
        encoder.check(setting)
        pix_fmt = setting.pix_fmt or nearest_pix_fmt(encoder, source)
        self.setting = replace(setting, pix_fmt=pix_fmt)
        self.width, self.height = setting.size or (source.width, source.height)
        self.rate = source.frame_rate or ASSUMED_RATE
        self.ticks = Ticks(self.rate, uneven=source.variable_rate)
        self.aspect = _aspect(source, self.width, self.height)
        self.count = 0
        self.uneven = source.variable_rate
        self.hdr = hdr
        self._encoder = encoder
        self._source = source
        self._key_frames = key_frames
        form = pixels(pix_fmt)
        if form.chroma is Chroma.C420 and (self.width % 2 or self.height % 2):
            raise UsageError(
                f"{encoder.name} cannot encode {self.width}x{self.height} as {pix_fmt}: "
                "4:2:0 needs an even width and height",
                f"Crop to {max(self.width & ~1, 2)}x{max(self.height & ~1, 2)}, with --crop.",
            )
        self._picture = PictureFormat(self.width, self.height, form.chroma, form.depth)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What there is to tell once the first picture is known."""
        if not self.hdr or self._encoder.hdr10:
            return ()
        text = (
            f"{name_of(self._source.location)}: its HDR10 metadata is not passed on to "
            f"{self._encoder.name}, and the encode may lack it"
        )
        return (warning("hdr10-not-passed-on", text),)

    def prepared(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """The pictures as they are encoded, each a reference of its own.

        Raises:
            WorkError: There are none.
        """
        converter = Converter(self._source, self._filters(), self._picture)
        for frame in frames:
            yield from map(self._timed, converter.push(frame))
        yield from map(self._timed, converter.flush())
        if not self.count:
            raise WorkError(f"{name_of(self._source.location)}: there is no picture to encode")

    def _filters(self) -> str:
        source, picture = self._source, self._picture
        steps = [source.filters] if source.filters else []
        if (picture.width, picture.height) != (source.width, source.height):
            steps.append(f"scale={picture.width}:{picture.height}:flags=bicubic")
        if steps or picture.pix_fmt != source.pix_fmt:
            steps.append(f"format={picture.pix_fmt}")
        # Encoding changes the times of frames: what is encoded are references to the pictures.
        return ",".join(steps or ["null"])

    def _timed(self, frame: av.VideoFrame) -> av.VideoFrame:
        if not self.count:
            self.hdr = hdr_of(frame) or self.hdr
        if self.setting.pix_fmt != self._picture.pix_fmt:
            # The same samples, as devices want them laid out: NV12, P010.
            frame = frame.reformat(format=self.setting.pix_fmt)
        own = Fraction(frame.time_base.num, frame.time_base.den)
        frame.pts = self.ticks.of(frame.pts or 0, own)
        frame.time_base = self.ticks.base
        frame.pict_type = PictureType.I if self.count in self._key_frames else PictureType.NONE
        self.count += 1
        return frame


def _aspect(source: VideoInfo, width: int, height: int) -> Fraction:
    if (width, height) == (source.width, source.height):
        return source.sample_aspect
    shape = Fraction(source.width, source.height) * source.sample_aspect
    aspect = shape / Fraction(width, height)
    # Even sizes are a little off; that is no other shape.
    return Fraction(1) if abs(aspect - 1) < Fraction(1, 50) else aspect.limit_denominator(255)
