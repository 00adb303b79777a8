from dataclasses import dataclass
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from vmafx_cli.options.groups import option, with_groups
from vmafx_core.errors import UsageError


def even(text: str) -> int:
    if int(text) % 2:
        raise UsageError(f"{text} is odd", "Add one.")
    return int(text)


@dataclass(frozen=True)
class Pair:
    left: Annotated[int, option("--left", panel="Pair", help="Left.", parser=even)] = 4
    right: Annotated[list[str] | None, option("--right", "-r", panel="Pair", help="R.")] = None


seen: list[tuple[str, Pair, bool]] = []
app = typer.Typer(add_completion=False)


@app.command()
@with_groups
def command(name: str, pair: Pair, loud: bool = False) -> None:
    """Take a group among other parameters."""
    seen.append((name, pair, loud))


def call(*args: str) -> Any:
    seen.clear()
    return CliRunner().invoke(app, args)


def test_each_field_of_a_group_is_an_option() -> None:
    assert call("x", "--left", "6", "-r", "a", "--right", "b", "--loud").exit_code == 0
    assert seen == [("x", Pair(left=6, right=["a", "b"]), True)]


def test_a_field_without_its_option_keeps_its_default() -> None:
    assert call("x").exit_code == 0
    assert seen == [("x", Pair(left=4, right=None), False)]


def test_an_error_of_a_parser_is_told_under_the_name_of_the_option() -> None:
    ended = call("x", "--left", "3")
    assert ended.exit_code == 2
    assert "--left" in ended.output
    assert "3 is odd" in ended.output
    assert "Add one." in ended.output


@pytest.mark.parametrize("word", ["--left", "--right", "-r", "--loud", "Take a group"])
def test_help_shows_options_of_groups_and_others_alike(word: str) -> None:
    assert word in call("--help").output
