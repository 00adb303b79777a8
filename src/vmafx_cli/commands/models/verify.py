"""`vmafx models verify`: whether installed models are still what was installed."""

from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import names as completions
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_core.errors import InputError
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command("verify", cls=Command)
@with_groups
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Which models.",
            autocompletion=lambda incomplete: list(completions.installed_models(incomplete)),
            show_default="all",
        ),
    ] = None,
    *,
    messages: MessageOptions,
) -> None:
    """Compare every file of installed models with its hash."""
    from vmafx_core.backends.installed import find_model, installed  # help without

    models = [find_model(name) for name in names] if names else list(installed().values())
    wrong: list[InputError] = []
    for model in models:
        try:
            model.verify()
        except InputError as error:
            wrong.append(error)
            told = "CHANGED"
        else:
            told = "ok"
        if not messages.quiet:
            with writing_stdout():
                typer.echo(f"{told:<8} {model.entry.id}")
    if wrong:
        raise InputError("; ".join(error.message for error in wrong), wrong[0].hint)
