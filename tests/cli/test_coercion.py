"""Words become values as typer makes them of them, and without loading pydantic."""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
import typer.main

from vmafx_cli.command_classes import Command


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def collecting(cls: type[Any]) -> tuple[Any, list[Any]]:
    """A command, and what it is called with."""
    app, calls = typer.Typer(), []

    @app.command(cls=cls)
    def command(
        *,
        words: list[str],
        number: Annotated[int, typer.Option(min=1, max=99)] = 7,
        share: Annotated[float, typer.Option(max=7)] = 1.5,
        path: Path = Path(),
        folder: Annotated[Path | None, typer.Option(exists=True, file_okay=False)] = None,
        colour: Colour = Colour.BLUE,
        lengths: Annotated[list[int] | None, typer.Option(parser=len)] = None,
        digits: Annotated[int | None, typer.Option(parser=int)] = None,
        pair: tuple[int, str] | None = None,
        numbers: list[int] | None = None,
        loud: bool = False,
    ) -> None:
        calls.append(
            (words, number, share, path, folder, colour, lengths, digits, pair, numbers, loud)
        )

    return typer.main.get_command(app), calls


@pytest.mark.parametrize(
    "settings",
    [
        {"number": 12, "colour": "red", "loud": True},
        {"number": 0},
        {"number": True},
        {"number": 1.5},
        {"number": [1]},
        {"share": 2},
        {"colour": 3},
        {"colour": ["red"]},
        {"loud": "maybe"},
        {"lengths": ["abc"]},
        {"words": "a"},
        {"path": "a\0b"},
        {"path": 5},
        {"numbers": 5},
    ],
)
def test_so_are_those_of_a_file_of_settings(
    settings: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = []
    for cls in (Command, typer.core.TyperCommand):
        command, calls = collecting(cls)
        with pytest.raises(SystemExit) as ended:
            command.main(["a"], prog_name="x", default_map=settings)
        outcomes.append((calls, ended.value.code, capsys.readouterr()))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    "line",
    [
        "a b",
        "a --number 12 --share 0.5 --colour red --loud",
        "a --lengths abc --lengths ab --pair 3 x",
        "a --number 0",
        "a --number 100",
        "a --number +3",
        "a --number ３",  # noqa: RUF001
        "a --number 1_0",
        "a --number x",
        f"a --number {'9' * 5000}",
        "a --digits ²",
        "a --number=-3",
        "a --colour green",
        "a --colour RED",
        "a --share x",
        "a --share 2",
        "a --share 007.250",
        "a --share 7.001",
        "a --share=-1",
        "a --share .5",
        "a --share 1e0",
        "a --share nan",
        "a --share ３.5",  # noqa: RUF001
        "a --path no/such --folder /",
        "a --path /etc/shadow/x",
        "a --path -",
        f"a --path {'x' * 300}",
        f"a --path {__file__}/x",
        "a --folder no/such",
        f"a --folder {__file__} --path {__file__}",
        "a --pair x y",
        "",
    ],
)
def test_values_and_errors_are_those_of_typer(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = []
    for cls in (Command, typer.core.TyperCommand):
        command, calls = collecting(cls)
        with pytest.raises(SystemExit) as ended:
            command.main(line.split(), prog_name="x")
        outcomes.append((calls, ended.value.code, capsys.readouterr()))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("score no.mp4 none.mp4 --frames 2 --format json -m vmaf_v0.6.1 -f psnr -o x.json", 3),
        ("daemon status --state-dir no/such", 6),
        ("daemon start --foreground --host 192.0.2.1 --state-dir new --drain 5 --keep-days 3", 2),
    ],
)
def test_a_usual_line_loads_no_pydantic(line: str, code: int, tmp_path: Path) -> None:
    program = f"""
import sys
from vmafx_cli.main import main
sys.argv = ["vmafx", *{line.split()}]
code = main()
print(code, "pydantic" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout.split()[-2:] == [str(code), "False"]
