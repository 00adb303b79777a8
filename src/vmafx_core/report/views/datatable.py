"""A table of values, once: the terminal, the page and CSV show it each in its own way."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any

from vmafx_core.report.plain import plain


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
