"""`vmafx daemon start`: start a daemon."""

import os
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.daemon import (
    AccessOptions,
    DaemonOptions,
    LimitOptions,
    ListeningOptions,
)
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import Debug
from vmafx_core.errors import ComponentError
from vmafx_core.extras import require
from vmafx_core.loading import loading
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx daemon start
  vmafx daemon start --root /media --workers 4
  vmafx daemon start --foreground --host 0.0.0.0 --log-format json

[bold]Settings[/]

  VMAFX_HOST, VMAFX_GRPC_PORT, VMAFX_PORT (HTTP), VMAFX_SOCKET,
  VMAFX_STATE_DIR, VMAFX_SCORING_ROOTS, VMAFX_TOKEN_FILE, VMAFX_WORKERS,
  VMAFX_DB_DSN, VMAFX_LOG_LEVEL, VMAFX_LOG_FORMAT, and VMAFX_MODEL_DIR for
  installed models; or \\[daemon.start] in config.toml.
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def start(
    *,
    foreground: Annotated[
        bool,
        option(
            "--foreground",
            panel=panels.RUNNING,
            metavar="",
            help="Stay, and log to standard error: for containers and service managers.",
        ),
    ] = False,
    listening: ListeningOptions,
    access: AccessOptions,
    limits: LimitOptions,
    daemon: DaemonOptions,
    debug: Debug = False,  # noqa: ARG001  # its callback acts on it
) -> None:
    """Start a daemon: gRPC and HTTP on this machine, and a unix socket for this user.

    It goes on in the background. Requests by the socket may name any file, others those below
    --root. To be reached from other machines it needs a --host, and tokens or certificates.
    """
    if os.name == "nt":
        raise ComponentError("the daemon does not run on Windows", "Use WSL, or a container.")
    require("daemon", "a daemon")
    settings = daemon.settings(listening, access, limits)
    if foreground:
        with loading():
            from vmafx_daemon import server  # help does without

        server.run(settings, lambda _: None)
        return
    from vmafx_daemon.operations import background

    started = background.start(settings)
    with writing_stdout():
        typer.echo(f"process {started.pid} listens at")
        for address in started.addresses:
            typer.echo(f"  {address}")
