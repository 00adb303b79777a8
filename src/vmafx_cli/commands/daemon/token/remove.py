"""`vmafx daemon token remove`: make tokens worthless."""

from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import Debug
from vmafx_cli.options.tokens import TokenFile, token_file

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(cls=Command)
@with_groups
def remove(
    *,
    name: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Whose they are.", show_default=False)
    ],
    file: TokenFile = None,
    debug: Debug = False,  # noqa: ARG001  # its callback acts on it
) -> None:
    """Make tokens worthless, from now on."""
    from vmafx_daemon.access.tokens import remove_token  # help does without

    for each in name:
        remove_token(token_file(file), each)
