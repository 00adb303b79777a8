"""`vmafx daemon token`: who may use a daemon, one module a command."""

from vmafx_cli.command_classes import LazyCommand
from vmafx_cli.configured import grouping

_EPILOG = """\
[bold]Examples[/]

  vmafx daemon token add ci > ci.token
  vmafx daemon token add dashboard --role read
  vmafx daemon token list
  vmafx daemon token remove ci
  vmafx score ref.mp4 dis.mp4 --remote host:9090 --token-file ci.token
"""

_COMMANDS = {
    "add": LazyCommand("vmafx_cli.commands.daemon.token.add", "Make a token."),
    "list": LazyCommand("vmafx_cli.commands.daemon.token.list", "List tokens."),
    "remove": LazyCommand("vmafx_cli.commands.daemon.token.remove", "Make tokens worthless."),
}

app = grouping(_COMMANDS, _EPILOG)


@app.callback()
def token() -> None:
    """Say who may use this daemon.

    Once there is a token, all callers need one, but those by the unix socket. A running daemon
    follows changes at once.
    """
