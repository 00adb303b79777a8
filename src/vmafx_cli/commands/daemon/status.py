"""`vmafx daemon status`: how the daemon is doing."""

import json

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.daemon import StateDir, state_dir
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(cls=Command)
@with_groups
def status(*, folder: StateDir = None, listing: ListOptions, remote: RemoteOptions) -> None:
    """Say how a daemon is doing: this user's own, or another one."""
    from vmafx_cli.remote.status import status_document, status_of, status_table

    found = status_of(state_dir(folder), remote)
    with writing_stdout():
        if listing.format is ListFormat.JSON:
            typer.echo(json.dumps(status_document(found), indent=2))
        else:
            from rich.console import Console

            from vmafx_cli.rendering.tables import Unpadded

            Console(highlight=False).print(Unpadded(status_table(found)))
