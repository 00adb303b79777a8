"""Tables of the terminal in the one style that all have."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD, Box
from rich.table import Table
from rich.text import Text

from vmafx_core.report.account import Line

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
