"""`vmafx models show`: what an installed model is."""

import json
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.commands.models.list import about
from vmafx_cli.options import names
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="An installed model.",
        autocompletion=lambda incomplete: list(names.installed_models(incomplete)),
        show_default=False,
    ),
]


@app.command("show", cls=Command)
@with_groups
def show(name: Name, *, listing: ListOptions) -> None:
    """Show an installed model: what it is for, takes and gives, its files and licence."""
    from vmafx_core.backends.installed import find_model  # help does without

    model = find_model(name)
    with writing_stdout():
        if listing.format is ListFormat.JSON:
            typer.echo(json.dumps({"version": 1} | about(model), indent=2))
            return
        entry, described = model.entry, model.description
        taken = ", ".join(f"{t.name} {_shape(t.shape)}" for t in described.inputs)
        lines = (
            ("model", entry.id),
            ("what it does", entry.description),
            ("used as", f"{described.role.value} ({entry.kind.value})"),
            ("takes", taken),
            ("features", ", ".join(described.features)),
            ("encoders", ", ".join(described.encoders)),
            ("gives", f"{described.output.name} {_shape(described.output.shape)}"),
            ("opset", str(model.opset)),
            ("int8 twin", model.int8.name if model.int8 else ""),
            ("licence", " ".join(filter(None, (entry.license, entry.license_url)))),
            ("size", f"{model.bytes} bytes"),
            ("from", model.source),
            ("folder", str(model.folder)),
            ("notes", entry.notes),
        )
        from rich.console import Console

        from vmafx_cli.rendering.tables import Unpadded, lines_table

        told = lines_table(line for line in lines if line[1])
        Console(highlight=False).print(Unpadded(told))


def _shape(shape: tuple[int | None, ...]) -> str:
    return "x".join("?" if d is None else str(d) for d in shape)
