"""`vmafx daemon token add`: make a token."""

from enum import StrEnum
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import Debug
from vmafx_cli.options.tokens import TokenFile, token_file
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


class RoleName(StrEnum):
    """What a token allows."""

    READ = "read"
    WRITE = "write"


@app.command(cls=Command)
@with_groups
def add(
    *,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Whose it is; for logs.", show_default=False)
    ],
    role: Annotated[
        RoleName,
        option(
            "--role",
            panel=panels.ACCESS,
            help="read to look at jobs and results, write to have work done, too.",
            show_default=True,
        ),
    ] = RoleName.WRITE,
    file: TokenFile = None,
    debug: Debug = False,  # noqa: ARG001  # its callback acts on it
) -> None:
    """Make a token, and print it.

    It is shown this once: the file keeps its hash alone.
    """
    from vmafx_daemon.access.caller import Role  # help does without
    from vmafx_daemon.access.tokens import add_token

    secret = add_token(token_file(file), name, Role[role.name])
    with writing_stdout():
        typer.echo(secret)
