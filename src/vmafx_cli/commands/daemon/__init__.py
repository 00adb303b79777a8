"""`vmafx daemon`: this machine as a service that scores for others, one module a command."""

from vmafx_cli.command_classes import LazyCommand
from vmafx_cli.configured import grouping

_EPILOG = """\
[bold]Examples[/]

  vmafx daemon start
  vmafx daemon status
  vmafx score ref.mp4 dis.mp4 --remote
  vmafx daemon logs --follow
  vmafx daemon stop
"""

_COMMANDS = {
    "start": LazyCommand("vmafx_cli.commands.daemon.start", "Start it."),
    "status": LazyCommand("vmafx_cli.commands.daemon.status", "Say how it is doing."),
    "logs": LazyCommand("vmafx_cli.commands.daemon.logs", "Show its log."),
    "stop": LazyCommand("vmafx_cli.commands.daemon.stop", "Stop it."),
    "token": LazyCommand("vmafx_cli.commands.daemon.token", "Say who may use it."),
}

app = grouping(_COMMANDS, _EPILOG)


@app.callback()
def daemon() -> None:
    """Make this machine a service that scores for others."""
