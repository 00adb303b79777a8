"""How the daemon is that commands would use."""

from vmafx_cli.diagnosis import Finding, Status
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.errors import VmafxError
from vmafx_core.notice import counted
from vmafx_rpc.addresses import default_socket

_TOPIC = "daemon"


def daemon_finding(remote: RemoteOptions) -> Finding:
    """Ask the daemon how it is; whether it is there matters only where one was named.

    Args:
        remote: Which daemon; this user's own where none is named.
    """
    if not remote.wanted and not default_socket().exists():
        return Finding(_TOPIC, "own", Status.OK, "not started, and not needed")
    from vmafx_rpc import messages  # loads gRPC

    name = "named" if remote.wanted else "own"
    trouble = Status.PROBLEM if remote.wanted else Status.NOTE
    try:
        with remote.client() as client:
            request = messages.controller.GetStatusRequest()
            status = client.call(client.controller.GetStatus, request)
            where = client.address
    except VmafxError as error:
        return Finding(_TOPIC, name, trouble, error.message, error.hint)
    if not status.ready:
        return Finding(_TOPIC, name, trouble, f"takes no work: {status.reason}", "See its log.")
    work = f"{counted(status.running, 'job')} running, {status.pending} waiting"
    return Finding(_TOPIC, name, Status.OK, f"{status.version} at {where}, {work}")
