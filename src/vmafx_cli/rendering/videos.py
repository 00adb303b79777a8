"""What videos are, and what scoring would do with them, for people and for programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from vmafx_cli.rendering.tables import Unpadded, lines_table, notice_text
from vmafx_core.errors import VmafxError
from vmafx_core.report.account import Line, clock, describe_video, frames, rate
from vmafx_core.report.files import writing_stdout
from vmafx_core.report.naming import readable, shown_location
from vmafx_core.report.plain import plain
from vmafx_core.scoring.probe import Probe

Answer = tuple[str, Probe | VmafxError]
"""Where a video is, and what it is, or why that cannot be told."""


def document(videos: list[Answer]) -> dict[str, Any]:
    """All videos for programs, in the order asked for."""
    return {"version": 1, "videos": [_entry(*told) for told in videos]}


def _entry(location: str, told: Probe | VmafxError) -> dict[str, Any]:
    failed = isinstance(told, VmafxError)
    entry = {"info": None, "plan": None, "notices": []} if failed else plain(told)
    return {"location": shown_location(location), **entry, "error": _error(told)}


def _error(told: Probe | VmafxError) -> dict[str, Any] | None:
    if not isinstance(told, VmafxError):
        return None
    said = {"error_class": type(told).__name__, "message": told.message, "hint": told.hint}
    return {name: readable(text) for name, text in said.items()} | {"exit_code": told.exit_code}


def print_account(location: str, told: Probe, *, first: bool) -> None:
    """Print what a video is, for people.

    Args:
        location: Where it is.
        told: What it is.
        first: Whether nothing was printed before.

    Raises:
        WorkError: Standard output cannot be written.
    """
    with writing_stdout():
        before = [] if first else [""]
        Console(highlight=False).print(*before, Unpadded(_Account(location, told)), sep="\n")


@dataclass(frozen=True, slots=True)
class _Account:
    """A video as something rich can print.

    Attributes:
        location: Where it is.
        probe: What it is.
    """

    location: str
    probe: Probe

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(shown_location(self.location), "bold")
        yield lines_table(_lines(self.probe))
        for notice in self.probe.notices:
            yield notice_text(notice, ascii_only=options.ascii_only)


def _lines(told: Probe) -> Iterator[Line]:
    info, plan = told.info, told.plan
    yield "video", describe_video(info)
    length = [] if info.duration is None else [clock(info.duration)]
    length += [] if info.frame_count is None else [frames(info.frame_count)]
    yield "container", ", ".join([info.container, *length])
    if (info.coded_width, info.coded_height) != (info.width, info.height):
        yield "encoded as", f"{info.coded_width}x{info.coded_height}"
    if info.sample_aspect != 1:
        yield "sample aspect", f"{info.sample_aspect.numerator}:{info.sample_aspect.denominator}"
    tags = {
        "range": info.color_range,
        "matrix": info.matrix,
        "primaries": info.primaries,
        "transfer": info.transfer,
    }
    yield "colour", ", ".join(f"{tag} {name}" for name, tag in tags.items() if tag) or "untagged"
    yield "model auto", plan.model
    picture = plan.picture
    yield "scored as", f"{picture.width}x{picture.height}, {picture.pix_fmt}"
    if plan.filters:
        yield "filters", plan.filters
    read = "as many as come" if plan.frames is None else frames(plan.frames)
    assumed = " (assumed)" if info.frame_rate is None else ""
    yield "frames", f"{read}, {rate(plan.frame_rate)} a second{assumed}"
