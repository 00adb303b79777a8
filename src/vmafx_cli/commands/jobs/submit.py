"""`vmafx jobs submit`: queue the scoring of videos at a daemon."""

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.inputs import Distorted, InputOptions, NoReference, QueuedReference
from vmafx_cli.options.jobs import QueueOptions
from vmafx_cli.options.outputs import Debug
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.options.scoring import ScoringOptions

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx jobs submit ref.mp4 dis.mp4
  vmafx jobs submit ref.mp4 a.mp4 b.mp4 -f psnr --priority 5
  vmafx jobs watch $(vmafx jobs submit ref.mp4 dis.mp4) --format json
  vmafx jobs submit ref.mp4 dis.mp4 --key build-1742   # once, however often

[bold]What comes out[/]

  The job's id. It is safe at the daemon by then.
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def submit(
    *,
    reference: QueuedReference,
    distorted: Distorted = None,
    no_reference: NoReference = False,
    scoring: ScoringOptions,
    inputs: InputOptions,
    queue: QueueOptions,
    remote: RemoteOptions,
    debug: Debug = False,  # noqa: ARG001  # its callback acts on it
) -> None:
    """Have a daemon score videos, now or when their turn comes.

    It takes the options of 'vmafx score' that say what is scored and how. The daemon reads the
    videos itself.
    """
    from vmafx_cli.rendering.output import print_line  # help does without
    from vmafx_core.errors import UsageError, VmafxError
    from vmafx_core.media.locations import is_pipe, name_of
    from vmafx_rpc import jobs, messages
    from vmafx_rpc.convert import to_message
    from vmafx_rpc.names import Names

    request = scoring.request(*inputs.specs(reference, distorted, alone=no_reference))
    for video in (request.reference, *request.distorted):
        if is_pipe(video.location):
            raise UsageError(
                f"{name_of(video.location)}: a pipe cannot wait in a queue",
                "Score it at once: vmafx score --remote.",
            )
    task = to_message(request, messages.task.ScoreTask)
    with remote.client() as client:
        names = Names.settle(client.address, task)
        try:
            spec = messages.controller.JobSpec(score=task)
            print_line(jobs.submit(client, queue.request(spec)))
        except VmafxError as error:
            raise names.error(error) from None
