"""`vmafx models`: models that can be asked for, and installing more."""

import typer

from vmafx_cli.command_classes import LazyCommand
from vmafx_cli.configured import grouping
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListOptions
from vmafx_cli.options.remote import RemoteOptions

_EPILOG = """\
[bold]Examples[/]

  vmafx models
  vmafx models add registry.json
  vmafx models add https://models.example/registry.json vmaf_tiny_v2
  vmafx models show vmaf_tiny_v2
  vmafx score ref.mp4 dis.mp4 -m vmaf_v0.6.1 -m vmaf_tiny_v2

[bold]Settings[/]

  VMAFX_MODEL_DIR names the folder of installed models.
"""

_COMMANDS = {
    "list": LazyCommand("vmafx_cli.commands.models.list", "List models and features."),
    "add": LazyCommand("vmafx_cli.commands.models.add", "Install neural models."),
    "show": LazyCommand("vmafx_cli.commands.models.show", "Show an installed model."),
    "verify": LazyCommand(
        "vmafx_cli.commands.models.verify", "Compare installed models with their hashes."
    ),
    "remove": LazyCommand("vmafx_cli.commands.models.remove", "Remove an installed model."),
}

app = grouping(_COMMANDS, _EPILOG, runs_alone=True)


@app.callback()
@with_groups
def models(ctx: typer.Context, *, listing: ListOptions, remote: RemoteOptions) -> None:
    """List models and features, and install neural models.

    Without a command, lists them.
    """
    if ctx.invoked_subcommand is None:
        from vmafx_cli.commands.models.list import print_list  # help does without

        print_list(listing, remote)
