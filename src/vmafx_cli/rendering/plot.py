"""Curves in a terminal: dots of braille, a glyph for every measured point."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions
from rich.text import Text

from vmafx_core.report.views.axes import Axis
from vmafx_core.report.views.blocks import Dot, RdChart

_COLOURS = ("cyan", "yellow", "green", "magenta", "red", "blue", "bright_cyan", "bright_yellow")
_GLYPHS = "●◆■▲▼★✚✖"
_ASCII_GLYPHS = "ox+*#%@&"
_CHOSEN, _ASCII_CHOSEN = "◉", "O"
_LEVEL = "-"
_ROWS = 12
_WIDEST = 100
# Bits of a braille cell by column and row of its dots: Unicode 2800 and what follows.
_BRAILLE = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart as something rich can print, as wide as the terminal is.

    Attributes:
        chart: What is drawn.
    """

    chart: RdChart

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Text]:
        dots = [dot for series in self.chart.series for dot in self.chart.drawable(series)]
        if not dots:
            return
        heights = [height for height, _ in self.chart.lines]
        x = Axis.around([d.x for d in dots], 0, 1, log=self.chart.log_x)
        y = Axis.around([*(d.y for d in dots), *heights], 1, 0, most=self.chart.y_most)
        digits = 2 if y.high - y.low >= 1 else 4
        names = [f"{v:.{digits}f}" for v in (y.high, (y.low + y.high) / 2, y.low)]
        margin = max(map(len, names)) + 1
        canvas = _Canvas(max(10, min(options.max_width, _WIDEST) - margin - 1), _ROWS, x, y)
        self._draw(canvas, heights, ascii_only=options.ascii_only)
        bar = "|" if options.ascii_only else "│"
        for row, line in enumerate(canvas.lines()):
            name = {0: names[0], (_ROWS - 1) // 2: names[1], _ROWS - 1: names[2]}.get(row, "")
            yield Text.assemble((f"{name:>{margin - 1}} {bar}", "dim"), line)
        yield self._below(x, canvas.width, margin)
        yield self._legend(ascii_only=options.ascii_only)

    def _draw(self, canvas: "_Canvas", heights: Sequence[float], *, ascii_only: bool) -> None:
        for height in heights:
            canvas.level(height)
        for number, series in enumerate(self.chart.series):
            if series.joined and not ascii_only:
                style = "dim" if series.hull else _COLOURS[number % len(_COLOURS)]
                for one, other in itertools.pairwise(self.chart.drawable(series)):
                    canvas.line(one, other, style)
        for number, series in enumerate(self.chart.series):
            if not series.hull:
                colour = _COLOURS[number % len(_COLOURS)]
                for dot in sorted(self.chart.drawable(series), key=lambda d: d.chosen):
                    glyph = _glyph(number, chosen=dot.chosen, ascii_only=ascii_only)
                    canvas.put(dot, glyph, f"bold {colour}" if dot.chosen else colour)

    def _below(self, x: Axis, width: int, margin: int) -> Text:
        left, right = self.chart.x_form(x.low), self.chart.x_form(x.high)
        name = self.chart.x_name + (", log" if self.chart.log_x else "")
        room = width - len(left) - len(right)
        middle = name.center(room) if len(name) < room else " " * max(room, 1)
        return Text(" " * (margin + 1) + left + middle + right, "dim")

    def _legend(self, *, ascii_only: bool) -> Text:
        parts: list[Text] = []
        for number, series in enumerate(self.chart.series):
            if series.hull:
                parts.append(Text(f"{'-' if ascii_only else '⠒'} {series.name}", "dim"))
                continue
            glyph = _glyph(number, chosen=False, ascii_only=ascii_only)
            parts.append(
                Text.assemble((glyph, _COLOURS[number % len(_COLOURS)]), f" {series.name}")
            )
        if any(d.chosen for s in self.chart.series for d in s.dots):
            parts.append(Text(f"{_glyph(0, chosen=True, ascii_only=ascii_only)} chosen"))
        parts += [Text(f"- {name} {height:g}", "dim") for height, name in self.chart.lines]
        return Text(f"{self.chart.y_name}:  ", "dim").append_text(Text("  ").join(parts))


def _glyph(number: int, *, chosen: bool, ascii_only: bool) -> str:
    if chosen:
        return _ASCII_CHOSEN if ascii_only else _CHOSEN
    glyphs = _ASCII_GLYPHS if ascii_only else _GLYPHS
    return glyphs[number % len(glyphs)]


class _Canvas:
    """Cells of characters, each with 2 x 4 dots of braille or a glyph; the top row is the first."""

    def __init__(self, width: int, height: int, x: Axis, y: Axis) -> None:
        self.width, self._height = width, height
        self._x, self._y = x, y
        self._bits = [[0] * width for _ in range(height)]
        self._glyphs = [[""] * width for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]

    def put(self, dot: Dot, glyph: str, style: str) -> None:
        """Put a glyph over whatever is there."""
        column = min(int(self._x.at(dot.x) * self.width), self.width - 1)
        row = self._row(dot.y)
        self._glyphs[row][column], self._styles[row][column] = glyph, style

    def level(self, y: float) -> None:
        """A dashed line from side to side."""
        row = self._row(y)
        for column in range(0, self.width, 2):
            self._glyphs[row][column], self._styles[row][column] = _LEVEL, "dim"

    def line(self, one: Dot, other: Dot, style: str) -> None:
        """A line of braille dots between two places."""
        steps = 2 * (self.width + 2 * self._height)
        from_x, to_x = self._x.at(one.x), self._x.at(other.x)
        from_y, to_y = self._y.at(one.y), self._y.at(other.y)
        for step in range(steps + 1):
            share = step / steps
            self._spot(from_x + (to_x - from_x) * share, from_y + (to_y - from_y) * share, style)

    def lines(self) -> Iterator[Text]:
        """The rows from the top."""
        for bits, glyphs, styles in zip(self._bits, self._glyphs, self._styles, strict=True):
            cells = (
                (glyph or (chr(0x2800 + dots) if dots else " "), style)
                for dots, glyph, style in zip(bits, glyphs, styles, strict=True)
            )
            yield Text.assemble(*cells)

    def _spot(self, x: float, y: float, style: str) -> None:
        across = min(int(x * self.width * 2), self.width * 2 - 1)
        down = min(int(y * self._height * 4), self._height * 4 - 1)
        column, row = across // 2, down // 4
        self._bits[row][column] |= _BRAILLE[across % 2][down % 4]
        self._glyphs[row][column], self._styles[row][column] = "", style

    def _row(self, y: float) -> int:
        return min(int(self._y.at(y) * self._height), self._height - 1)
