"""`vmafx jobs`: work that a daemon does in its own time, one module a command."""

from vmafx_cli.command_classes import LazyCommand
from vmafx_cli.configured import grouping

_EPILOG = """\
[bold]Examples[/]

  vmafx jobs submit ref.mp4 dis.mp4 --priority 5 --label title=heron
  vmafx jobs list --state running
  vmafx jobs watch 4f2a
  vmafx jobs show 4f2a --format json
  vmafx jobs cancel 4f2a
"""

_COMMANDS = {
    "submit": LazyCommand("vmafx_cli.commands.jobs.submit", "Have a daemon score videos."),
    "list": LazyCommand("vmafx_cli.commands.jobs.list", "List jobs, the newest first."),
    "show": LazyCommand("vmafx_cli.commands.jobs.show", "Show a job and its result."),
    "watch": LazyCommand("vmafx_cli.commands.jobs.watch", "Follow a job, or all of them."),
    "cancel": LazyCommand("vmafx_cli.commands.jobs.cancel", "Cancel jobs."),
    "retry": LazyCommand("vmafx_cli.commands.jobs.retry", "Queue ended jobs again."),
}

app = grouping(_COMMANDS, _EPILOG)


@app.callback()
def jobs() -> None:
    """Queue work at a daemon, and see to it.

    An id may be shortened to a beginning that no other job has.
    """
