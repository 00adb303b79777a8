"""Asking a daemon what a video is."""

from vmafx_core.errors import UsageError, VmafxError
from vmafx_core.media.locations import is_pipe, name_of
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.probe import Probe
from vmafx_rpc import messages
from vmafx_rpc.client import Client
from vmafx_rpc.convert import from_message, to_message
from vmafx_rpc.names import Names

# A daemon takes as long as a server of videos does, and others may be before this one.
_DEADLINE = 120.0


def probe_there(client: Client, source: InputSpec) -> Probe:
    """What a daemon says that a video is, and what scoring does with it.

    Args:
        client: The daemon.
        source: Where the video is; a path is this program's where the daemon sees the same files.

    Raises:
        UsageError: It is a pipe.
        RemoteError: The daemon cannot be reached, or refuses.
        VmafxError: What probing raises here.
    """
    if is_pipe(source.location):
        raise UsageError(
            f"{name_of(source.location)}: a daemon cannot look into a pipe of this program",
            "Leave --remote out, or save it to a file first.",
        )
    asked = messages.controller.ProbeRequest(input=to_message(source, messages.task.Input))
    names = Names.settle(client.address, asked.input)
    try:
        response = client.call(client.controller.Probe, asked, deadline=_DEADLINE)
    except VmafxError as error:
        raise names.error(error) from None
    names.restore(response)
    return from_message(response.probe, Probe)
