"""Charts of the page, as SVG: they are there without script, which only adds pointing and hiding.

Colours are classes of the page's style sheet, so that light, dark and paper each have their own.
"""

import math
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from vmafx_core.report.account import clock
from vmafx_core.report.elements import Child, tag
from vmafx_core.report.views.axes import Axis
from vmafx_core.report.views.blocks import Dot, RdChart, Row, Series, Timeline

_WIDTH, _HEIGHT, _BAR_HEIGHT = 960, 400, 130
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 40, 28, 44
_COLOURS = 8

_circle, _div, _figure, _g, _i = tag("circle"), tag("div"), tag("figure"), tag("g"), tag("i")
_input, _label, _line, _polyline = tag("input"), tag("label"), tag("line"), tag("polyline")
_rect, _svg, _text = tag("rect"), tag("svg"), tag("text")


def curves(chart: RdChart) -> list[ET.Element]:
    """A chart of curves, and its legend, in which each curve can be hidden."""
    seen = [d for s in chart.series for d in chart.drawable(s)]
    if not seen:
        return []
    heights = [height for height, _ in chart.lines]
    x = Axis.around([d.x for d in seen], _LEFT, _WIDTH - _RIGHT, log=chart.log_x)
    y = Axis.around([*(d.y for d in seen), *heights], _HEIGHT - _BOTTOM, _TOP, most=chart.y_most)
    parts = [*_grid(x, y, chart)]
    for height, name in chart.lines:
        at = y.at(height)
        parts.append(_across(at, "level"))
        parts.append(_text(f"{name} {height:g}", x=f"{_LEFT + 6}", y=f"{at - 5:.1f}"))
    for number, series in enumerate(chart.series):
        parts.append(_series(number, series, chart.drawable(series), x, y))
    legend = [_entry(number, series) for number, series in enumerate(chart.series)]
    return [_chart(chart.title, _HEIGHT, parts), _div(*legend, class_="legend")]


def timeline(chart: Timeline) -> list[ET.Element]:
    """Rows of bars over one axis of time."""
    spans = [span for row in chart.rows for span in row.spans]
    if not spans:
        return []
    x = Axis(min(s.start for s in spans), max(s.end for s in spans), _LEFT, _WIDTH - _RIGHT)
    parts: list[ET.Element] = []
    for number, row in enumerate(chart.rows):
        parts += _bars(number, row, x, number * _BAR_HEIGHT + 26)
    bottom = len(chart.rows) * _BAR_HEIGHT + 12
    for tick in x.ticks(8):
        label = clock(tick).removesuffix(".000")
        parts.append(_text(label, x=f"{x.at(tick):.1f}", y=str(bottom + 16), class_="middle"))
    return [_chart(chart.title, bottom + 30, parts)]


def _chart(title: str, height: int, parts: Iterable[ET.Element]) -> ET.Element:
    drawing = _svg(*parts, viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=title)
    tip = _div(class_="tip", hidden="", aria_live="polite")
    return _figure(_div(drawing, class_="scroll"), tip, class_="chart", tabindex="0")


def _across(at: float, kind: str) -> ET.Element:
    ends = {"x1": str(_LEFT), "x2": str(_WIDTH - _RIGHT)}
    return _line(**ends, y1=f"{at:.1f}", y2=f"{at:.1f}", class_=kind)


def _grid(x: Axis, y: Axis, chart: RdChart) -> Iterable[ET.Element]:
    for tick in y.ticks(8):
        at = y.at(tick)
        yield _across(at, "grid")
        yield _text(f"{tick:g}", x=str(_LEFT - 8), y=f"{at + 4:.1f}", class_="end")
    bottom = _HEIGHT - _BOTTOM
    for tick in x.ticks(8):
        place = f"{x.at(tick):.1f}"
        yield _line(x1=place, x2=place, y1=str(bottom), y2=str(bottom + 5), class_="grid")
        yield _text(chart.x_form(tick), x=place, y=str(bottom + 19), class_="middle")
    name = f"{chart.x_name} (log scale)" if chart.log_x else chart.x_name
    yield _text(name, x=str((_LEFT + _WIDTH) // 2), y=str(_HEIGHT - 6), class_="middle")
    yield _text(chart.y_name, x=str(_LEFT), y=str(_TOP - 14))


def _series(number: int, series: Series, dots: Sequence[Dot], x: Axis, y: Axis) -> ET.Element:
    places = [(x.at(d.x), y.at(d.y)) for d in dots]
    parts: list[Child] = []
    if series.joined and len(places) > 1:
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
        parts.append(_polyline(points=line, class_="curve"))
    if not series.hull:
        for dot, (px, py) in zip(dots, places, strict=True):
            kind, size = ("dot chosen", "7") if dot.chosen else ("dot", "4")
            parts.append(
                _circle(cx=f"{px:.1f}", cy=f"{py:.1f}", r=size, class_=kind, data_tip=dot.label)
            )
    kind = "hull" if series.hull else f"line-{number % _COLOURS}"
    return _g(*parts, class_=kind, data_series=str(number))


def _entry(number: int, series: Series) -> ET.Element:
    kind = "hull" if series.hull else f"line-{number % _COLOURS}"
    box = _input(type="checkbox", checked="", data_series=str(number))
    return _label(box, _i(class_=f"swatch {kind}"), series.name)


def _bars(number: int, row: Row, x: Axis, top: float) -> Iterable[ET.Element]:
    """One row: its name above, bars as high as their values."""
    values = [s.value for s in row.spans if math.isfinite(s.value)]
    if not values:
        return
    bottom = top + _BAR_HEIGHT - 34
    low = min(values) - 0.15 * (max(values) - min(values) or max(abs(max(values)), 1.0))
    y = Axis(low, max(values), bottom, top)
    yield _text(row.name, x=str(_LEFT), y=f"{top - 8:.1f}")
    for value in dict.fromkeys((min(values), max(values))):
        yield _text(row.form(value), x=str(_LEFT - 8), y=f"{y.at(value) + 4:.1f}", class_="end")
    bars: list[Child] = []
    for span in row.spans:
        if math.isfinite(span.value):
            height = bottom - y.at(span.value)
            bars.append(
                _rect(
                    x=f"{x.at(span.start):.2f}",
                    y=f"{bottom - height:.1f}",
                    width=f"{max(x.at(span.end) - x.at(span.start), 0.5):.2f}",
                    height=f"{height:.1f}",
                    class_="span",
                    data_tip=span.label,
                )
            )
    yield _g(*bars, class_=f"line-{number % _COLOURS}")
    yield _across(bottom, "grid")
