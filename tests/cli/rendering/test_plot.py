from io import StringIO

import pytest
from rich.console import Console

from vmafx_cli.rendering.plot import Plot
from vmafx_core.report.views.axes import Axis
from vmafx_core.report.views.blocks import Dot, RdChart, Series

FINE = Series("x264", (Dot(1e5, 60, ""), Dot(1e6, 90, "", chosen=True), Dot(4e6, 97, "")))
COARSE = Series("x265", (Dot(1e5, 70, ""), Dot(1e6, 94, "")))
CHART = RdChart(title="", series=(FINE, COARSE), y_name="vmaf", lines=((93.5, "target"),))


def drawn(chart: RdChart, width: int = 80, encoding: str = "utf-8") -> list[str]:
    file = StringIO()
    console = Console(file=file, width=width, color_system=None)
    options = console.options.update(width=width)
    options.encoding = encoding
    lines = console.render_lines(Plot(chart), options, pad=False)
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_plot_is_as_wide_as_the_terminal_and_no_wider_than_is_readable(width: int) -> None:
    lines = drawn(CHART, width)
    assert max(map(len, lines)) <= min(width, 101)
    assert max(map(len, lines)) > min(width, 100) - 5


def test_every_curve_has_its_glyph_and_what_is_chosen_stands_out() -> None:
    text = "\n".join(drawn(CHART)[:-1])
    assert (text.count("●"), text.count("◆"), text.count("◉")) == (2, 2, 1)
    assert drawn(CHART)[-1] == "vmaf:  ● x264  ◆ x265  ◉ chosen  - target 93.5"


def test_better_is_higher_and_more_bits_are_further_right() -> None:
    places = [(row, line.index("◆")) for row, line in enumerate(drawn(CHART)[:-2]) if "◆" in line]
    (high, right), (low, left) = places
    assert high < low
    assert left < right


def test_the_axes_are_labelled() -> None:
    lines = drawn(CHART)
    assert lines[0].startswith("98.85 │")
    assert "83 kb/s" in lines[-2]
    assert "bit rate, log" in lines[-2]
    assert lines[-2].endswith("4810 kb/s")


def test_the_axis_ends_at_the_highest_value_that_there_can_be() -> None:
    top = Series("x264", (Dot(1e5, 60, ""), Dot(1e6, 99.5, "")))
    lines = drawn(RdChart(title="", series=(top,), y_name="vmaf", y_most=100))
    assert lines[0].startswith("100.00 │")
    assert Axis.around([50, 105], 0, 1, most=100).high == 105


def test_values_between_0_and_1_are_told_apart_on_the_axis() -> None:
    shares = Series("x264", (Dot(1e5, 0.9712, ""), Dot(1e6, 0.9934, "")))
    assert drawn(RdChart(title="", series=(shares,), y_name="float_ssim"))[0].startswith("0.9945 │")


def test_a_terminal_of_ascii_is_given_ascii() -> None:
    text = "\n".join(drawn(CHART, encoding="ascii"))
    assert text.isascii()
    assert "o x264  x x265  O chosen" in text


def test_nothing_is_drawn_of_no_points() -> None:
    empty = Series("x264", (Dot(0, 60, ""), Dot(1e6, float("nan"), "")))
    assert drawn(RdChart(title="", series=(empty,), y_name="vmaf")) == []


@pytest.mark.parametrize(
    ("low", "high", "log", "ticks"),
    [
        (0.0, 100.0, False, [0, 20, 40, 60, 80, 100]),
        (91.2, 93.9, False, [91.5, 92, 92.5, 93, 93.5]),
        (2e5, 4e6, True, [2e5, 5e5, 1e6, 2e6]),
        (1e3, 9e7, True, [1e3, 1e4, 1e5, 1e6, 1e7]),
        (303_000, 309_000, True, [303e3, 304e3, 305e3, 306e3, 307e3, 308e3, 309e3]),
        (2e5, 8e5, True, [2e5, 3e5, 4e5, 5e5, 7e5]),
    ],
)
def test_ticks_are_round(low: float, high: float, log: bool, ticks: list[float]) -> None:
    assert Axis(low, high, 0, 1, log).ticks(8) == pytest.approx(ticks)
