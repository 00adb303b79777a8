"""`vmafx jobs watch`: follow a job to its end, or all jobs."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.gate import GateOptions
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import Format, MessageOptions, ResultOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.errors import UsageError

if TYPE_CHECKING:
    from vmafx_rpc.client import Client
    from vmafx_rpc.messages import controller

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx jobs watch 4f2a
  vmafx jobs watch 4f2a --format json -o scores.csv --require 'vmaf>=93'
  vmafx jobs watch

[bold]What comes out[/]

  What 'vmafx score' would have given for the same videos, and its exit code.
  To stop watching leaves the job going on.
"""

Watched = Annotated[
    str | None,
    typer.Argument(
        metavar="[JOB]",
        help="Its id, or the beginning of it; without one, all jobs.",
        show_default=False,
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def watch(
    *,
    job: Watched = None,
    gate: GateOptions,
    results: ResultOptions,
    remote: RemoteOptions,
    messages: MessageOptions,
) -> None:
    """Follow a job to its end, and show what came out; or tell what happens to all jobs."""
    from vmafx_rpc import jobs  # help does without

    with remote.client() as client:
        if job is None:
            _watch_all(client, results.format)
            return
        found = jobs.get(client, job)
        if found.spec.HasField("score"):
            _watch_score(client, found, gate, results, messages)
        else:
            _watch_encode(client, found, results, messages)


def _watch_score(
    client: "Client",
    job: "controller.Job",
    gate: GateOptions,
    results: ResultOptions,
    messages: MessageOptions,
) -> None:
    from vmafx_cli.rendering.scores import run
    from vmafx_core.scoring.request import ScoreRequest
    from vmafx_rpc.convert import from_message
    from vmafx_rpc.names import Names
    from vmafx_rpc.scores import follow

    request = from_message(job.spec.score, ScoreRequest)
    run(request, follow(client, job.id, Names()), gate, results, messages)


def _watch_encode(
    client: "Client", job: "controller.Job", results: ResultOptions, messages: MessageOptions
) -> None:
    from rich.console import Console

    from vmafx_cli.rendering.jobs import job_document, job_view
    from vmafx_cli.rendering.searches import searched
    from vmafx_cli.rendering.tables import Unpadded
    from vmafx_core.report.files import writing_stdout
    from vmafx_rpc import jobs
    from vmafx_rpc.prober import follow_probe

    if results.format not in {None, Format.TABLE, Format.JSON} or results.output or results.report:
        raise UsageError(
            f"job {job.id} encodes, and has no scores a frame to write",
            "Print it with --format table or json.",
        )
    searched(follow_probe(client, job.id), messages)
    ended = jobs.get(client, job.id, with_result=True)
    with writing_stdout():
        if results.format is Format.JSON:
            typer.echo(json.dumps({"version": 1, "job": job_document(ended)}, indent=2))
        else:
            Console(highlight=False).print(Unpadded(job_view(ended)))


def _watch_all(client: "Client", form: Format | None) -> None:
    from vmafx_cli.rendering.jobs import state_line
    from vmafx_cli.rendering.output import print_line
    from vmafx_rpc import jobs
    from vmafx_rpc.plain import plain_message

    if form not in {None, Format.TABLE, Format.NDJSON}:
        raise UsageError(
            f"what happens to all jobs does not end, and cannot be {form}", "Use --format ndjson."
        )
    for event in jobs.watch_all(client):
        if form is Format.NDJSON:
            print_line(json.dumps(plain_message(event)))
        elif event.HasField("state"):
            print_line(state_line(event.state))
