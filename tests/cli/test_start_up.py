import subprocess
import sys
from importlib.metadata import version

import pytest

from support.cli import InProcess, vmafx


def test_the_version_is_the_installed_one(run: InProcess) -> None:
    ended = run("--version")
    assert (ended.code, ended.out, ended.err) == (0, f"vmafx {version('vmafx')}\n", "")


def test_without_arguments_help_is_printed_and_the_exit_code_says_wrong_usage(
    run: InProcess,
) -> None:
    ended = run()
    assert ended.code == 2
    assert "Usage: vmafx" in ended.out
    assert ended.err == ""


def test_a_mistyped_command_is_answered_with_the_nearest_one(run: InProcess) -> None:
    ended = run("scroe", "a.mp4", "b.mp4")
    assert ended.code == 2
    assert "no such command 'scroe'. Did you mean 'score'?" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("args", [["--help"], ["--version"], []])
def test_starting_up_loads_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys\n"
        "from vmafx_cli.main import main\n"
        "sys.argv[0] = 'vmafx'\n"
        "main()\n"
        "loaded = {'av', 'numpy', 'cffi', 'pydantic', 'platformdirs'} & set(sys.modules)\n"
        "print(sorted(loaded), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, check=True)
    assert done.stderr == b"[]\n"


def test_the_installed_program_is_this_one() -> None:
    ended = vmafx("--version")
    assert ended.out == f"vmafx {version('vmafx')}\n"


def test_a_version_variable_of_somebody_else_does_not_make_every_run_print_the_version(
    run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_VERSION", "1")
    assert run("completion", "fish").out.startswith("complete ")
