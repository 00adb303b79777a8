"""Lines of what a search did, which terminal and page both show."""

from collections.abc import Sequence

from vmafx_core.notice import counted
from vmafx_core.report.account import Line, clock, frames
from vmafx_core.tune.points import Point
from vmafx_core.tune.windows import Window

_LISTED = 6


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
