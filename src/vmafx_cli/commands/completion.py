"""`vmafx completion`: print the script that makes a shell complete vmafx commands."""

from enum import StrEnum
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]To install[/]

  bash  vmafx completion bash > ~/.local/share/bash-completion/completions/vmafx
  zsh   vmafx completion zsh > ~/.zfunc/_vmafx   # a directory in your fpath
  fish  vmafx completion fish > ~/.config/fish/completions/vmafx.fish
"""


class Shell(StrEnum):
    """A shell that completions can be made for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.command(cls=Command, epilog=_EPILOG)
def completion(
    shell: Annotated[Shell, typer.Argument(help="The shell.", show_default=False)],
) -> None:
    """Print shell completions.

    The script completes commands, options, and the names of models, features, pools, pixel
    formats and output formats.
    """
    from vmafx_cli.manual import completion_script  # commands load when they run

    with writing_stdout():
        typer.echo(completion_script(shell.value), nl=False)
