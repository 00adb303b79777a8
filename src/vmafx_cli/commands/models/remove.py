"""`vmafx models remove`: forget an installed model."""

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.commands.models.show import Name
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command("remove", cls=Command)
@with_groups
def remove(name: Name, *, messages: MessageOptions) -> None:
    """Remove an installed model and its files."""
    from vmafx_core.backends.installed import remove_model  # help does without

    model = remove_model(name)
    if not messages.quiet:
        with writing_stdout():
            typer.echo(f"removed {model.entry.id}")
