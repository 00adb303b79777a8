from collections.abc import Iterator
from typing import Any

import pytest
import typer
from rich.text import Text

from support.cli import InProcess
from vmafx_cli.command_classes import LazyGroup
from vmafx_cli.main import Program, app
from vmafx_cli.options import panels


def below(group: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group, by the words that lead to it."""
    for name in group.lazy_commands:
        command = group.load(name)
        yield (*path, name), command
        if isinstance(command, LazyGroup):
            yield from below(command, *path, name)


COMMANDS = dict(below(typer.main.get_command(app)))


def parameters() -> Iterator[Any]:
    for path, command in COMMANDS.items():
        for parameter in command.params:
            yield pytest.param(parameter, id=f"{'-'.join(path)}-{parameter.name}")


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("command", [(), *COMMANDS])
def test_help_fits_the_terminal(run: InProcess, command: tuple[str, ...], width: int) -> None:
    ended = run(*command, "--help", columns=width)
    assert ended.code == 0
    assert max(len(line.rstrip()) for line in ended.out.splitlines()) <= width


def test_help_of_score_keeps_its_examples_whole_at_80_columns(run: InProcess) -> None:
    lines = [line.strip() for line in run("score", "--help").out.splitlines()]
    assert "ffmpeg -i dis.mkv -f yuv4mpegpipe - | vmafx score ref.mp4 -" in lines
    assert "vmafx score ref.yuv dis.yuv --width 576 --height 324 --pix-fmt yuv420p10le" in lines


@pytest.mark.parametrize(
    "group", [(), *(path for path, command in COMMANDS.items() if isinstance(command, LazyGroup))]
)
def test_help_lists_every_command_with_what_it_does(run: InProcess, group: tuple[str, ...]) -> None:
    lines = run(*group, "--help").out.splitlines()
    listed = COMMANDS[group].lazy_commands if group else Program.lazy_commands
    for name, command in listed.items():
        assert any(name in line and command.summary in line for line in lines)


def test_paragraphs_of_groups_break_at_the_width_of_the_terminal(run: InProcess) -> None:
    lines = [line.strip() for line in run("tune", "--help", columns=200).out.splitlines()]
    assert any(line.startswith("Every search") and len(line) > 100 for line in lines)


@pytest.mark.parametrize("path", list(COMMANDS))
def test_headings_come_in_one_order_in_all_commands(run: InProcess, path: tuple[str, ...]) -> None:
    out = run(*path, "--help").out
    places = [out.index(f"─ {panel} ─") for panel in panels.ORDER if f"─ {panel} ─" in out]
    assert places == sorted(places)


@pytest.mark.parametrize("parameter", tuple(parameters()))
def test_every_option_says_what_it_does(parameter: Any) -> None:
    assert Text.from_markup(parameter.help).plain.endswith((".", "]"))


@pytest.mark.parametrize("path", [path for path in COMMANDS if path[0] == "tune"])
def test_help_of_a_search_keeps_its_examples_whole_at_80_columns(
    run: InProcess, path: tuple[str, ...]
) -> None:
    lines = [line.strip() for line in run(*path, "--help").out.splitlines()]
    epilog = [line.strip() for line in COMMANDS[path].epilog.splitlines()]
    written = [line for line in epilog if line and not line.startswith("[bold]")]
    assert len(written) > 1
    assert [line for line in written if line not in lines] == []


def test_options_stand_under_headings(run: InProcess) -> None:
    out = run("score", "--help").out
    headings = ["What is measured", "What part is used", "Raw video", "Requirements", "Results"]
    places = [out.index(f"─ {heading} ─") for heading in headings]
    assert places == sorted(places)
