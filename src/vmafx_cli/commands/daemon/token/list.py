"""`vmafx daemon token list`: list tokens."""

import json

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.tokens import TokenFile, token_file
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command("list", cls=Command)
@with_groups
def list_tokens(*, file: TokenFile = None, listing: ListOptions) -> None:
    """List whose tokens there are, and what they allow."""
    from vmafx_daemon.access.tokens import read_tokens  # help does without

    tokens = read_tokens(token_file(file))
    with writing_stdout():
        if listing.format is ListFormat.JSON:
            listed = [{"name": t.name, "role": t.role.name.lower()} for t in tokens]
            typer.echo(json.dumps({"version": 1, "tokens": listed}, indent=2))
        else:
            for each in tokens:
                typer.echo(f"{each.role.name.lower():<6} {each.name}")
