"""What a report about a search is made of: plain data that each form draws in its own way."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from vmafx_core.report.account import Line
from vmafx_core.report.views import words
from vmafx_core.report.views.datatable import DataTable


@dataclass(frozen=True, slots=True)
class Dot:
    """One place in a chart.

    Attributes:
        x: Where it is across.
        y: Where it is upwards.
        label: What it is, in a few words: a reader who points at it is told.
        chosen: Whether it stands out.
    """

    x: float
    y: float
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Dots that belong together.

    Attributes:
        name: What they are.
        dots: The dots, in the order in which a line joins them.
        joined: Whether a line joins them.
        hull: Whether it is the hull around other series: drawn dashed, in the text's colour.
    """

    name: str
    dots: tuple[Dot, ...]
    joined: bool = True
    hull: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RdChart:
    """A chart of curves: quality over bit rate, unless it says otherwise.

    Attributes:
        title: Its heading.
        series: The curves.
        y_name: What goes upwards.
        x_name: What goes across.
        x_form: How a value across is written.
        log_x: Whether equal ratios across are equally far.
        lines: Heights that matter, such as a target, with what each is.
        y_most: The highest value that there can be.
    """

    title: str
    series: tuple[Series, ...]
    y_name: str
    x_name: str = "bit rate"
    x_form: Callable[[float], str] = words.bit_rate
    log_x: bool = True
    lines: tuple[tuple[float, str], ...] = ()
    y_most: float = math.inf

    def drawable(self, series: Series) -> list[Dot]:
        """The dots of a series that have a place on the axes."""
        return [d for d in series.dots if math.isfinite(d.x + d.y) and (d.x > 0 or not self.log_x)]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with a value.

    Attributes:
        start: Seconds.
        end: Seconds.
        value: How high its bar is.
        label: What it is, in a few words.
    """

    start: float
    end: float
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """Bars of one kind of value.

    Attributes:
        name: What the values are.
        spans: The bars.
        form: How a value is written.
    """

    name: str
    spans: tuple[Span, ...]
    form: Callable[[float], str] = words.general


@dataclass(frozen=True, slots=True)
class Timeline:
    """Stretches of time beside each other, as bars; several rows share the axis of time.

    Attributes:
        title: Its heading.
        rows: The rows, from the top.
    """

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TableSection:
    """A table under a heading."""

    title: str
    table: DataTable


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out, in one sentence that is seen first.

    Attributes:
        figure: The answer itself: "crf 28".
        words: Why.
        good: Whether what was wanted was found.
        code: A command to copy; "" for none.
    """

    figure: str
    words: str
    good: bool = True
    code: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of what was done, under a heading."""

    title: str
    lines: tuple[Line, ...]


type Block = RdChart | Timeline | TableSection | Verdict | Facts

type Printed = RdChart | TableSection | Verdict | Facts
"""What a terminal has room for, too."""
