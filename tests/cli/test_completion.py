import os
import re
import subprocess
from pathlib import Path

import pytest

from support.cli import PROGRAM, InProcess, vmafx
from support.data import program
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS

LINES = [
    ("vmafx mod", {"models"}),
    ("vmafx score --mod", {"--model"}),
    ("vmafx score a b -m vmaf_4k", {m.name for m in MODELS if "_4k_" in m.name}),
    ("vmafx score a b -f ps", {f.name for f in FEATURES if f.name.startswith("ps")}),
    ("vmafx score a b --pix-fmt yuv444p10l", {"yuv444p10le"}),
    ("vmafx score a b --require vmaf:h", {"vmaf:harmonic_mean"}),
    ("vmafx tune cr", {"crf"}),
    ("vmafx tune crf a --encoder libsv", {"libsvtav1"}),
    ("vmafx tune crf a --encoder libx265 --preset ultra", {"ultrafast"}),
    ("vmafx tune crf a --preset ultra", {"ultrafast"}),
    ("vmafx tune crf a --encoder libsvtav1 --preset ultra", set()),
    ("vmafx tune crf a --target vmaf:h", {"vmaf:harmonic_mean"}),
    ("vmafx score some", set()),
]


@pytest.fixture
def script(run: InProcess, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The script for the shell that a test names, in a file."""
    path = tmp_path / "script"
    path.write_text(run("completion", request.param).out)
    return path


def shell(*command: str) -> list[str]:
    """Run a shell that finds the program, and return the lines it prints."""
    path = f"{Path(PROGRAM).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, capture_output=True, check=True, text=True, env=os.environ | {"PATH": path}
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("script", ["bash"], indirect=True)
@pytest.mark.parametrize(("line", "words"), LINES)
def test_bash_completes(script: Path, line: str, words: set[str]) -> None:
    # What bash has as the last word: it splits at colons.
    last = line.rpartition(" ")[2].rpartition(":")[2]
    code = (
        f"source {script}; COMP_LINE='{line}' COMP_POINT={len(line)} COMP_WORDS=('{last}') "
        "COMP_CWORD=0; _vmafx_completion vmafx; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    answers = {answer for answer in shell(program("bash"), "-c", code) if answer}
    assert answers == {word.rpartition(":")[2] for word in words}


@pytest.mark.parametrize("script", ["fish"], indirect=True)
@pytest.mark.parametrize(("line", "words"), LINES)
def test_fish_completes(script: Path, line: str, words: set[str]) -> None:
    code = f"source {script}; complete --do-complete '{line}'"
    answers = shell(program("fish"), "--no-config", "-c", code)
    assert {answer.split("\t")[0] for answer in answers} == words


@pytest.mark.parametrize("script", ["zsh"], indirect=True)
@pytest.mark.parametrize(("line", "words"), LINES)
def test_zsh_completes(script: Path, line: str, words: set[str]) -> None:
    # What would show the answers, or files where there are none, prints them instead.
    code = (
        "compdef() { }; _files() { }; _arguments() { print -r -- $1 }; "
        f"source {script}; words=({line}); CURRENT=$#words; _vmafx_completion"
    )
    answers = " ".join(shell(program("zsh"), "-f", "-c", code))
    shown = re.findall(r'"([^"]+)"(?::"[^"]*")?', answers)
    assert {answer.replace("\\", "") for answer in shown} == words


def test_options_are_completed_with_what_they_do() -> None:
    ended = vmafx(
        _VMAFX_COMPLETE="complete_fish",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
        _TYPER_COMPLETE_ARGS="vmafx score --allow",
    )
    name, _, text = ended.out.strip().partition("\t")
    assert name == "--allow-mismatch"
    assert text.endswith(".")


def test_a_shell_that_is_not_offered_is_refused_with_those_that_are(run: InProcess) -> None:
    ended = run("completion", "tcsh")
    assert ended.code == 2
    assert "'bash', 'zsh', 'fish'" in ended.err
