"""Encoding frames into an open container, in process."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from vmafx_core.encoders.contract import NESTED_ENDING, Encoder
from vmafx_core.encoders.nested import check_nested
from vmafx_core.encoders.options import check_options, options_of
from vmafx_core.encoders.pictures import Pictures
from vmafx_core.errors import ComponentError, UsageError, VmafxError, WorkError
from vmafx_core.notice import Notice

# SVT-AV1 prints its settings unless this says otherwise, and has no option for it.
os.environ.setdefault("SVT_LOG", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was encoded.

    Attributes:
        frames: Frames that were encoded.
        video_bytes: Bytes of the video packets alone.
        seconds: Wall time.
        pix_fmt: The pixel format that was encoded.
        notices: What there is to tell.
    """

    frames: int
    video_bytes: int
    seconds: float
    pix_fmt: str
    notices: tuple[Notice, ...]


def write_video(
    container: OutputContainer,
    frames: Iterable[av.VideoFrame],
    encoder: Encoder,
    pictures: Pictures,
    *,
    threads: int = 0,
) -> Written:
    """Encode frames into a video stream of a container.

    Colours, aspect, frame rate, times and HDR10 metadata are carried over from the source, as far
    as the encoder takes them.

    Args:
        container: An open container, whose video stream this adds.
        frames: The pictures of the source (its `filters` not yet applied), with their times.
        encoder: The encoder.
        pictures: How they are brought to what it takes.
        threads: Threads for the encoder; 0 for as many as it thinks right.

    Raises:
        UnknownNameError: The encoder has no such option.
        UsageError: It does not take its options' values.
        ComponentError: The encoder is missing here or cannot be opened.
        WorkError: It failed on the way.
        FFmpegError: What is encoded cannot be written.
    """
    began = time.monotonic()
    stream: VideoStream | None = None
    video_bytes = 0
    for frame in pictures.prepared(frames):
        stream = stream or _open(container, encoder, pictures, frame, threads)
        video_bytes += _mux(container, stream, frame, pictures.count)
    video_bytes += _mux(container, cast(VideoStream, stream), None, pictures.count)
    return Written(
        frames=pictures.count,
        video_bytes=video_bytes,
        seconds=time.monotonic() - began,
        pix_fmt=pictures.setting.pix_fmt,
        notices=pictures.notices,
    )


def _mux(
    container: OutputContainer, stream: VideoStream, frame: av.VideoFrame | None, count: int
) -> int:
    """Encode a picture, or what the encoder still holds; returns the bytes that came."""
    try:
        packets = stream.encode(frame)
    except (av.FFmpegError, ValueError) as error:
        raise WorkError(
            f"encoding with {stream.codec_context.name} failed after {count} pictures: "
            f"{getattr(error, 'strerror', None) or error}",
            "Look at the encoder's options, or choose another preset or encoder.",
        ) from error
    size = sum(packet.size for packet in packets)
    container.mux(packets)
    return size


def _open(
    container: OutputContainer,
    encoder: Encoder,
    pictures: Pictures,
    first: av.VideoFrame,
    threads: int,
) -> VideoStream:
    setting = pictures.setting
    try:
        stream = cast(VideoStream, container.add_stream(encoder.name, rate=pictures.rate))
    except (av.FFmpegError, ValueError) as error:
        raise ComponentError(
            f"the encoder {encoder.name} is not in the FFmpeg that is used here",
            "'vmafx encoders' shows those that are.",
        ) from error
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = (
        pictures.width,
        pictures.height,
        setting.pix_fmt,
    )
    context.time_base = pictures.ticks.base
    context.framerate = pictures.rate
    context.thread_count = threads
    context.sample_aspect_ratio = pictures.aspect
    context.chroma_sample_location = first.chroma_location
    context.color_range = first.color_range
    context.colorspace = first.colorspace
    context.color_primaries = first.color_primaries
    context.color_trc = first.color_trc
    options = options_of(encoder, setting, pictures.hdr)
    check_options(context, encoder.name, options)
    for name, value in setting.options:
        if name.endswith(NESTED_ENDING):
            check_nested(encoder.name, setting.pix_fmt, name, value)
    context.options = options
    try:
        context.open()
    except (av.FFmpegError, ValueError) as error:
        raise _unopened(encoder, pictures, error) from error
    return stream


def _unopened(encoder: Encoder, pictures: Pictures, error: Exception) -> VmafxError:
    """Why an encoder cannot be opened, as far as that can be told."""
    told = (
        f"{encoder.name} cannot be opened for {pictures.width}x{pictures.height} "
        f"{pictures.setting.pix_fmt}: {getattr(error, 'strerror', None) or error}"
    )
    if isinstance(error, av.ArgumentError) and pictures.setting.options:
        given = ", ".join(f"{n}={v}" for n, v in pictures.setting.options)
        return UsageError(f"{told}; its options are {given}", "Look at their values.")
    if encoder.hardware:
        return ComponentError(told, "No device here works; 'vmafx encoders' lists those that do.")
    return ComponentError(told, "'vmafx encoders' says what it takes.")
