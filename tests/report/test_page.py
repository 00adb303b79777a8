"""The page in a real browser: what its reader sees and can do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.browser import Browser, chromium
from support.results import metric, pair, result
from vmafx_core.report import html
from vmafx_core.scoring.result import MetricKind, ScoreResult

LEFT_KEY, RIGHT_KEY, END_KEY, HOME_KEY, ESCAPE_KEY = (
    "\ue012",
    "\ue014",
    "\ue010",
    "\ue011",
    "\ue00c",
)

# Canvas pixels of the colour of the pair whose swatch is number `index`, by column.
COLOURED = """
const [index] = arguments;
const canvas = document.querySelector("#chart canvas");
const swatch = document.querySelectorAll(".controls .swatch")[index];
const want = getComputedStyle(swatch).color.match(/\\d+/g).map(Number);
const { data, width, height } = canvas.getContext("2d").getImageData(
  0, 0, canvas.width, canvas.height);
const found = [];
for (let x = 0; x < width; x++)
  for (let y = 0; y < height; y++) {
    const at = 4 * (y * width + x);
    if (data[at + 3] > 200 && want.every((c, i) => Math.abs(c - data[at + i]) < 12))
      found.push([x / width, y / height]);
  }
return found;
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as window:
        yield window


@pytest.fixture
def scored() -> ScoreResult:
    return result(pair("good.mp4", quality=95), pair("poor.mp4", quality=60, seed=3))


@pytest.fixture
def page(browser: Browser, scored: ScoreResult, tmp_path: Path) -> Browser:
    """The browser, showing the page about `scored`."""
    html.write_report(scored, [], tmp_path / "page.html")
    browser.open(tmp_path / "page.html")
    return browser


def _chart(page: Browser) -> dict[str, str]:
    data: dict[str, str] = page.run("return {...document.getElementById('chart').dataset}")
    return data


def _readout(page: Browser) -> str:
    text: str = page.run("return document.getElementById('readout').innerText")
    return text


def _at(page: Browser, share: float) -> dict[str, Any]:
    """A mouse move to a share of the chart's width, at its middle."""
    script = "return document.getElementById('chart').getBoundingClientRect().toJSON()"
    page.run("document.getElementById('chart').scrollIntoView({block: 'center'})")
    box = page.run(script)
    x, y = box["left"] + box["width"] * share, box["top"] + box["height"] / 2
    return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}


PRESS, RELEASE = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}


def test_the_page_opens_without_an_error_and_draws_a_line_for_every_video(page: Browser) -> None:
    assert page.log() == []
    chart = _chart(page)
    assert (chart["metric"], chart["lines"], chart["points"]) == ("vmaf", "2", "200")
    good, poor = page.run(COLOURED, 0), page.run(COLOURED, 1)
    assert min(len(good), len(poor)) > 300
    assert np.mean([y for _, y in good]) < np.mean([y for _, y in poor])


def test_hovering_reads_the_score_of_that_frame_for_every_video(
    page: Browser, scored: ScoreResult
) -> None:
    page.mouse(_at(page, 0.7))
    found = re.search(r"frame (\d+)", _readout(page))
    assert found is not None
    frame = int(found[1])
    assert 60 < frame < 75
    for one, name in zip(scored.pairs, ("good.mp4", "poor.mp4"), strict=True):
        shown = re.search(rf"{name} ([\d.]+)", _readout(page))
        assert shown is not None
        assert float(shown[1]) == pytest.approx(one.lead.values[frame], abs=0.006)


def test_dragging_zooms_and_a_button_shows_all_again(page: Browser) -> None:
    whole = _chart(page)
    page.mouse(_at(page, 0.3), PRESS, _at(page, 0.6), RELEASE)
    zoomed = _chart(page)
    assert float(zoomed["from"]) == pytest.approx(4 * 0.28, abs=0.15)
    assert float(zoomed["to"]) == pytest.approx(4 * 0.59, abs=0.15)
    page.run("document.getElementById('reset').click()")
    assert _chart(page) == whole


