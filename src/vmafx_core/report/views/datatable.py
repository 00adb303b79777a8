"""A table of values, once: the terminal, the page and CSV show it each in its own way."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from vmafx_core.report.plain import plain
from vmafx_core.report.ruled import GAP, ruled_table


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: Its name for programs: the heading in CSV.
        heading: Its name for people.
        form: How a value is written for people; programs get it as it is.
        words: Whether it holds words, which begin at the left, instead of numbers.
        spare: Whether it is left out where a terminal is too narrow for all.
    """

    key: str
    heading: str
    form: Callable[[Any], str] = str
    words: bool = False
    spare: bool = False


@dataclass(frozen=True, slots=True)
class DataTable:
    """Columns, and the rows under them.

    Attributes:
        columns: The columns.
        rows: The rows; each has a value for every column.
        chosen: Which rows stand out, from 0.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    chosen: frozenset[int] = frozenset()

    def cells(self, row: tuple[Any, ...]) -> list[str]:
        """A row's values for people."""
        return [c.form(value) for c, value in zip(self.columns, row, strict=True)]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        shown = self._fitting(options.max_width)
        table = ruled_table(ascii_only=options.ascii_only)
        for index in shown:
            column = self.columns[index]
            table.add_column(
                column.heading,
                justify="left" if column.words else "right",
                no_wrap=not column.words,
                overflow="fold",
            )
        for number, row in enumerate(self.rows):
            cells = self.cells(row)
            style = "bold" if number in self.chosen else ""
            table.add_row(*(Text(cells[index]) for index in shown), style=style)
        yield table

    def _fitting(self, width: int) -> list[int]:
        """The columns that there is room for: the last ones that can be spared go first."""
        texts = [[c.heading for c in self.columns], *(self.cells(row) for row in self.rows)]
        widths = [max(map(len, column)) + GAP for column in zip(*texts, strict=True)]
        shown = list(range(len(self.columns)))
        spare = [index for index in shown if self.columns[index].spare]
        while spare and sum(widths[i] for i in shown) - GAP > width:
            shown.remove(spare.pop())
        return shown


def csv_text(table: DataTable) -> str:
    """The table as CSV: RFC 4180, a heading line, numbers with all their digits."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.key for column in table.columns)
    writer.writerows([_typed(value) for value in row] for row in table.rows)
    return text.getvalue()


def _typed(value: Any) -> Any:
    """A value as CSV has it: truth as JSON writes it, nothing for what is no number."""
    return str(value).lower() if isinstance(value, bool) else plain(value)
