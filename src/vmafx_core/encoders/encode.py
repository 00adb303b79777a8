"""Encoding frames into memory."""

import io
from collections.abc import Collection, Iterable

import av

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encoded import Encoded
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
    """Encode frames into memory; see `write_video` for arguments and errors."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="matroska") as container:
        written = write_video(
            container, frames, source, setting, threads=threads, key_frames=key_frames
        )
    return Encoded(
        data=sink.getvalue(),
        video_bytes=written.video_bytes,
        frames=written.frames,
        seconds=written.seconds,
        pix_fmt=written.pix_fmt,
        version=written.version,
    )
