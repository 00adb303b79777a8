"""The sections of the page that need no script: all its words, numbers and pictures."""

import base64
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from vmafx_core.notice import Level
from vmafx_core.report.account import (
    Line,
    clock,
    common_lines,
    number,
    reference_line,
    run_lines,
)
from vmafx_core.report.elements import Child, tag
from vmafx_core.scoring.drawing import DIFFERENCE_GAIN
from vmafx_core.scoring.pooling import POOL_NAMES
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import MetricKind, PairResult, ScoreResult
from vmafx_core.scoring.snapshots import PairPictures, Snapshot

_COLOURS = 8
_HEADINGS = {
    "harmonic_mean": "harmonic",
    "stdev": "st. dev.",
    "worst1": "worst 1 %",
    "worst5": "worst 5 %",
}

_dd, _div, _dl, _dt = tag("dd"), tag("div"), tag("dl"), tag("dt")
_figcaption, _figure, _img = tag("figcaption"), tag("figure"), tag("img")
_h2, _h3, _i, _li, _p = tag("h2"), tag("h3"), tag("i"), tag("li"), tag("p")
_section, _small, _span, _ul = tag("section"), tag("small"), tag("span"), tag("ul")
_table, _tbody, _td, _th = tag("table"), tag("tbody"), tag("td"), tag("th")
_thead, _tr = tag("thead"), tag("tr")


def swatch(index: int) -> ET.Element:
    """The colour of a distorted video, by its position."""
    return _i(class_=f"swatch line-{index % _COLOURS}")


def cards(result: ScoreResult, names: Sequence[str], outcomes: Sequence[Outcome]) -> ET.Element:
    """One card a distorted video: its score, its low tail, whether requirements are met."""
    return _div(
        *(
            _card(index, name, pair, [o for o in outcomes if o.pair == index])
            for index, (name, pair) in enumerate(zip(names, result.pairs, strict=True))
        ),
        class_="cards",
    )


def _card(index: int, name: str, pair: PairResult, outcomes: Sequence[Outcome]) -> ET.Element:
    lead = pair.lead
    children: list[Child] = [
        _h2(swatch(index), _span(name)),
        _p(number(lead.pooled.mean, lead), " ", _small(f"mean {lead.name}"), class_="score"),
        _dl(
            *(
                _div(_dt(_HEADINGS.get(pool, pool)), _dd(number(getattr(lead.pooled, pool), lead)))
                for pool in ("harmonic_mean", "p5", "min")
            ),
            class_="figures small",
        ),
    ]
    if outcomes:
        missed = sum(not outcome.met for outcome in outcomes)
        words = (
            f"✗ {missed} of {len(outcomes)} requirements not met"
            if missed
            else f"✓ {len(outcomes)} of {len(outcomes)} requirements met"
        )
        children.append(_p(words, class_="missed" if missed else "met"))
    return tag("article")(*children, class_="card")


def requirements(names: Sequence[str], outcomes: Sequence[Outcome]) -> ET.Element:
    """The table of what was required and what was measured."""
    rows = []
    for outcome in outcomes:
        measured = "not measured" if outcome.measured is None else f"{outcome.measured:.4f}"
        rows.append(
            _tr(
                _th(outcome.requirement.text, scope="row"),
                _td(names[outcome.pair], class_="words"),
                _td(measured),
                _td(
                    "✓ met" if outcome.met else f"✗ {outcome.reason}",
                    class_="words met" if outcome.met else "words missed",
                ),
            )
        )
    head = _tr(
        _th("requirement", scope="col"),
        _th("distorted", scope="col", class_="words"),
        _th("measured", scope="col"),
        _th("outcome", scope="col", class_="words"),
    )
    table = _table(_thead(head), _tbody(*rows))
    return _section(_h2("Requirements"), _div(table, class_="scroll"), id="requirements")


def pools(result: ScoreResult, names: Sequence[str]) -> ET.Element:
    """The table of every metric's pools, elementary features apart."""
    head = _tr(
        _th("metric", scope="col"),
        *(_th(_HEADINGS.get(pool, pool), scope="col") for pool in POOL_NAMES),
    )
    bodies = []
    for index, (name, pair) in enumerate(zip(names, result.pairs, strict=True)):
        title = _th(
            swatch(index), name, scope="rowgroup", colspan=str(len(POOL_NAMES) + 1), class_="group"
        )
        rows = [
            _tr(
                _th(metric.name, scope="row"),
                *(_td(number(getattr(metric.pooled, pool), metric)) for pool in POOL_NAMES),
            )
            for metric in pair.metrics.values()
            if metric.kind is not MetricKind.ELEMENTARY
        ]
        bodies.append(_tbody(_tr(title), *rows))
    table = _table(_thead(head), *bodies)
    return _section(
        _h2("Pooled scores"),
        _div(table, class_="scroll", tabindex="0", role="region", aria_label="Pooled scores"),
        id="pools",
    )


def worst_frames(names: Sequence[str], pictures: Sequence[PairPictures]) -> ET.Element:
    """The worst frames of every distorted video, side by side with a difference map."""
    children: list[Child] = []
    for index, (name, pair) in enumerate(zip(names, pictures, strict=True)):
        children.append(_h3(swatch(index), " ", name))
        if pair.reason:
            children.append(_p(pair.reason, class_="quiet"))
        children.extend(_row(name, snapshot) for snapshot in pair.snapshots)
    return _section(_h2("Worst frames"), *children, id="worst", class_="long")


def _row(name: str, snapshot: Snapshot) -> ET.Element:
    frame = snapshot.frame
    where = f"Frame {frame.index} at {clock(frame.time)}"
    views = (
        ("reference", snapshot.reference),
        (name, snapshot.distorted),
        (f"difference of luma, {DIFFERENCE_GAIN} times", snapshot.difference),
        *((f"where people look, by {model}", picture) for model, picture in snapshot.saliency),
    )
    return _div(
        _p(where, f", score {frame.score:.2f}", class_="small"),
        *(
            _figure(
                _img(src=_data_url(picture), alt=f"{where}: {view}"),
                _figcaption(view),
            )
            for view, picture in views
            if picture
        ),
        class_="pictures",
    )


def _data_url(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"


def account(result: ScoreResult, names: Sequence[str]) -> ET.Element:
    """What was done to get the scores, and what there is to tell."""
    shared, own = common_lines(result.pairs)
    children: list[Child] = [_h2("What was done"), _lines([reference_line(result), *shared])]
    for index, (name, lines) in enumerate(zip(names, own, strict=True)):
        if lines:
            children += [_h3(swatch(index), " ", name), _lines(lines)]
    if len(own) > 1:
        children.append(_h3("The run"))
    children.append(_lines(run_lines(result)))
    notices = result.all_notices()
    if notices:
        items = (
            _li(f"⚠ {notice.text}", class_="warning")
            if notice.level is Level.WARNING
            else _li(f"• {notice.text}", class_="quiet")
            for notice in notices
        )
        children.append(_ul(*items, class_="notices"))
    return _section(*children, id="account")


def _lines(lines: Iterable[Line]) -> ET.Element:
    return _dl(*(e for about, words in lines for e in (_dt(about), _dd(words))), class_="done")
