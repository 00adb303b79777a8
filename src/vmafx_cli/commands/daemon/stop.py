"""`vmafx daemon stop`: stop the daemon."""

from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels, values
from vmafx_cli.options.daemon import StateDir, state_dir
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import Debug

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(cls=Command)
@with_groups
def stop(
    *,
    timeout: Annotated[
        float,
        option(
            "--timeout",
            panel=panels.RUNNING,
            metavar="TIME",
            parser=values.seconds,
            default="35",
            help="How long it may take to end what it does; then it stops at once.",
        ),
    ] = 35.0,
    folder: StateDir = None,
    debug: Debug = False,  # noqa: ARG001  # its callback acts on it
) -> None:
    """Stop the daemon, once the jobs that run have ended.

    Jobs that take too long are queued again, for when it is started anew.
    """
    from vmafx_daemon.operations import stopping  # help does without

    if not stopping.stop(state_dir(folder), timeout):
        typer.echo("vmafx: it took too long, and was stopped at once", err=True)
