"""`vmafx models add`: install neural models from a registry or a file."""

import sys
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels, values
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_core.backends.registry import Kind
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx models add registry.json
  vmafx models add registry.json vmaf_tiny_v2 lpips_sq_v1
  vmafx models add https://models.example/registry.json
  vmafx models add my_metric.onnx --kind nr

[bold]What is checked[/]

  Every file's SHA-256 as the registry has it, its size, the opset, that it
  loads, and that it holds nothing but arithmetic. All models are checked
  before the first is put in place; a model is compared with its hashes
  whenever it is used.
"""


@app.command("add", cls=Command, epilog=_EPILOG)
@with_groups
def add(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A registry.json or an .onnx file: a path, or an http(s) URL.",
            show_default=False,
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Which models of the registry.", show_default="all"),
    ] = None,
    *,
    kind: Annotated[
        Kind | None,
        option(
            "--kind",
            panel=panels.INSTALLED,
            help="What a single file is for: fr scores a pair, nr one video, filter a picture.",
        ),
    ] = None,
    max_size: Annotated[
        int | None,
        option(
            "--max-size",
            panel=panels.INSTALLED,
            metavar="SIZE",
            parser=values.byte_size,
            default="256M",
            help="The longest file to take.",
        ),
    ] = None,
    messages: MessageOptions,
) -> None:
    """Install neural models, so that 'vmafx score -m NAME' can use them."""
    # Help does without the engine.
    from rich.progress import Progress, TaskID

    from vmafx_core.backends.install import MOST_BYTES, install
    from vmafx_core.extras import require
    from vmafx_core.notice import Level

    require("onnx", "installing models")
    with Progress(disable=messages.quiet or not sys.stderr.isatty(), transient=True) as shown:
        tasks: dict[str, TaskID] = {}

        def progress(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=total)
            shown.update(tasks[name], completed=done, total=total)

        result = install(
            source,
            only=names or (),
            kind=kind,
            most_bytes=max_size or MOST_BYTES,
            progress=progress,
        )
    for notice in result.notices:
        if messages.verbose or (notice.level is Level.WARNING and not messages.quiet):
            typer.echo(f"vmafx: {notice.level.value}: {notice.text}", err=True)
    if not messages.quiet:
        with writing_stdout():
            for model in result.models:
                typer.echo(f"installed {model.entry.id} ({model.description.role.value})")
