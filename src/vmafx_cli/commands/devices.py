"""`vmafx devices`: the GPUs of this machine, and where models would run."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.running import Device
from vmafx_core.backends.device import Device as Gpu
from vmafx_core.backends.providers import ANYWHERE
from vmafx_core.backends.survey import Survey
from vmafx_core.report.files import writing_stdout

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx devices
  vmafx devices --device openvino:GPU
  vmafx devices --format json | jq .chosen
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def devices(
    device: Device = ANYWHERE,
    *,
    listing: ListOptions,
) -> None:
    """List GPUs, and say where neural models would run.

    For each GPU: its maker, name, memory and driver; and whether the ONNX Runtime that is
    installed can use it, or which package would.
    """
    from vmafx_core.backends.survey import survey  # help does without

    found = survey(device)
    if listing.format is ListFormat.JSON:
        with writing_stdout():
            typer.echo(json.dumps(_document(found), indent=2))
    else:
        _print(found)


def _document(found: Survey) -> dict[str, Any]:
    gpus = zip(found.devices, found.enabling, strict=True)
    return {
        "version": 1,
        "devices": [asdict(gpu) | {"install": package} for gpu, package in gpus],
        "runtime": dict(zip(("package", "version"), found.runtime or (), strict=False)) or None,
        "providers": found.providers,
        "chosen": found.chosen,
        "told": found.told,
    }


@writing_stdout()
def _print(found: Survey) -> None:
    from rich.console import Console

    from vmafx_cli.rendering.tables import Unpadded, lines_table
    from vmafx_core.extras import remedy

    console = Console(highlight=False)
    if found.devices:
        console.print(Unpadded(_table(found.devices, found.enabling)))
    else:
        console.print("no GPU found")
    console.print()
    lines = [
        ("runtime", " ".join(found.runtime) if found.runtime else f"none; {remedy('onnx')}"),
        ("providers", ", ".join(found.providers)),
        ("models", found.told),
    ]
    console.print(Unpadded(lines_table(line for line in lines if line[1])))


def _table(devices: Sequence[Gpu], enabling: Sequence[str]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Column, Table

    usable = Column("usable", overflow="fold")
    table = Table("device", "name", "memory", "driver", usable, box=SIMPLE_HEAD, pad_edge=False)
    for device, package in zip(devices, enabling, strict=True):
        memory = f"{device.memory / (1 << 30):.1f} GiB" if device.memory else "shared"
        told = f"no: install {package}" if package else "yes"
        name = f"{device.vendor.value} {device.index}"
        table.add_row(name, device.name, memory, device.driver, told)
    return table
