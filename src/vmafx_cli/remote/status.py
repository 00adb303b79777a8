"""How a daemon is doing, for people and for programs."""

import dataclasses
import time
from pathlib import Path
from typing import Any

from rich.table import Table

from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.errors import RemoteError
from vmafx_core.notice import counted
from vmafx_daemon.operations.state import running
from vmafx_daemon.operations.stopping import no_daemon
from vmafx_rpc import messages
from vmafx_rpc.plain import plain_message

Status = messages.controller.GetStatusResponse


def status_of(state: Path, remote: RemoteOptions) -> Status:
    """Ask a daemon.

    Args:
        state: The state folder of the one on this machine.
        remote: Another one, where one is named.

    Raises:
        VmafxError: There is none, or it refuses.
    """
    if not remote.wanted:
        daemon = running(state)
        if daemon is None:
            raise no_daemon(state)
        if not daemon.addresses:
            raise RemoteError(f"the daemon (process {daemon.pid}) is just starting", "Ask again.")
        remote = dataclasses.replace(remote, remote=daemon.addresses[0])
    with remote.client() as client:
        found: Status = client.call(
            client.controller.GetStatus, messages.controller.GetStatusRequest()
        )
    return found


def status_document(status: Status) -> dict[str, Any]:
    """The same for programs."""
    return {"version": 1, "uptime": round(_uptime(status), 3), "daemon": plain_message(status)}


def status_table(status: Status) -> Table:
    """The same for people."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    minutes, seconds = divmod(round(_uptime(status)), 60)
    hours, minutes = divmod(minutes, 60)
    rows = {
        "state": "ready" if status.ready else f"takes no work: {status.reason}",
        "version": f"vmafx {status.version}, libvmaf {status.libvmaf_version or 'none'}",
        "up": f"{hours}:{minutes:02}:{seconds:02}, process {status.pid}",
        "engine": f"{status.engine}, {counted(status.slots, 'job')} at once",
        "queue": f"{status.running} running, {status.pending} waiting",
        "streams": f"{status.streams} open",
        "addresses": "\n".join(status.addresses),
    }
    for name, value in rows.items():
        table.add_row(f"[bold]{name}[/]", value)
    return table


def _uptime(status: Status) -> float:
    """Seconds since it started."""
    return max(0.0, time.time() - status.started_at.ToNanoseconds() / 1e9)
