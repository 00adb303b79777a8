"""`vmafx jobs show`: one job, and what came out of it."""

import json

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.jobs import JobId
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(cls=Command)
@with_groups
def show(*, job: JobId, listing: ListOptions, remote: RemoteOptions) -> None:
    """Show a job, and what came out of it.

    'vmafx jobs watch' shows a result in all formats of 'vmafx score'.
    """
    from vmafx_cli.rendering.jobs import job_document, job_view  # help does without
    from vmafx_rpc import jobs

    with remote.client() as client:
        found = jobs.get(client, job, with_result=True)
    with writing_stdout():
        if listing.format is ListFormat.JSON:
            typer.echo(json.dumps({"version": 1, "job": job_document(found)}, indent=2))
        else:
            from rich.console import Console

            from vmafx_cli.rendering.tables import Unpadded

            Console(highlight=False).print(Unpadded(job_view(found)))
