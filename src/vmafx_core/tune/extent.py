"""How much of a source is read."""

from fractions import Fraction

from vmafx_core.media.types import InputSpec, VideoInfo


def length_read(source: InputSpec, about: VideoInfo) -> float | None:
    """Seconds of what is read of a source; None where that is unknown."""
    duration = about.duration
    if duration is None and about.frame_count and about.frame_rate:
        duration = float(about.frame_count / about.frame_rate)
    left = None if duration is None else max(0.0, duration - source.start)
    return min((d for d in (left, source.duration) if d is not None), default=None)


def frames_read(source: InputSpec, about: VideoInfo) -> int | None:
    """About how many frames are read of a source; None where that is unknown."""
    count, length = about.frame_count, length_read(source, about)
    if (source.start or source.duration is not None or not count) and length is not None:
        count = round(Fraction(length) * about.frame_rate) if about.frame_rate else None
    return count and max(count - source.skip, 0)
