"""The blocks of a view on a terminal: verdicts, tables, plots and facts, one below the other."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from vmafx_cli.rendering.plot import Plot
from vmafx_cli.rendering.tables import DrawnTable, lines_table
from vmafx_core.report.views.blocks import Facts, Printed, RdChart, TableSection, Verdict


def drawn(blocks: Iterable[Printed]) -> Group:
    """The blocks as something rich can print, with a free line between two.

    A table without a title stands for itself, and a curve of one dot is not drawn.
    """
    parts: list[RenderableType] = []
    for block in blocks:
        shown = _shown(block)
        if parts and shown:
            parts.append(Text())
        parts += shown
    return Group(*parts)


def _shown(block: Printed) -> list[RenderableType]:
    match block:
        case Verdict():
            return _verdict(block)
        case RdChart():
            dots = {(d.x, d.y) for s in block.series for d in block.drawable(s)}
            return [Plot(block)] if len(dots) > 1 else []
        case TableSection(title=title, table=table):
            shown = DrawnTable(table)
            return [Text(title, "bold"), shown] if title else [shown]
        case Facts(title=title, lines=lines):
            return [Text(title, "bold"), lines_table(lines)]


def _verdict(verdict: Verdict) -> list[RenderableType]:
    style = "bold green" if verdict.good else "bold yellow"
    # A reason may begin with what it is the reason of.
    why = verdict.words.removeprefix(verdict.figure)
    between = "" if why != verdict.words else ": "
    said = [Text.assemble((verdict.figure, style), between, why)]
    if verdict.code:
        # One line however narrow the terminal is, so that it can be copied.
        said += [Text(), Text(verdict.code, "cyan", no_wrap=True, overflow="ignore")]
    return list(said)
