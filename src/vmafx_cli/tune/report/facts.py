"""Lines of what a search did, which terminal and page both show."""

from collections.abc import Sequence

from vmafx_cli.tune.corpus.row import SourceFacts
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.media.types import VideoInfo
from vmafx_core.notice import counted
from vmafx_core.probing.points import Point
from vmafx_core.probing.windows import Window
from vmafx_core.report.account import Line, clock, describe_video, frames
from vmafx_core.report.naming import shown_location

_LISTED = 6


def source_line(source: VideoInfo | SourceFacts) -> Line:
    """What was encoded."""
    if isinstance(source, VideoInfo):
        return "source", f"{shown_location(source.location)}: {describe_video(source)}"
    about = [f"{source.width}x{source.height}", source.pix_fmt]
    if source.frame_rate:
        about.append(f"{source.frame_rate:.6g} fps")
    return "source", f"{shown_location(source.location)}: {', '.join(about)}"


def encoder_line(point: Point) -> Line:
    """With what a point was encoded, apart from its quality."""
    setting = point.setting
    preset = setting.preset or find_encoder(setting.encoder).default_preset
    parts = [setting.encoder, f"preset {preset}" if preset else "", point.pix_fmt]
    parts += [f"{key}={value}" for key, value in setting.options]
    if setting.keyframe_interval:
        parts.append(f"a key frame every {counted(setting.keyframe_interval, 'frame')}")
    return "encoder", ", ".join(filter(None, [*parts, point.encoder_version]))


def sample_line(windows: Sequence[Window], points: Sequence[Point], *, whole: bool) -> Line:
    """On which part of the source settings were measured."""
    count = frames(points[0].frames) if points else "no frames"
    if whole:
        return "sample", f"all of the source, {count}"
    starts = [clock(w.start).removesuffix(".000") for w in windows[:_LISTED]]
    if len(windows) > _LISTED:
        starts.append("...")
    length = windows[0].duration
    each = f" of {length:g} s" if length else ""
    return "sample", f"{counted(len(windows), 'window')}{each}, {count}: at {', '.join(starts)}"
