"""What an opened video turned out to be, from its container and its first picture."""

from fractions import Fraction

import av
from av.video.stream import VideoStream

from vmafx_core.media import color, orientation
from vmafx_core.media.opened import Opened
from vmafx_core.media.pixels import pixels
from vmafx_core.media.timeline import comes_in_fields, is_variable, rate_of
from vmafx_core.media.types import InputSpec, VideoInfo

_AV_SECOND = 1_000_000


def describe(spec: InputSpec, opened: Opened, frame: av.VideoFrame) -> VideoInfo:
    """Describe the video whose first decoded picture is `frame`.

    Raises:
        UsageError: The crop asked for does not lie inside the pictures.
        InputError: Its pictures mean nothing by themselves.
    """
    stream = opened.stream
    color.check_viewable(stream, spec.location)
    form = pixels(frame.format.name)
    crop = orientation.container_crop(stream, frame)
    degrees, turn = orientation.display_turn(stream, frame)
    width, height = (crop.width, crop.height) if crop else (frame.width, frame.height)
    aspect = _sample_aspect(stream)
    if degrees in {90, 270}:
        width, height, aspect = height, width, 1 / aspect
    orientation.check_crop(spec, width, height)
    filters = [
        orientation.deinterlacer(spec, interlaced=frame.interlaced_frame),
        orientation.crop_filter(crop) if crop else "",
        turn,
        orientation.crop_filter(spec.crop) if spec.crop else "",
    ]
    duration = _duration(opened)
    fields = comes_in_fields(stream, frame)
    return VideoInfo(
        location=spec.location,
        container=opened.container.format.name,
        codec=stream.codec_context.codec.canonical_name,
        width=spec.crop.width if spec.crop else width,
        height=spec.crop.height if spec.crop else height,
        coded_width=frame.width,
        coded_height=frame.height,
        pix_fmt=form.name,
        chroma=form.chroma,
        depth=form.depth,
        frame_rate=_frame_rate(spec, opened, fields=fields),
        variable_rate=spec.frame_rate is None and is_variable(stream),
        frame_count=_frame_count(opened, fields=fields),
        duration=duration,
        bit_rate=_bit_rate(opened, duration),
        color_range=color.range_of(frame),
        matrix=color.matrix_of(frame),
        primaries=color.primaries_of(frame),
        transfer=color.transfer_of(frame),
        rotation=degrees,
        interlaced=frame.interlaced_frame,
        sample_aspect=aspect,
        filters=",".join(f for f in filters if f),
    )


def _frame_rate(spec: InputSpec, opened: Opened, *, fields: bool) -> Fraction | None:
    if spec.frame_rate:
        return spec.frame_rate
    if opened.geometry:
        return opened.geometry.frame_rate if opened.geometry.rate_known else None
    rate = rate_of(opened.stream)
    return rate / 2 if rate and fields else rate


def _sample_aspect(stream: VideoStream) -> Fraction:
    aspect = stream.sample_aspect_ratio
    if not aspect or aspect.numerator <= 0 or aspect.denominator <= 0:
        return Fraction(1)
    return Fraction(aspect.numerator, aspect.denominator)


def _duration(opened: Opened) -> float | None:
    stream = opened.stream
    if stream.duration:
        return float(stream.duration * stream.time_base)
    total = opened.container.duration
    return total / _AV_SECOND if total else None


def _bit_rate(opened: Opened, duration: float | None) -> int | None:
    known = opened.stream.codec_context.bit_rate or opened.container.bit_rate
    if known:
        return known
    size = None if opened.pipe else opened.size
    return round(size * 8 / duration) if size and duration else None


def _frame_count(opened: Opened, *, fields: bool) -> int | None:
    """Frames by the container's own count: mp4's sample table, or raw video's size."""
    if fields:
        return None  # some may be in one packet
    stream, size = opened.stream, opened.size
    if opened.geometry:
        return size // opened.geometry.frame_bytes if size and not opened.pipe else None
    entries = stream.index_entries
    if stream.frames and len(entries) == stream.frames:
        return sum(not e.is_discard for e in entries)
    # AVI's empty places between frames are not frames.
    return stream.frames if stream.frames and rate_of(stream) == stream.average_rate else None
