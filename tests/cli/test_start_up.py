import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from support.cli import InProcess, vmafx
from vmafx_core.testing import write_clip


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
    assert "no such command 'scroe'. Did you mean 'score', " in ended.err
    assert ended.out == ""


def loaded(*args: str) -> set[str]:
    """The heavy modules that a run loads."""
    code = (
        "import sys\n"
        "from vmafx_cli.main import main\n"
        "sys.argv[0] = 'vmafx'\n"
        "main()\n"
        "loaded = {'av', 'numpy', 'cffi', 'pydantic', 'platformdirs'} & set(sys.modules)\n"
        "print(*loaded, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, check=True)
    return set(done.stderr.decode().split())


@pytest.mark.parametrize("args", [["--help"], ["--version"], []])
def test_starting_up_loads_nothing_heavy(args: list[str]) -> None:
    assert loaded(*args) == set()


def test_help_of_a_group_loads_none_of_its_commands() -> None:
    # Typer checks the group's name, as every argument, by pydantic.
    assert loaded("tune", "--help") <= {"pydantic"}


def test_scoring_elsewhere_does_without_decoders() -> None:
    code = "import sys, vmafx_cli.remote.scoring; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.split() == [b"False"]


def test_the_installed_program_is_this_one() -> None:
    ended = vmafx("--version")
    assert ended.out == f"vmafx {version('vmafx')}\n"


def test_a_version_variable_of_somebody_else_does_not_make_every_run_print_the_version(
    run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_VERSION", "1")
    assert run("completion", "fish").out.startswith("complete ")


def test_scoring_here_loads_nothing_of_a_daemon(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=2, width=160, height=120)
    code = (
        "import sys\n"
        "from vmafx_cli.main import main\n"
        "sys.argv[0] = 'vmafx'\n"
        "assert main() == 0\n"
        "print(*{'grpc', 'google.protobuf', 'vmafx_daemon'} & set(sys.modules), file=sys.stderr)\n"
    )
    words = ["score", str(clip), str(clip), "--no-model", "-f", "psnr"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=True)
    assert done.stderr.split() == []


def test_videos_are_opened_before_numpy_is_loaded(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=2, width=160, height=120)
    code = (
        "import sys\n"
        "from vmafx_core.media.types import InputSpec\n"
        "from vmafx_core.scoring.inputs import Inputs\n"
        "with Inputs(InputSpec(location=sys.argv[1]), ()) as inputs:\n"
        "    assert inputs.opened()[0].info.frame_count == 2\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, str(clip)], check=True)
