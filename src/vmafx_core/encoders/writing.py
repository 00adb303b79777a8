"""Encoding frames into an open container: the one way in which pictures are encoded in process."""

import os
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

import av
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import Encoder, EncodeSetting
from vmafx_core.encoders.hdr import hdr_of
from vmafx_core.encoders.options import check_options, options_of
from vmafx_core.errors import ComponentError, UsageError, WorkError
from vmafx_core.media.convert import Converter
from vmafx_core.media.locations import name_of
from vmafx_core.media.pixels import pixels
from vmafx_core.media.types import Chroma, PictureFormat, VideoInfo

_ASSUMED_RATE = Fraction(25)

# SVT-AV1 prints its settings unless this says otherwise, and has no option for it.
os.environ.setdefault("SVT_LOG", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What went into a container.

    Attributes:
        frames: Frames that were encoded.
        video_bytes: Bytes of the video packets alone.
        seconds: Wall time.
        pix_fmt: The pixel format that was encoded.
        version: The encoder, as far as it says what it is.
    """

    frames: int
    video_bytes: int
    seconds: float
    pix_fmt: str
    version: str


def nearest_pix_fmt(encoder: Encoder, source: VideoInfo) -> str:
    """The pixel format of `encoder` that keeps most of the source: depth first, then chroma."""
    chroma = Chroma.C444 if source.chroma is Chroma.RGB else source.chroma

    def loss(name: str) -> tuple[bool, int, bool]:
        form = pixels(name)
        return form.depth < source.depth, abs(form.depth - source.depth), form.chroma is not chroma

    return min(encoder.pix_fmts, key=loss)


def write_video(
    container: OutputContainer,
    frames: Iterable[av.VideoFrame],
    source: VideoInfo,
    setting: EncodeSetting,
    *,
    threads: int = 0,
    key_frames: Collection[int] = (),
) -> Written:
    """Encode frames into a video stream of a container.

    Colours, aspect, frame rate, times and HDR10 metadata are carried over from the source.

    Args:
        container: An open container, whose video stream this adds.
        frames: The pictures of `source` (its `filters` not yet applied), with their times.
        source: The video that they are of.
        setting: How to encode.
        threads: Threads for the encoder; 0 for as many as it thinks right.
        key_frames: Frames, counted from 0, that have to be key frames.

    Raises:
        UsageError: The encoder cannot follow the setting.
        ComponentError: The encoder is missing here or cannot be opened.
        WorkError: It failed on the way.
        FFmpegError: What is encoded cannot be written.
    """
    encoder = find_encoder(setting.encoder)
    encoder.check(setting)
    setting = replace(setting, pix_fmt=setting.pix_fmt or nearest_pix_fmt(encoder, source))
    began = time.monotonic()
    sink = _Sink(container, encoder, setting, source, threads)
    converter = sink.converter
    for frame in frames:
        for ready in converter.push(frame):
            sink.put(ready, key=sink.frames in key_frames)
    for ready in converter.flush():
        sink.put(ready, key=sink.frames in key_frames)
    sink.finish()
    return Written(
        frames=sink.frames,
        video_bytes=sink.video_bytes,
        seconds=time.monotonic() - began,
        pix_fmt=setting.pix_fmt,
        version=version_of(encoder),
    )


def version_of(encoder: Encoder) -> str:
    """What encodes: FFmpeg's libraries, which bring the encoder with them."""
    return f"{encoder.name} of FFmpeg {av.ffmpeg_version_info}"


class _Sink:
    """A video stream being written."""

    def __init__(
        self,
        container: OutputContainer,
        encoder: Encoder,
        setting: EncodeSetting,
        source: VideoInfo,
        threads: int,
    ) -> None:
        self._container = container
        self._encoder = encoder
        self._setting = setting
        self._source = source
        self._threads = threads
        self._rate = source.frame_rate or _ASSUMED_RATE
        width, height = setting.size or (source.width, source.height)
        form = pixels(setting.pix_fmt)
        if form.chroma is Chroma.C420 and (width % 2 or height % 2):
            raise UsageError(
                f"{encoder.name} cannot encode {width}x{height} as {setting.pix_fmt}: "
                "4:2:0 needs an even width and height",
                f"Crop or scale to {width & ~1}x{height & ~1} first, with --crop.",
            )
        self._picture = PictureFormat(width, height, form.chroma, form.depth)
        self.converter = Converter(source, self._filters(), self._picture)
        self._stream: VideoStream | None = None
        self._base = Fraction(1)
        self._last: int | None = None
        self.frames = 0
        self.video_bytes = 0

    def _filters(self) -> str:
        source, picture = self._source, self._picture
        steps = [source.filters] if source.filters else []
        if (picture.width, picture.height) != (source.width, source.height):
            steps.append(f"scale={picture.width}:{picture.height}:flags=bicubic")
        if steps or picture.pix_fmt != source.pix_fmt:
            steps.append(f"format={picture.pix_fmt}")
        # Encoding changes the times of frames: what is encoded are references to the pictures.
        return ",".join(steps or ["null"])

    def put(self, frame: av.VideoFrame, *, key: bool) -> None:
        """Encode the next picture."""
        if self._setting.pix_fmt != self._picture.pix_fmt:
            # The same samples, as devices want them laid out: NV12, P010.
            frame = frame.reformat(format=self._setting.pix_fmt)
        if self._stream is None:
            self._stream = self._open(frame)
        when = Fraction(frame.pts or 0) * Fraction(frame.time_base.num, frame.time_base.den)
        ticks = round(when / self._base)
        # Times that are rounded to the frame rate must not meet.
        frame.pts = ticks if self._last is None else max(ticks, self._last + 1)
        frame.time_base = self._base
        self._last = frame.pts
        frame.pict_type = PictureType.I if key else PictureType.NONE
        self.frames += 1
        self._mux(frame)

    def finish(self) -> None:
        """Encode what the encoder still holds."""
        if self._stream is None:
            raise WorkError(f"{name_of(self._source.location)}: there is no picture to encode")
        self._mux(None)

    def _mux(self, frame: av.VideoFrame | None) -> None:
        stream = cast(VideoStream, self._stream)
        try:
            packets = stream.encode(frame)
        except (av.FFmpegError, ValueError) as error:
            raise WorkError(
                f"{name_of(self._source.location)}: encoding with {self._encoder.name} failed "
                f"after {self.frames} pictures: {getattr(error, 'strerror', None) or error}",
                "Look at the encoder's options, or choose another preset or encoder.",
            ) from error
        for packet in packets:
            self.video_bytes += packet.size
            self._container.mux(packet)

    def _open(self, frame: av.VideoFrame) -> VideoStream:
        name = self._encoder.name
        try:
            stream = cast(VideoStream, self._container.add_stream(name, rate=self._rate))
        except (av.FFmpegError, ValueError) as error:
            raise ComponentError(
                f"the encoder {name} is not in the FFmpeg that is used here",
                "'vmafx encoders' shows those that are.",
            ) from error
        context = stream.codec_context
        context.width, context.height = self._picture.width, self._picture.height
        context.pix_fmt = self._setting.pix_fmt
        own = Fraction(frame.time_base.num, frame.time_base.den)
        self._base = own if self._source.variable_rate else 1 / self._rate
        context.time_base = self._base
        context.framerate = self._rate
        context.thread_count = self._threads
        context.sample_aspect_ratio = self.aspect
        context.color_range = frame.color_range
        context.colorspace = frame.colorspace
        context.color_primaries = frame.color_primaries
        context.color_trc = frame.color_trc
        options = options_of(self._encoder, self._setting, hdr_of(frame))
        check_options(context, name, options)
        context.options = options
        try:
            context.open()
        except (av.FFmpegError, ValueError) as error:
            told = ", ".join(f"{n}={v}" for n, v in self._setting.options)
            raise ComponentError(
                f"{name} cannot be opened for {self._picture.width}x{self._picture.height} "
                f"{self._setting.pix_fmt}: {getattr(error, 'strerror', None) or error}",
                f"Look at its options: {told}." if told else "'vmafx encoders' says what it takes.",
            ) from error
        return stream

    @property
    def aspect(self) -> Fraction:
        """The sample aspect ratio that keeps the picture's shape at the size that is encoded."""
        source, picture = self._source, self._picture
        shape = Fraction(source.width, source.height) * source.sample_aspect
        aspect = shape / Fraction(picture.width, picture.height)
        # Even sizes are a little off; that is no other shape.
        return Fraction(1) if abs(aspect - 1) < Fraction(1, 50) else aspect.limit_denominator(255)
