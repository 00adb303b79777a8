import errno
import io
import re
import signal
import sys
from pathlib import Path

import pytest
import typer

from support.cli import InProcess
from vmafx_cli import failures
from vmafx_cli.commands.models import list as models
from vmafx_core import errors

_ROOT = Path(__file__).parents[2]


def test_every_error_of_the_tree_has_its_own_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def code(error: Exception) -> int:
        return failures.exit_code_of(error, debug=False)

    assert code(errors.RequirementError("m")) == 1
    assert code(errors.UnknownNameError("m")) == 2
    assert code(errors.InputError("m")) == 3
    assert code(errors.MismatchError("m")) == 4
    assert code(errors.ComponentError("m")) == 5
    assert code(errors.RemoteError("m")) == 6
    assert code(errors.WorkError("m", "Do this.")) == 7
    assert capsys.readouterr().err.endswith("vmafx: error: m\n  Do this.\n")


def test_every_exit_code_is_documented(run: InProcess) -> None:
    tree = [errors.VmafxError]
    for error in tree:
        tree += error.__subclasses__()
    wanted = {0, *(error.exit_code for error in tree), failures.INTERRUPTED}
    help_text = run("score", "--help").out.partition("Exit codes")[2]
    readme = (_ROOT / "README.md").read_text("utf-8").partition("| code | meaning |")[2]
    manual = (_ROOT / "man" / "vmafx.1").read_text("utf-8").partition("EXIT STATUS")[2]
    for text in (help_text, readme.partition("###")[0], manual):
        assert wanted <= {int(code) for code in re.findall(r"\b\d+\b", text)}


def test_an_unexpected_error_is_one_line_and_says_how_to_see_more(
    run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(models, "_print_tables", fail)
    ended = run("models")
    assert ended.code == 7
    assert ended.err.splitlines() == [
        "vmafx: error: internal error: ZeroDivisionError: by nothing",
        "  Run with --debug for the details.",
    ]


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.exit_code_of(errors.InputError("broken"), debug=True) == 3
    err = capsys.readouterr().err
    assert "InputError: broken" in err
    assert err.endswith("vmafx: error: broken\n")


def test_running_out_of_memory_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert failures.exit_code_of(MemoryError(), debug=False) == 7
    assert "out of memory" in capsys.readouterr().err


def test_an_operating_system_error_that_names_a_file_is_not_taken_for_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "some.file")
    assert failures.exit_code_of(error, debug=False) == 7
    assert "some.file" in capsys.readouterr().err


def test_an_operating_system_error_that_names_no_file_is_told_and_spares_standard_output(
    run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        sys.stdout.write("kept\n")
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(models, "_print_tables", fail)
    ended = run("models")
    assert (ended.code, ended.out) == (7, "kept\n")
    assert ended.err.splitlines()[0] == "vmafx: error: the system refused: Too many open files"


def test_an_exit_asked_for_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.exit_code_of(typer.Exit(3), debug=False) == 3
    assert capsys.readouterr().err == ""


def test_a_missing_standard_stream_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    failures.prepare_standard_streams()
    with sys.stdout as stream:
        assert stream.name == str(Path("/dev/null"))


def test_a_character_that_a_terminal_cannot_show_is_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding="ascii"))
    failures.prepare_standard_streams()
    sys.stdout.write("52…\n")
    sys.stdout.flush()
    assert content.getvalue() == b"52?\n"


def test_signals_that_a_parent_ignores_stay_ignored() -> None:
    before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)]
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        failures.stop_cleanly_on_signals()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (["cache"], "Choose from: info, clear"),
        (["tune", "crf", "--targt", "90"], "Did you mean '--start' or '--target'?"),
        (
            ["tune", "corpus", "--preset", "slow"],
            "Name presets with encoders: --encoders libx264:slow.",
        ),
        (["tune", "crf", "--zzzzz"], "Try 'vmafx tune crf --help'."),
    ],
)
def test_what_could_be_meant_is_a_line_of_its_own(
    run: InProcess, command: list[str], hint: str
) -> None:
    ended = run(*command)
    assert (ended.code, ended.err.splitlines()[1:]) == (2, [f"  {hint}"])
