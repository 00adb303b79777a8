"""What is known of the tracks of a presentation once they are encoded and cut."""

import math
from dataclasses import dataclass
from fractions import Fraction

INIT = "init.mp4"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment.

    Attributes:
        name: Its file's name.
        duration: Ticks of the track.
        size: Bytes.
    """

    name: str
    duration: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One track in segments.

    Attributes:
        name: The name of its folder.
        codecs: Its `codecs` parameter (RFC 6381).
        timescale: Ticks a second.
        start: Ticks from the beginning of the presentation to its first segment.
        segments: The segments, in order.
    """

    name: str
    codecs: str
    timescale: int
    start: int
    segments: tuple[Segment, ...]

    @property
    def duration(self) -> Fraction:
        """Seconds of all segments."""
        return Fraction(sum(s.duration for s in self.segments), self.timescale)

    @property
    def end(self) -> Fraction:
        """Seconds from the beginning of the presentation to the end of the last segment."""
        return Fraction(self.start, self.timescale) + self.duration

    @property
    def longest(self) -> Fraction:
        """Seconds of the longest segment."""
        return Fraction(max(s.duration for s in self.segments), self.timescale)

    @property
    def average_bit_rate(self) -> int:
        """Bits a second over all segments."""
        return round(sum(s.size for s in self.segments) * 8 / self.duration)

    @property
    def peak_bit_rate(self) -> int:
        """Most bits a second of segments in a row that last about as long as one is to.

        About is half of the target duration to one and a half (RFC 8216, section 4.1): a short one
        at the end does not count by itself.
        """
        target = math.ceil(self.longest) * self.timescale
        highest = Fraction(self.average_bit_rate)
        for first in range(len(self.segments)):
            size = duration = 0
            for segment in self.segments[first:]:
                size, duration = size + segment.size, duration + segment.duration
                if 2 * duration > 3 * target:
                    break
                if 2 * duration >= target:
                    highest = max(highest, Fraction(size * 8 * self.timescale, duration))
        return math.ceil(highest)


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack(Track):
    """A track of pictures.

    Attributes:
        width: Width in samples.
        height: Height in samples.
        frame_rate: Frames a second, on average.
        sample_aspect: Sample aspect ratio.
        transfer: FFmpeg's name of the transfer function; None where untagged.
    """

    width: int
    height: int
    frame_rate: Fraction
    sample_aspect: Fraction
    transfer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTrack(Track):
    """A track of sound.

    Attributes:
        channels: How many channels.
        sample_rate: Samples a second.
        language: ISO 639-2 code; "" where unknown.
        title: What the source calls it; "" where it has no title.
    """

    channels: int
    sample_rate: int
    language: str
    title: str
