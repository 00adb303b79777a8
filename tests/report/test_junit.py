from xml.etree import ElementTree as ET

from support.results import pair, result
from vmafx_core.report import junit
from vmafx_core.scoring import requirements
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import ScoreResult


def _judged(scored: ScoreResult, *texts: str) -> tuple[Outcome, ...]:
    return requirements.check_requirements(
        [requirements.parse_requirement(text) for text in texts], scored
    )


def test_each_distorted_video_is_a_suite_and_each_requirement_a_case() -> None:
    scored = result(pair("good.mp4", quality=95), pair("bad.mp4", quality=60))
    outcomes = _judged(scored, "vmaf>=80", "vmaf:p5>=50")
    root = ET.fromstring(junit.render(scored, outcomes))
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "1", "0")
    assert [suite.get("name") for suite in root] == ["good.mp4", "bad.mp4"]
    for suite in root:
        assert [case.get("name") for case in suite.iter("testcase")] == ["vmaf>=80", "vmaf:p5>=50"]


def test_a_missed_bound_is_a_failure_that_tells_the_measured_value() -> None:
    scored = result(pair(quality=60))
    failure = ET.fromstring(junit.render(scored, _judged(scored, "vmaf>=80"))).find(".//failure")
    assert failure is not None
    assert failure.text == f"required vmaf>=80, measured {scored.pairs[0].lead.pooled.mean}"


def test_what_was_not_measured_is_an_error_not_a_failure_and_not_a_pass() -> None:
    scored = result()
    root = ET.fromstring(junit.render(scored, _judged(scored, "cambi<5")))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "0", "1")
    error = root.find(".//testcase/error")
    assert error is not None
    assert "not measured" in error.get("message", "")


def test_provenance_is_in_the_suites_properties() -> None:
    scored = result()
    root = ET.fromstring(junit.render(scored, ()))
    found = {p.get("name"): p.get("value", "") for p in root.iter("property")}
    assert found["reference"] == "ref.mp4"
    assert "vmaf_v0.6.1" in found["model"]
    assert "libvmaf 3.2.0" in found["versions"]
    assert "scale=1920:1080" in found["distorted filters"]


def test_any_file_name_gives_well_formed_xml() -> None:
    name = 'a"<b>&\x01\udce9.mp4'
    root = ET.fromstring(junit.render(result(pair(name)), ()))
    assert root[0].get("name") == 'a"<b>&\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}.mp4'
