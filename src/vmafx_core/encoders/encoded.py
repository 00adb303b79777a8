"""What an encode in memory gives."""

from dataclasses import dataclass


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
