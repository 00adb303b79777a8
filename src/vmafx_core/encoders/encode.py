"""Encoding frames into memory, and what comes out."""

import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import av

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import Encoder, EncodeSetting
from vmafx_core.encoders.pictures import Pictures
from vmafx_core.encoders.program import encode_by_program, program_for, program_version
from vmafx_core.encoders.writing import write_video
from vmafx_core.media.types import VideoInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A finished encode, held in memory.

    Attributes:
        data: The file, of one video stream, in Matroska or NUT.
        video_bytes: Bytes of the video packets alone, without the container.
        frames: Frames that went in.
        seconds: Wall time of the encoding.
        pix_fmt: The pixel format that was encoded.
        version: The encoder's version as far as it says, for provenance and caches.
    """

    data: bytes
    video_bytes: int
    frames: int
    seconds: float
    pix_fmt: str
    version: str


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


def version_of(encoder: Encoder) -> str:
    """The FFmpeg that brings an encoder, and which build of it.

    Raises:
        ComponentError: It is run through a program, and there is none.
    """
    if encoder.program:
        return f"{encoder.name} of {program_version(program_for(encoder))}"
    return f"{encoder.name} of FFmpeg {av.ffmpeg_version_info}"
