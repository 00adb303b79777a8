"""Tables of the terminal in the one style that all have, without spaces at the ends of lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD, Box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from vmafx_core.notice import Level, Notice
from vmafx_core.report.account import Line
from vmafx_core.report.views.datatable import DataTable

GAP = 2
"""Characters between two columns."""
_LABEL_WIDTH = len("distorted filters")
_ASCII_HEAD = Box("    \n    \n -- \n" + 5 * "    \n", ascii=True)


def ruled_table(*, ascii_only: bool) -> Table:
    """A table without columns yet, with a rule under its headings."""
    return Table(
        box=_ASCII_HEAD if ascii_only else SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style="bold",
    )


def lines_table(lines: Iterable[Line]) -> Table:
    """Lines of what was done: what each is about, and the words."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=_LABEL_WIDTH)
    grid.add_column(overflow="fold")
    for about, words in lines:
        grid.add_row(Text(about), Text(words))
    return grid


def notice_text(notice: Notice, *, ascii_only: bool) -> Text:
    """A notice behind a mark of how much it matters."""
    serious = notice.level is Level.WARNING
    mark = "!" if serious else ("-" if ascii_only else "•")
    return Text(f"{mark} {notice.text}", "yellow" if serious else "dim")


@dataclass(frozen=True, slots=True)
class Unpadded:
    """Something rich can print, without the spaces at the ends of its lines.

    Nobody sees them on a terminal; in a file or a diff they are noise.

    Attributes:
        content: What is printed.
    """

    content: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for line in Segment.split_lines(console.render(self.content, options)):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                last = line.pop()
                yield from line
                yield Segment(last.text.rstrip(), last.style)
            yield Segment.line()


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table of values as something rich can print; it fits itself to the console's width.

    Attributes:
        table: The table.
    """

    table: DataTable

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        shown = self._fitting(options.max_width)
        drawn = ruled_table(ascii_only=options.ascii_only)
        for index in shown:
            column = self.table.columns[index]
            drawn.add_column(
                column.heading,
                justify="left" if column.words else "right",
                no_wrap=not column.words,
                overflow="fold",
            )
        for number, row in enumerate(self.table.rows):
            cells = self.table.cells(row)
            style = "bold" if number in self.table.chosen else ""
            drawn.add_row(*(Text(cells[index]) for index in shown), style=style)
        yield drawn

    def _fitting(self, width: int) -> list[int]:
        """The columns that there is room for: the last ones that can be spared go first."""
        columns = self.table.columns
        texts = [[c.heading for c in columns], *map(self.table.cells, self.table.rows)]
        widths = [max(map(len, column)) + GAP for column in zip(*texts, strict=True)]
        shown = list(range(len(columns)))
        spare = [index for index in shown if columns[index].spare]
        while spare and sum(widths[i] for i in shown) - GAP > width:
            shown.remove(spare.pop())
        return shown
