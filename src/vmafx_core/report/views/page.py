"""The page about a search: self-contained, in the style of the page about scores."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from vmafx_core.report.elements import Child, tag
from vmafx_core.report.files import write_atomically
from vmafx_core.report.shell import page
from vmafx_core.report.views.blocks import Block, Facts, RdChart, TableSection, Timeline, Verdict
from vmafx_core.report.views.charts import curves, timeline
from vmafx_core.report.views.datatable import DataTable

_code, _dd, _div, _dl, _dt, _h2 = (tag(n) for n in ("code", "dd", "div", "dl", "dt", "h2"))
_p, _pre, _section, _table = tag("p"), tag("pre"), tag("section"), tag("table")
_tbody, _td, _th, _thead, _tr = (tag(n) for n in ("tbody", "td", "th", "thead", "tr"))

_HINT = (
    "Point at a dot or a bar to read it; with the keyboard, the arrow keys go from one to the next."
)


def write_page(path: str | Path, title: str, blocks: Sequence[Block]) -> None:
    """Write the page about a search.

    Args:
        path: Where to write; "-" for standard output.
        title: Its heading.
        blocks: What it shows, from its top.

    Raises:
        UsageError: If the path cannot be written to.
        WorkError: If writing fails.
    """
    write_atomically(path, render(title, blocks))


def render(title: str, blocks: Sequence[Block]) -> str:
    """The page as text."""
    return page(
        title,
        "Encode settings, measured with vmafx",
        (section for block in blocks for section in _sections(block)),
        styles=["page.css", "tuning.css"],
        scripts=["theme.js", "tuning.js"],
    )


def _sections(block: Block) -> Iterable[ET.Element]:
    """A block as a section; none where there is nothing to show."""
    match block:
        case Verdict():
            yield _verdict(block)
        case RdChart() | Timeline():
            drawn = curves(block) if isinstance(block, RdChart) else timeline(block)
            if drawn:
                hint = _p(_HINT, class_="quiet small hint")
                yield _section(_h2(block.title), *drawn, hint)
        case TableSection():
            yield _section(_h2(block.title), _div(_grid(block.table), class_="scroll"))
        case Facts():
            lines = (e for about, words in block.lines for e in (_dt(about), _dd(words)))
            yield _section(_h2(block.title), _dl(*lines, class_="done"))


def _verdict(verdict: Verdict) -> ET.Element:
    kind = "figure met" if verdict.good else "figure missed"
    children: list[Child] = [_p(verdict.figure, class_=kind), _p(verdict.words)]
    if verdict.code:
        children.append(_pre(_code(verdict.code)))
    return _section(*children, class_="verdict")


def _grid(table: DataTable) -> ET.Element:
    kinds = [{"class_": "words"} if column.words else {} for column in table.columns]
    head = _tr(
        *(_th(c.heading, scope="col", **k) for c, k in zip(table.columns, kinds, strict=True))
    )
    rows = (
        _tr(
            *(_td(cell, **k) for cell, k in zip(table.cells(row), kinds, strict=True)),
            **({"class_": "picked"} if number in table.chosen else {}),
        )
        for number, row in enumerate(table.rows)
    )
    return _table(_thead(head), _tbody(*rows))
