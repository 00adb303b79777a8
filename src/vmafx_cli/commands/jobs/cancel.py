"""`vmafx jobs cancel`: cancel jobs that have not ended."""

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.jobs import JobIds
from vmafx_cli.options.outputs import Debug
from vmafx_cli.options.remote import RemoteOptions

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(cls=Command)
@with_groups
def cancel(
    *,
    job: JobIds,
    remote: RemoteOptions,
    debug: Debug = False,  # noqa: ARG001  # its callback acts on it
) -> None:
    """Cancel jobs that have not ended.

    A job that runs is ended within a second; what it had is lost.
    """
    from vmafx_cli.rendering.jobs import state_line  # help does without
    from vmafx_cli.rendering.output import print_line
    from vmafx_rpc import jobs

    with remote.client() as client:
        for each in job:
            print_line(state_line(jobs.cancel(client, jobs.get(client, each).id)))
