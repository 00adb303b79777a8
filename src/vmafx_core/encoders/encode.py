"""Encoding frames into memory."""

import io
import time
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import cast

import av
from av.video.stream import VideoStream

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import Encoder, EncodeSetting
from vmafx_core.encoders.encoded import Encoded
from vmafx_core.errors import WorkError
from vmafx_core.media.convert import Converter
from vmafx_core.media.pixels import pixels
from vmafx_core.media.types import Chroma, PictureFormat, VideoInfo

_ASSUMED_RATE = Fraction(25)


def nearest_pix_fmt(encoder: Encoder, source: VideoInfo) -> str:
    """The pixel format of `encoder` that keeps most of the source: depth first, then chroma."""
    chroma = Chroma.C444 if source.chroma is Chroma.RGB else source.chroma

    def loss(name: str) -> tuple[bool, int, bool]:
        form = pixels(name)
        return form.depth < source.depth, abs(form.depth - source.depth), form.chroma is not chroma

    return min(encoder.pix_fmts, key=loss)


def encode(
    frames: Iterable[av.VideoFrame],
    source: VideoInfo,
    setting: EncodeSetting,
    *,
    threads: int = 0,
) -> Encoded:
    """Encode frames into memory.

    Args:
        frames: The pictures of `source` (its `filters` not yet applied), with their times.
        source: The video that they are of; its rate, colours and aspect are carried over.
        setting: How to encode.
        threads: Threads for the encoder; 0 for as many as it thinks right.

    Raises:
        UsageError: The encoder cannot follow the setting.
        ComponentError: The encoder is missing here or cannot be opened.
        WorkError: It failed on the way.
    """
    encoder = find_encoder(setting.encoder)
    encoder.check(setting)
    setting = replace(setting, pix_fmt=setting.pix_fmt or nearest_pix_fmt(encoder, source))
    began = time.monotonic()
    width, height = setting.size or (source.width, source.height)
    form = pixels(setting.pix_fmt)
    picture = PictureFormat(width, height, form.chroma, form.depth)
    steps = [source.filters] if source.filters else []
    if (width, height) != (source.width, source.height):
        steps.append(f"scale={width}:{height}:flags=bicubic")
    if steps or setting.pix_fmt != source.pix_fmt:
        steps.append(f"format={setting.pix_fmt}")
    # Encoding changes the times of frames: what is encoded are references to the pictures.
    steps = steps or ["null"]
    converter = Converter(source, ",".join(steps), picture)
    sink = io.BytesIO()
    count = video_bytes = 0
    try:
        with av.open(sink, "w", format="matroska") as container:
            rate = source.frame_rate or _ASSUMED_RATE
            stream = _stream(container, encoder, setting, rate, picture)
            stream.codec_context.thread_count = threads
            for frame in frames:
                for ready in converter.push(frame):
                    ready.pict_type = av.video.frame.PictureType.NONE
                    count += 1
                    for packet in stream.encode(ready):
                        video_bytes += packet.size
                        container.mux(packet)
            for ready in converter.flush():
                count += 1
                for packet in stream.encode(ready):
                    video_bytes += packet.size
                    container.mux(packet)
            for packet in stream.encode(None):
                video_bytes += packet.size
                container.mux(packet)
    except (av.FFmpegError, ValueError) as exc:
        raise WorkError(f"{setting.encoder}: encoding failed: {exc}") from exc
    return Encoded(
        data=sink.getvalue(),
        video_bytes=video_bytes,
        frames=count,
        seconds=time.monotonic() - began,
        pix_fmt=setting.pix_fmt,
        version=av.ffmpeg_version_info,
    )


def _stream(
    container: av.container.OutputContainer,
    encoder: Encoder,
    setting: EncodeSetting,
    rate: Fraction,
    picture: PictureFormat,
) -> VideoStream:
    stream = cast(VideoStream, container.add_stream(encoder.name, rate=rate))
    context = stream.codec_context
    context.width, context.height = picture.width, picture.height
    context.pix_fmt = setting.pix_fmt
    context.time_base = 1 / rate
    options = dict(encoder.fixed)
    options[encoder.knob.name] = f"{setting.quality:g}"
    if encoder.presets:
        options[encoder.preset_option] = setting.preset or encoder.default_preset
    if setting.keyframe_interval:
        context.gop_size = setting.keyframe_interval
    context.options = options | dict(setting.options)
    return stream
