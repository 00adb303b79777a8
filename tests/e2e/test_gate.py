import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from support.cli import InProcess


def test_requirements_that_are_met_end_well(
    run: InProcess, reference: Path, good: Path, tmp_path: Path
) -> None:
    junit = tmp_path / "out.xml"
    ended = run(
        "score", reference, good, "--require", "vmaf>=60", "--require", "vmaf:p5>=50",
        "--junit", junit,
    )  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    verdicts = [
        line.split()[2]
        for line in ended.out.splitlines()
        if line.startswith("vmaf") and ">=" in line
    ]
    assert verdicts == ["met", "met"]
    root = ET.parse(junit).getroot()
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "0", "0")


def test_a_requirement_that_is_not_met_ends_with_1_and_says_which(
    run: InProcess, reference: Path, good: Path, poor: Path, tmp_path: Path
) -> None:
    junit = tmp_path / "out.xml"
    ended = run("score", reference, good, poor, "--require", "vmaf>=60", "--junit", junit)
    assert ended.code == 1
    assert "NOT MET" in ended.out
    assert ended.err == "vmafx: error: 1 of 2 requirements not met\n"
    root = ET.parse(junit).getroot()
    failed = [suite.get("name") for suite in root if suite.get("failures") == "1"]
    assert failed == [str(poor)]


def test_without_a_table_the_message_itself_says_which(
    run: InProcess, reference: Path, poor: Path
) -> None:
    ended = run("score", reference, poor, "--require", "vmaf:min>=99", "-q")
    assert ended.code == 1
    assert ended.out == ""
    assert f"{poor}: vmaf:min>=99: " in ended.err


def test_different_lengths_are_a_failure_unless_allowed(
    run: InProcess, reference: Path, short: Path
) -> None:
    command = ["score", reference, short, "--require", "vmaf>=60", "-q"]
    refused = run(*command)
    assert refused.code == 1
    assert "frame counts differ: reference 12, distorted 10" in refused.err
    assert run(*command, "--allow-mismatch").code == 0


def test_both_sides_cut_to_the_same_length_are_no_mismatch(
    run: InProcess, reference: Path, short: Path
) -> None:
    ended = run("score", reference, short, "--frames", 10, "--require", "vmaf>=60", "-q")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("requirement", "words"),
    [
        ("vmaf:p6>=90", "unknown pool 'p6'"),
        ("vmfa>=90", "unknown metric 'vmfa'"),
        ("psnr>=40", "not measured"),
        ("vmaf==90", "no comparison"),
        ("vmaf", "cannot read the requirement"),
    ],
)
def test_a_wrong_requirement_is_refused_before_any_input_is_touched(
    run: InProcess, requirement: str, words: str
) -> None:
    ended = run("score", "nowhere.mp4", "nowhere.mp4", "--require", requirement)
    assert ended.code == 2
    assert words in ended.err


def test_a_junit_file_needs_something_to_tell(run: InProcess, tmp_path: Path) -> None:
    ended = run("score", "a.mp4", "b.mp4", "--junit", tmp_path / "out.xml")
    assert ended.code == 2
    assert "--require" in ended.err
