"""`vmafx jobs list`: the jobs of a daemon."""

import json
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.jobs import Labels, State
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx jobs list
  vmafx jobs list --state running --state pending
  vmafx jobs list --label title=heron --limit 1000 --format json | jq '.jobs[].id'
"""

_MOST = 1_000_000

States = Annotated[
    list[State] | None,
    option("--state", panel=panels.QUEUED, help="Only jobs in this state; repeatable."),
]
Limit = Annotated[
    int,
    option(
        "--limit",
        panel=panels.RESULTS,
        metavar="N",
        min=1,
        max=_MOST,
        show_default=True,
        help="Most jobs to list.",
    ),
]


@app.command("list", cls=Command, epilog=_EPILOG)
@with_groups
def list_jobs(
    *,
    state: States = None,
    label: Labels = None,
    limit: Limit = 20,
    listing: ListOptions,
    remote: RemoteOptions,
) -> None:
    """List jobs, the newest first."""
    from vmafx_cli.rendering.jobs import job_table  # help does without
    from vmafx_rpc import jobs, messages
    from vmafx_rpc.plain import plain_message

    request = messages.controller.ListJobsRequest(
        states=[f"JOB_STATE_{one.name}" for one in state or ()], labels=dict(label or ())
    )
    with remote.client() as client:
        found = list(jobs.newest(client, limit, request))
    with writing_stdout():
        if listing.format is ListFormat.JSON:
            document = {"version": 1, "jobs": [plain_message(job) for job in found]}
            typer.echo(json.dumps(document, indent=2))
        elif not found:
            typer.echo("vmafx: no such jobs" if state or label else "vmafx: no jobs yet", err=True)
        else:
            from rich.console import Console

            from vmafx_cli.rendering.tables import Unpadded

            Console(highlight=False).print(Unpadded(job_table(found)))
