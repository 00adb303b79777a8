"""The plain data that describes a video, before and after it is opened."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from os import PathLike, fspath

from vmafx_core.arguments import check_number

ASSUMED_RATE = Fraction(25)
"""Frames a second where nothing says a rate; only the times of frames depend on it."""


class Deinterlace(StrEnum):
    """What to do with interlaced pictures."""

    AUTO = "auto"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Crop:
    """A rectangle of a picture to keep, in luma samples."""

    width: int
    height: int
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """Where a video is, and how to read it.

    Attributes:
        location: A path, a URL, or "-" for standard input.
        width: Picture width of raw video, in samples; None to take it from the file's name.
        height: Picture height of raw video; None as above.
        pix_fmt: Pixel format of raw video, in FFmpeg's names; None as above.
        frame_rate: Frame rate of raw video, or one that replaces the container's; None to trust
            the container (raw video: the other side's rate).
        stream: Which of the file's video streams, counted from 0; None for the best one.
        start: Where to begin, in seconds from the first picture.
        duration: How much to read, in seconds; None for all.
        skip: Decoded frames to drop at the beginning, after `start`.
        crop: The part of each picture to score; None for all of it.
        deinterlace: Whether pictures flagged as interlaced are deinterlaced.
        confined: Whether it has to be one file that leads to no other: no playlist, no numbered
            pictures, no server that sends its readers elsewhere.
    """

    location: str
    width: int | None = None
    height: int | None = None
    pix_fmt: str | None = None
    frame_rate: Fraction | None = None
    stream: int | None = None
    start: float = 0.0
    duration: float | None = None
    skip: int = 0
    crop: Crop | None = None
    deinterlace: Deinterlace = Deinterlace.AUTO
    confined: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing.

        Raises:
            UsageError: A time, count or rate is below zero, or no number.
        """
        check_number("frame_rate", self.frame_rate, above=0)
        check_number("start", self.start, least=0)
        check_number("duration", self.duration, least=0)
        check_number("skip", self.skip, least=0)


type Input = str | PathLike[str] | InputSpec
"""A path, a URL, "-" for standard input, or how a video is read."""


def input_spec(given: Input) -> InputSpec:
    """How a video is read, also where only its place is given."""
    return given if isinstance(given, InputSpec) else InputSpec(location=fspath(given))


class Chroma(StrEnum):
    """How the chroma planes are sampled; RGB stands for all that is not YUV."""

    GRAY = "4:0:0"
    C420 = "4:2:0"
    C422 = "4:2:2"
    C444 = "4:4:4"
    RGB = "rgb"


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """The form in which pictures are handed to libvmaf.

    Attributes:
        width: Luma width in samples.
        height: Luma height in samples.
        chroma: 4:0:0, 4:2:0, 4:2:2 or 4:4:4; never RGB.
        depth: Bits a sample: 8, 10, 12 or 16. Above 8, samples are little-endian 16-bit words.
    """

    width: int
    height: int
    chroma: Chroma
    depth: int

    @property
    def pix_fmt(self) -> str:
        """FFmpeg's name for this format, such as "yuv420p10le" or "gray"."""
        if self.chroma is Chroma.GRAY:
            return "gray" if self.depth == 8 else f"gray{self.depth}le"
        base = "yuv" + self.chroma.replace(":", "") + "p"
        return base if self.depth == 8 else f"{base}{self.depth}le"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """What an opened video turned out to be, after its first picture was decoded.

    Attributes:
        location: As in the spec.
        container: FFmpeg's name of the demuxer.
        codec: FFmpeg's name of the codec, such as "h264" or "rawvideo".
        width: Width of the pictures that come out: after rotation and cropping, before scaling.
        height: Height, likewise.
        coded_width: Width as encoded (what `cambi.enc_width` wants).
        coded_height: Height as encoded.
        pix_fmt: FFmpeg's name of the decoded pixel format.
        chroma: Its chroma sampling.
        depth: Its bits a sample.
        frame_rate: Average frame rate; None where the container does not say.
        variable_rate: Whether frames are unevenly spaced, as far as the container tells.
        frame_count: Frames the container says it has; None where it does not say.
        duration: Seconds, as the container says; None where it does not.
        bit_rate: Bits a second of the video stream (or of the file); None where unknown.
        color_range: "limited", "full" or None where untagged.
        matrix: FFmpeg's name of the YUV matrix ("bt709", "smpte170m", ...) or None.
        primaries: FFmpeg's name of the primaries, or None.
        transfer: FFmpeg's name of the transfer function ("bt709", "smpte2084", ...) or None.
        rotation: Degrees clockwise the pictures are turned for display: 0, 90, 180 or 270.
        interlaced: Whether the first picture is flagged as interlaced.
        sample_aspect: Sample aspect ratio of the pictures that come out; 1 where untagged.
        filters: The libavfilter chain that makes them of the decoded pictures: deinterlacing, the
            container's cropping and rotation, the crop asked for; empty where nothing is to do.
    """

    location: str
    container: str
    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    pix_fmt: str
    chroma: Chroma
    depth: int
    frame_rate: Fraction | None
    variable_rate: bool
    frame_count: int | None
    duration: float | None
    bit_rate: int | None
    color_range: str | None
    matrix: str | None
    primaries: str | None
    transfer: str | None
    rotation: int
    interlaced: bool
    sample_aspect: Fraction
    filters: str = ""

    @property
    def deinterlaced(self) -> bool:
        """Whether its pictures are deinterlaced."""
        return self.interlaced and "bwdif" in self.filters