def test_another_metric_can_be_chosen(page: Browser, scored: ScoreResult) -> None:
    page.run(
        "const s = document.getElementById('metric'); s.value = 'psnr_y';"
        "s.dispatchEvent(new Event('change'))"
    )
    chart = _chart(page)
    shown = [one.metrics["psnr_y"].pooled for one in scored.pairs]
    assert chart["metric"] == "psnr_y"
    assert min(p.min for p in shown) - 1 < float(chart["low"]) < min(p.min for p in shown)
    assert max(p.max for p in shown) < float(chart["high"]) < max(p.max for p in shown) + 1


def test_a_video_can_be_taken_out_of_the_chart(page: Browser) -> None:
    page.run("document.querySelector('input[data-pair=\"1\"]').click()")
    assert _chart(page)["lines"] == "1"
    assert page.run(COLOURED, 1) == []
    assert page.run("return document.getElementById('histogram').dataset.frames") == "100"


def test_the_keyboard_moves_the_cursor_and_zooms(page: Browser, scored: ScoreResult) -> None:
    page.run("document.getElementById('chart').focus()")
    page.keys(END_KEY, LEFT_KEY)
    assert _reading(page)["aria-valuenow"] == "98"
    page.keys(HOME_KEY, RIGHT_KEY)
    reading = _reading(page)
    assert reading["aria-valuenow"] == "1"
    assert f"good.mp4 {scored.pairs[0].lead.values[1]:.2f}" in reading["aria-valuetext"]
    page.keys("+")
    assert float(_chart(page)["to"]) < 2.5
    page.keys(ESCAPE_KEY)
    assert float(_chart(page)["to"]) == pytest.approx(3.96)


def _reading(page: Browser) -> dict[str, str]:
    names = ("aria-valuenow", "aria-valuetext")
    script = "return document.getElementById('chart').getAttribute(arguments[0])"
    return {name: page.run(script, name) for name in names}


def test_one_bad_frame_in_an_hour_is_still_drawn(browser: Browser, tmp_path: Path) -> None:
    values = np.full(100_000, 95.0)
    values[25_000] = 10.0
    hour = result(pair(metrics={"vmaf": metric("vmaf", MetricKind.MODEL, values)}))
    html.write_report(hour, [], tmp_path / "page.html")
    browser.open(tmp_path / "page.html")
    assert int(_chart(browser)["points"]) < 3000
    drawn = browser.run(COLOURED, 0)
    lowest_x, lowest_y = max(drawn, key=lambda point: point[1])
    assert lowest_y > 0.8
    assert lowest_x == pytest.approx(0.27, abs=0.03)


def test_frames_without_a_score_leave_a_gap(browser: Browser, tmp_path: Path) -> None:
    values = np.linspace(90, 91, 100)
    with np.errstate(invalid="ignore"):
        values[40:60] = np.nan
        gappy = result(pair(metrics={"vmaf": metric("vmaf", MetricKind.MODEL, values)}))
    html.write_report(gappy, [], tmp_path / "page.html")
    browser.open(tmp_path / "page.html")
    columns = {round(x, 2) for x, _ in browser.run(COLOURED, 0)}
    assert not any(0.45 < x < 0.58 for x in columns)
    assert any(x < 0.4 for x in columns)
    assert any(x > 0.65 for x in columns)


def test_a_hostile_file_name_runs_nothing_and_is_shown_as_it_is(
    browser: Browser, tmp_path: Path
) -> None:
    last = "<img src=x onerror=document.title='hacked'>.mp4"
    name = f"</script><script>document.title='hacked'</script>/{last}"
    html.write_report(result(pair(name)), [], tmp_path / "page.html")
    browser.open(tmp_path / "page.html")
    browser.mouse(_at(browser, 0.5))
    assert browser.run("return document.title") == f"{last} against ref.mp4"
    assert browser.run("return document.images.length") == 0
    assert browser.run("return document.querySelector('.card h2').innerText").strip() == last


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
        assert len(page.run(COLOURED, 0)) > 300
        page.run("document.getElementById('theme').click()")
        assert page.run("return document.documentElement.dataset.theme") != scheme
    finally:
        page.devtools("Emulation.clearDeviceMetricsOverride")
        page.devtools("Emulation.setEmulatedMedia", features=[])
