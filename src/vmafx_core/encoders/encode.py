"""Encoding frames into memory."""

import io
from collections.abc import Collection, Iterable

import av

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encoded import Encoded
from vmafx_core.encoders.pictures import Pictures
from vmafx_core.encoders.program import encode_by_program
from vmafx_core.encoders.version import version_of
from vmafx_core.encoders.writing import write_video
from vmafx_core.media.types import VideoInfo


def encode(
    frames: Iterable[av.VideoFrame],
    source: VideoInfo,
    setting: EncodeSetting,
    *,
    threads: int = 0,
    key_frames: Collection[int] = (),
) -> Encoded:
    """Encode frames into memory.

    Args:
        frames: The pictures of `source` (its `filters` not yet applied), with their times.
        source: The video that they are of.
        setting: How to encode.
        threads: Threads for the encoder; 0 for as many as it thinks right.
        key_frames: Frames, counted from 0, that have to be key frames.

    Raises:
        UsageError: The encoder cannot follow the setting.
        ComponentError: The encoder is missing here or cannot be opened.
        WorkError: It failed on the way.
    """
    encoder = find_encoder(setting.encoder)
    pictures = Pictures(encoder, setting, source, key_frames)
    if encoder.program:
        data, written = encode_by_program(frames, encoder, pictures, path=None, threads=threads)
    else:
        sink = io.BytesIO()
        with av.open(sink, "w", format="matroska") as container:
            written = write_video(container, frames, encoder, pictures, threads=threads)
        data = sink.getvalue()
    return Encoded(
        data=data,
        video_bytes=written.video_bytes,
        frames=written.frames,
        seconds=written.seconds,
        pix_fmt=written.pix_fmt,
        version=version_of(encoder),
    )
