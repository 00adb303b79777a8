import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from support.data import program
from vmafx_cli import manual
from vmafx_cli.command_classes import LazyGroup
from vmafx_cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = dict(manual.pages())


def test_the_pages_and_scripts_of_the_repository_are_current(tmp_path: Path) -> None:
    manual.write(tmp_path)
    made = {p.relative_to(tmp_path): p.read_text() for p in tmp_path.rglob("*") if p.is_file()}
    kept = {
        path.relative_to(ROOT): path.read_text()
        for folder in ("man", "completions")
        for path in (ROOT / folder).iterdir()
    }
    assert made == kept, "run: python -m vmafx_cli.manual ."


def names(group: Any, title: str) -> Iterator[str]:
    """The title of every command and group below a group."""
    for name in group.lazy_commands:
        yield f"{title}-{name}"
        if isinstance(command := group.load(name), LazyGroup):
            yield from names(command, f"{title}-{name}")


def test_there_is_a_page_for_the_program_and_for_each_command() -> None:
    root = typer.main.get_command(app)
    assert set(PAGES) == {"vmafx.1", *(f"{name}.1" for name in names(root, "vmafx"))}


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_shown_without_complaints(name: str, tmp_path: Path) -> None:
    page = tmp_path / name
    page.write_text(PAGES[name])
    done = subprocess.run(
        [program("man"), "--warnings", "--local-file", str(page)],
        capture_output=True,
        check=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": "/usr/bin:/bin"},
    )
    assert done.stderr == ""
    assert "NAME" in done.stdout


def test_examples_stand_in_a_page_as_they_are_typed(tmp_path: Path) -> None:
    page = tmp_path / "page.1"
    page.write_text(PAGES["vmafx-score.1"])
    shown = subprocess.run(
        [program("man"), "--local-file", str(page)],
        capture_output=True,
        check=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "PATH": "/usr/bin:/bin"},
    ).stdout
    lines = [line.strip() for line in shown.splitlines()]
    assert "vmafx score ref.mp4 dis.mp4 --require 'vmaf>=93' --require 'vmaf:p5>=85'" in lines
    assert "ffmpeg -i dis.mkv -f yuv4mpegpipe - | vmafx score ref.mp4 -" in lines
