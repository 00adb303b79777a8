"""Requirements as JUnit XML: a suite a distorted video, a case a requirement.

A bound that is not kept is a failure; what could not be measured is an error. Neither is ever
left out, so that a reader which counts cases counts every requirement.
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from vmafx_core.report.account import pair_lines, run_lines
from vmafx_core.report.naming import readable, shown_location
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import PairResult, ScoreResult

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: ScoreResult, outcomes: Sequence[Outcome]) -> str:
    """The outcomes as one XML document, ending in a newline.

    Args:
        result: What came out; its provenance becomes the suites' properties.
        outcomes: How every requirement came out for every distorted video.
    """
    root = ET.Element("testsuites", name="vmafx", time=f"{result.seconds:.3f}")
    _count(root, outcomes)
    for index, pair in enumerate(result.pairs):
        own = [outcome for outcome in outcomes if outcome.pair == index]
        root.append(_suite(result, pair, own))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(result: ScoreResult, pair: PairResult, outcomes: Sequence[Outcome]) -> ET.Element:
    name = _text(shown_location(pair.distorted.location))
    suite = ET.Element("testsuite", name=name, time=f"{pair.seconds:.3f}")
    _count(suite, outcomes)
    properties = ET.SubElement(suite, "properties")
    lines = [
        ("reference", shown_location(result.reference.location)),
        *pair_lines(pair),
        *run_lines(result),
        *(("notice", notice.text) for notice in (*result.notices, *pair.notices)),
    ]
    for about, words in lines:
        ET.SubElement(properties, "property", name=about, value=_text(words))
    for outcome in outcomes:
        suite.append(_case(name, outcome))
    return suite


def _case(suite: str, outcome: Outcome) -> ET.Element:
    required = _text(outcome.requirement.text)
    case = ET.Element("testcase", classname=suite, name=required)
    if outcome.measured is None:
        ET.SubElement(case, "error", type="not-measured", message=_text(outcome.reason))
    elif not outcome.met:
        failure = ET.SubElement(case, "failure", type="not-met", message=_text(outcome.reason))
        failure.text = f"required {required}, measured {outcome.measured}"
    else:
        ET.SubElement(case, "system-out").text = f"measured {outcome.measured}"
    return case


def _count(element: ET.Element, outcomes: Sequence[Outcome]) -> None:
    errors = sum(outcome.measured is None for outcome in outcomes)
    failures = sum(not outcome.met for outcome in outcomes) - errors
    element.set("tests", str(len(outcomes)))
    element.set("failures", str(failures))
    element.set("errors", str(errors))


def _text(text: str) -> str:
    """`text` without the characters that XML has no way to hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", readable(text))
