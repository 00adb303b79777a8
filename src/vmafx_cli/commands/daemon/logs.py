"""`vmafx daemon logs`: the log of the daemon."""

from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.daemon import LogFormat, StateDir, state_dir
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import Debug
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(cls=Command)
@with_groups
def logs(
    *,
    follow: Annotated[
        bool,
        option("--follow", "-f", panel=panels.RESULTS, metavar="", help="Go on as more is logged."),
    ] = False,
    lines: Annotated[
        int,
        option(
            "--lines",
            "-n",
            panel=panels.RESULTS,
            metavar="N",
            min=0,
            show_default=True,
            help="How many of the last lines to begin with.",
        ),
    ] = 20,
    form: Annotated[
        LogFormat,
        option(
            "--format",
            panel=panels.RESULTS,
            default="text on a terminal, otherwise json",
            help="How to print them.",
        ),
    ] = LogFormat.AUTO,
    folder: StateDir = None,
    debug: Debug = False,  # noqa: ARG001  # its callback acts on it
) -> None:
    """Show the log of the daemon in the background.

    One in the foreground logs to its standard error.
    """
    import sys

    from vmafx_daemon.operations.log_files import followed, last, shown

    text = sys.stdout.isatty() if form is LogFormat.AUTO else form is LogFormat.TEXT
    state = state_dir(folder)
    with writing_stdout():
        for line in followed(state, lines) if follow else last(state, lines):
            typer.echo(shown(line) if text else line)
