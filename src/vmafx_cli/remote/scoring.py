"""Having a daemon score, and showing it as if it were done here."""

from vmafx_cli.options.gate import GateOptions
from vmafx_cli.options.outputs import MessageOptions, ResultOptions
from vmafx_cli.options.remote import UploadOptions
from vmafx_cli.rendering.scores import run
from vmafx_core.media.locations import is_pipe
from vmafx_core.scoring.request import ScoreRequest
from vmafx_rpc.scores import score_there
from vmafx_rpc.uploads import score_sent


def run_there(
    request: ScoreRequest,
    remote: UploadOptions,
    gate: GateOptions,
    results: ResultOptions,
    messages: MessageOptions,
) -> None:
    """Score at a daemon; everything else is as in `vmafx_cli.rendering.scores.run`.

    Args:
        request: What is asked for.
        remote: At which daemon, and how it gets the videos.
        gate: What is required of the scores.
        results: What is written, and where.
        messages: What is told meanwhile.

    Raises:
        RemoteError: If the daemon cannot be reached.
        VmafxError: As there.
    """
    videos = (request.reference, *request.distorted)
    sent = remote.upload or any(is_pipe(video.location) for video in videos)
    with remote.client() as client:
        if sent:
            events = score_sent(client, request)
        else:
            events = score_there(client, request, no_cache=remote.no_cache)
        run(request, events, gate, results, messages)
