"""One self-contained page about a result: no outside requests, whatever it shows.

All words, numbers and pictures are in the page itself and can be read without script; a script
in the page draws the chart and the histogram. Names of files are untrusted text: elements escape
them, the data block cannot be left, and a content security policy allows no other script than
the page's own.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from vmafx_core.report import sections
from vmafx_core.report.elements import tag
from vmafx_core.report.files import write_atomically
from vmafx_core.report.naming import readable, short_names
from vmafx_core.report.plain import plain
from vmafx_core.report.shell import page
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import (
    NO_REFERENCE,
    Metric,
    MetricKind,
    PairResult,
    ScoreResult,
    WorstFrame,
)
from vmafx_core.scoring.snapshots import PairPictures

_button, _canvas, _div, _h2 = tag("button"), tag("canvas"), tag("div"), tag("h2")
_input, _label, _noscript = tag("input"), tag("label"), tag("noscript")
_option, _p, _section, _select = tag("option"), tag("p"), tag("section"), tag("select")


_SCRIPTS = ("theme.js", "numbers.js", "plotting.js", "frame_chart.js", "report.js")
"""The parts of the page's one script, in order."""


def write_report(
    result: ScoreResult,
    pictures: Sequence[PairPictures],
    path: str | Path,
    outcomes: Sequence[Outcome] = (),
) -> None:
    """Write the page about a result.

    Args:
        result: What came out.
        pictures: The worst frames of each pair, in the pairs' order.
        path: Where to write; "-" for standard output.
        outcomes: How stated requirements came out.

    Raises:
        UsageError: If the path cannot be written to.
        WorkError: If writing fails.
    """
    write_atomically(path, render(result, pictures, outcomes))


def render(
    result: ScoreResult, pictures: Sequence[PairPictures], outcomes: Sequence[Outcome] = ()
) -> str:
    """The page about a result as text."""
    names = short_names([pair.distorted.location for pair in result.pairs])
    reference = short_names([result.reference.location])[0]
    alone = result.pairs[0].pairing == NO_REFERENCE
    return page(
        names[0] if alone else f"{', '.join(names)} against {reference}",
        "Perceptual quality, scored with vmafx",
        _body(result, pictures, outcomes, names),
        styles=["page.css"],
        scripts=_SCRIPTS,
        data={"pairs": _pairs(result, names, pictures)},
    )


def _body(
    result: ScoreResult,
    pictures: Sequence[PairPictures],
    outcomes: Sequence[Outcome],
    names: Sequence[str],
) -> list[ET.Element]:
    body = [sections.cards(result, names, outcomes)]
    if outcomes:
        body.append(sections.requirements(names, outcomes))
    body += [_chart(result, names), _histogram(), sections.pools(result, names)]
    if pictures:
        body.append(sections.worst_frames(names, pictures))
    body.append(sections.account(result, names))
    return body


def _chart(result: ScoreResult, names: Sequence[str]) -> ET.Element:
    options = [_option(name, value=name) for name in _charted(result)]
    toggles = [
        _label(
            _input(type="checkbox", checked="", data_pair=str(index)), sections.swatch(index), name
        )
        for index, name in enumerate(names)
    ]
    return _section(
        _h2("Score of every frame"),
        _div(
            _label("metric ", _select(*options, id="metric")),
            *toggles,
            _button("Show all", type="button", id="reset", disabled=""),
            class_="controls",
        ),
        _div(
            _canvas(),
            _canvas(),
            id="chart",
            class_="plot",
            role="slider",
            tabindex="0",
            aria_label="Scores by frame",
            aria_describedby="chart-help",
            aria_valuenow="0",
        ),
        _div(id="readout"),
        _p(
            "Drag to zoom, double-click to show all. With the keyboard: arrow keys move the"
            " cursor, + and - zoom, Escape shows all. Circles mark the worst frames.",
            id="chart-help",
            class_="quiet small hint",
        ),
        _noscript(_p("The chart and the histogram need JavaScript; all else does not.")),
    )


def _histogram() -> ET.Element:
    return _section(
        _h2("How often each score occurs"),
        _div(
            _canvas(),
            id="histogram",
            class_="plot low",
            role="img",
            aria_label="Histogram of the frames in the chart; the table below has its percentiles",
        ),
    )


def _charted(result: ScoreResult) -> list[str]:
    """The metrics a reader can choose: all but the models' elementary features."""
    return list(
        dict.fromkeys(
            name
            for pair in result.pairs
            for name, metric in pair.metrics.items()
            if metric.kind is not MetricKind.ELEMENTARY
        )
    )


def _pairs(
    result: ScoreResult, names: Sequence[str], pictures: Sequence[PairPictures]
) -> list[dict[str, Any]]:
    """What the page's script draws."""
    charted = _charted(result)
    nothing = [PairPictures(())] * len(names)
    return [
        _pair(name, pair, [snapshot.frame for snapshot in shown.snapshots] or pair.worst, charted)
        for name, pair, shown in zip(names, result.pairs, pictures or nothing, strict=True)
    ]


def _pair(
    name: str, pair: PairResult, marked: Sequence[WorstFrame], charted: Sequence[str]
) -> dict[str, Any]:
    return {
        "name": readable(name),
        "lead": pair.lead.name,
        "times": plain(np.round(pair.times, 4)),
        "values": {
            metric: plain(_rounded(pair.metrics[metric]))
            for metric in charted
            if metric in pair.metrics
        },
        "marked": [frame.index for frame in marked],
    }


def _rounded(metric: Metric) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Values as exact as a chart can show: it halves or thirds the page's size."""
    return np.round(metric.values, 3 if metric.pooled.max >= 10 else 5)
