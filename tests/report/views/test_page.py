"""The page about a search in a real browser: what its reader sees and can do."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.browser import Browser, chromium
from support.findings import crf_result
from vmafx_cli.tune.report.crf import crf_view
from vmafx_core.report.views import words
from vmafx_core.report.views.blocks import (
    Block,
    Dot,
    RdChart,
    Row,
    Series,
    Span,
    TableSection,
    Timeline,
    Verdict,
)
from vmafx_core.report.views.datatable import Column, DataTable
from vmafx_core.report.views.page import render, write_page

RIGHT_KEY, END_KEY, ESCAPE_KEY = "\ue014", "\ue010", "\ue00c"

LARGE = Series("720p", (Dot(1e6, 80, "720p at 1"), Dot(4e6, 96, "720p at 4", chosen=True)))
SMALL = Series("360p", (Dot(2e5, 60, "360p at 0.2", chosen=True), Dot(1e6, 78, "360p at 1")))
HULL = Series("hull", (Dot(2e5, 60, ""), Dot(4e6, 96, "")), hull=True)
CURVES = RdChart(
    title="Curves", series=(LARGE, SMALL, HULL), y_name="vmaf", lines=((93, "target"),)
)
SHOTS = Timeline("Shots", (Row("crf", (Span(0, 2, 24, "shot 1"), Span(2, 10, 30, "shot 2"))),))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as window:
        yield window


def opened(browser: Browser, folder: Path, *blocks: Block, title: str = "A search") -> Browser:
    write_page(folder / "page.html", title, blocks)
    browser.open(folder / "page.html")
    return browser


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Browser:
    """The browser, showing curves and shots."""
    return opened(browser, tmp_path, CURVES, SHOTS)


def _tip(page: Browser, chart: int = 0) -> str:
    script = "const t = document.querySelectorAll('.tip')[arguments[0]];"
    text: str = page.run(f"{script} return t.hidden ? '' : t.innerText", chart)
    return text


def _place(page: Browser, label: str) -> dict[str, float]:
    script = "return document.querySelector(`[data-tip='${arguments[0]}']`)"
    box: dict[str, float] = page.run(f"{script}.getBoundingClientRect().toJSON()", label)
    return box


def _point(page: Browser, label: str, *, beside: int = 0) -> None:
    page.run(f"document.querySelector(`[data-tip='{label}']`).scrollIntoView({{block: 'center'}})")
    box = _place(page, label)
    x, y = box["left"] + box["width"] / 2 + beside, box["top"] + box["height"] / 2
    page.mouse({"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0})


def test_the_page_of_a_search_opens_without_an_error_and_asks_nobody_for_anything(
    browser: Browser, tmp_path: Path
) -> None:
    view = crf_view(crf_result())
    opened(browser, tmp_path, *view.blocks, title=view.title)
    assert browser.log() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    text = browser.run("return document.body.innerText")
    for told in ["crf for movie.mkv", "crf 31 misses", "ffmpeg", "Tries", "What was done"]:
        assert told in text
    assert browser.run("return document.querySelectorAll('circle').length") == 3
    assert browser.run("return document.querySelectorAll('tr.picked').length") == 1


def test_dots_lie_where_their_numbers_say(page: Browser) -> None:
    left, middle, right = (_place(page, d) for d in ("360p at 0.2", "360p at 1", "720p at 4"))
    span = right["left"] + right["width"] / 2 - left["left"] - left["width"] / 2
    at = middle["left"] + middle["width"] / 2 - left["left"] - left["width"] / 2
    assert at / span == pytest.approx(math.log(5) / math.log(20), abs=0.01)
    up = left["top"] - right["top"]
    assert (left["top"] - middle["top"]) / up == pytest.approx(18 / 36, abs=0.02)


def test_pointing_near_a_dot_reads_it(page: Browser) -> None:
    _point(page, "720p at 1", beside=12)
    assert _tip(page) == "720p at 1"
    _point(page, "720p at 4")
    assert _tip(page) == "720p at 4"


def test_pointing_at_a_bar_reads_it(page: Browser) -> None:
    _point(page, "shot 2", beside=100)
    assert _tip(page, 1) == "shot 2"
    assert _place(page, "shot 2")["width"] == pytest.approx(
        4 * _place(page, "shot 1")["width"], 0.02
    )


def test_the_keyboard_goes_from_dot_to_dot(page: Browser) -> None:
    page.run("document.querySelector('.chart').focus()")
    page.keys(RIGHT_KEY)
    assert _tip(page) == "720p at 1"
    page.keys(END_KEY)
    assert _tip(page) == "360p at 1"
    page.keys(ESCAPE_KEY)
    assert _tip(page) == ""


def test_a_curve_can_be_hidden(page: Browser) -> None:
    page.run("document.querySelector('input[data-series=\"0\"]').click()")
    assert _place(page, "720p at 1")["width"] == 0
    assert _place(page, "360p at 1")["width"] > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_page_without_sideways_scrolling_in_light_and_dark(
    page: Browser, scheme: str, tmp_path: Path
) -> None:
    phone = {"width": 400, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    page.devtools("Emulation.setDeviceMetricsOverride", **phone)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.devtools("Emulation.setEmulatedMedia", features=features)
    try:
        page.open(tmp_path / "page.html")
        assert page.run("return document.documentElement.scrollWidth") <= 400
        text = page.run("return getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")
        assert (np.mean(text) > 128) == (scheme == "dark")
        page.run("document.getElementById('theme').click()")
        assert page.run("return document.documentElement.dataset.theme") != scheme
    finally:
        page.devtools("Emulation.clearDeviceMetricsOverride")
        page.devtools("Emulation.setEmulatedMedia", features=[])


def test_hostile_names_run_nothing_and_are_shown_as_they_are(
    browser: Browser, tmp_path: Path
) -> None:
    name = "\"><script>document.title='hacked'</script><img src=x onerror=alert(1)>"
    table = DataTable((Column("name", name),), ((name,),))
    chart = RdChart(title=name, series=(Series(name, (Dot(1, 1, name),)),), y_name=name)
    blocks = (Verdict(name, name, code=name), chart, TableSection(name, table))
    opened(browser, tmp_path, *blocks, title=name)
    assert browser.run("return document.title") == name
    assert browser.run("return document.images.length") == 0
    assert browser.run("return document.querySelector('circle').dataset.tip") == name
    assert browser.run("return document.querySelector('td').innerText") == name


def _numbers(markup: str) -> list[float]:
    return [float(x) for x in re.findall(r'c[xy]="([^"]*)"', markup)]


def test_what_is_no_number_has_no_place_in_a_chart() -> None:
    dots = (Dot(0, 50, "none"), Dot(1e6, float("nan"), "nan"), Dot(2e6, 90, "there"))
    chart = RdChart(title="x", series=(Series("s", dots),), y_name="vmaf")
    assert len(_numbers(render("x", (chart,)))) == 2
    assert "<svg" not in render("x", (RdChart(title="x", series=(), y_name="vmaf"),))
    assert "<svg" not in render("x", (Timeline("x", ()),))


def test_equal_values_make_a_chart_all_the_same() -> None:
    equal = Series("s", (Dot(1e6, 90, "a"), Dot(1e6, 90, "b")))
    still = Timeline("x", (Row("crf", (Span(0, 1, 30, "a"), Span(1, 2, 30, "b"))),))
    made = render("x", (RdChart(title="x", series=(equal,), y_name="vmaf"), still))
    assert all(map(math.isfinite, _numbers(made)))
    assert "nan" not in made


def test_values_of_a_timeline_are_written_as_its_row_says() -> None:
    rates = Row("bit rate", (Span(0, 1, 120_747, "a"), Span(1, 2, 246_520, "b")), words.bit_rate)
    made = render("x", (Timeline("x", (rates,)),))
    assert ">121 kb/s<" in made
    assert ">247 kb/s<" in made


def test_an_axis_of_bit_rates_has_round_labels() -> None:
    labels: list[Any] = re.findall(r">([\d.]+ [kM]b/s)<", render("x", (CURVES,)))
    assert labels == [words.bit_rate(r) for r in (2e5, 5e5, 1e6, 2e6)]
