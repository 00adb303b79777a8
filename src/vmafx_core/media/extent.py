"""How much of a source is read."""

from dataclasses import replace
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
    count = about.frame_count
    if source.start or not count:
        count = _frames(length_read(replace(source, duration=None), about), about)
    left = None if count is None else max(count - source.skip, 0)
    wanted = _frames(source.duration, about)
    return min((n for n in (left, wanted) if n is not None), default=None)


def _frames(seconds: float | None, about: VideoInfo) -> int | None:
    if seconds is None or about.frame_rate is None:
        return None
    return round(Fraction(seconds) * about.frame_rate)
