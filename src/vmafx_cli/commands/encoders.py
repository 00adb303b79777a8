"""`vmafx encoders`: the encoders that searches can use, and which of them work here."""

import json
from dataclasses import asdict

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_core.encoders.catalogue import ENCODERS
from vmafx_core.encoders.contract import Encoder
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx encoders
  vmafx encoders --format json | jq '.encoders[] | select(.usable).name'
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def encoders(listing: ListOptions) -> None:
    """List encoders, and say which work on this machine.

    For each: its quality knob with the range, its presets from the slowest to the fastest, and
    the pixel formats it takes. Of encoders on GPUs, a picture is encoded to see.
    """
    from vmafx_core.encoders.availability import survey  # help does without

    reasons = survey()
    if listing.format is ListFormat.JSON:
        rows = [
            {**asdict(e), "usable": not reasons[e.name], "unusable_because": reasons[e.name]}
            for e in ENCODERS
        ]
        with writing_stdout():
            typer.echo(json.dumps({"version": 1, "encoders": rows}, indent=2))
    else:
        _print_tables(reasons)


@writing_stdout()
def _print_tables(reasons: dict[str, str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Column, Table

    folded = Column("presets, slowest first", overflow="fold")
    formats = Column("pixel formats", overflow="fold")
    usable = Table("encoder", "quality", folded, formats, box=SIMPLE_HEAD, pad_edge=False)
    unusable = Table("not usable here", "what it is", "why", box=SIMPLE_HEAD, pad_edge=False)
    for encoder in ENCODERS:
        if reason := reasons[encoder.name]:
            unusable.add_row(encoder.name, encoder.about, reason)
        else:
            usable.add_row(
                encoder.name, _quality(encoder), _presets(encoder), ", ".join(encoder.pix_fmts)
            )
    console = Console(highlight=False)
    console.print(usable)
    if unusable.row_count:
        console.print(unusable)


def _quality(encoder: Encoder) -> str:
    knob = encoder.knob
    finest, *_, coarsest = knob.values()
    return f"{knob.name} {finest:g}-{coarsest:g}"


def _presets(encoder: Encoder) -> str:
    numbers = all(preset.isdecimal() for preset in encoder.presets)
    if numbers and encoder.presets:
        listed = f"{encoder.presets[0]}-{encoder.presets[-1]}"
    else:
        listed = ", ".join(encoder.presets)
    return f"{listed} (default {encoder.default_preset})" if listed else "none"
