"""`vmafx models list`: the models and features that can be asked for, and what each is for."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.backends.installed import InstalledModel, installed
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]How to write a model[/]

  vmaf_v0.6.1                                  a built-in one
  auto                                         the v1 model for size and rate
  path=model.json                              a file
  vmaf_tiny_v2                                 an installed one
  nr_metric_v1:int8:name=mos                   its int8 twin, called mos
  lpips_sq_v1:fp16                             in fp16, on a GPU
  fr_regressor_v3:encoder=libx265:crf=28       of an encode by libx265
  vmaf_v0.6.1neg:name=neg                      called neg in results
  vmaf_v0.6.1:disable_clip:enable_transform    with flags
  vmaf_v0.6.1:adm.adm_enhn_gain_limit=1.2      with a feature's option

[bold]How to write a feature[/]

  psnr                                         with its default options
  cambi:full_ref=true:topk=0.5                 with options
"""


@app.command("list", cls=Command, epilog=_EPILOG)
@with_groups
def list_models(listing: ListOptions, remote: RemoteOptions) -> None:
    """List models and features.

    For each built-in model: what it is for, the viewing distance in picture heights and its range;
    for each installed one: how it is used; for each feature: what it measures and what its metrics
    are called in results and requirements.
    """
    print_list(listing, remote)


def print_list(listing: ListOptions, remote: RemoteOptions) -> None:
    """Print the list.

    Args:
        listing: How.
        remote: Of which daemon, if of any.

    Raises:
        RemoteError: The daemon cannot be reached, or refuses.
    """
    if remote.wanted:
        from vmafx_cli.remote.models import print_there  # loads gRPC

        print_there(remote, listing.format)
        return
    added = installed()
    if listing.format is ListFormat.TABLE:
        _print_tables(list(added.values()))
        return
    document = {
        "version": 1,
        "models": [asdict(model) for model in MODELS],
        "installed": [about(model) for model in added.values()],
        "features": [
            {**asdict(feature), "options": [option.name for option in feature.options]}
            for feature in FEATURES
        ],
    }
    with writing_stdout():
        typer.echo(json.dumps(document, indent=2))


def about(model: InstalledModel) -> dict[str, Any]:
    """What is known of an installed model, for JSON."""
    return (
        asdict(model.entry)
        | asdict(model.description)
        | {"opset": model.opset, "files": model.files, "bytes": model.bytes}
        | {"source": model.source, "folder": str(model.folder)}
    )


@writing_stdout()
def _print_tables(added: Sequence[InstalledModel]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Column, Table

    from vmafx_cli.rendering.tables import Unpadded

    known = Table("model", "range", "distance", "what for", box=SIMPLE_HEAD, pad_edge=False)
    for model in MODELS:
        low, high = model.score_range
        known.add_row(model.name, f"{low:g}-{high:g}", model.viewing_distance, model.purpose)
    metrics = Column("metrics", overflow="fold")
    measured = Table("feature", "what it measures", metrics, box=SIMPLE_HEAD, pad_edge=False)
    for feature in FEATURES:
        measured.add_row(feature.name, feature.purpose, ", ".join(feature.metrics))
    console = Console(highlight=False)
    console.print(Unpadded(known))
    if added:
        license_ = Column("licence", overflow="fold")
        neural = Table("installed", "used as", "size", license_, box=SIMPLE_HEAD, pad_edge=False)
        for one in added:
            role, size = one.description.role.value, f"{one.bytes / 1024:.0f} KiB"
            neural.add_row(one.entry.id, role, size, one.entry.license)
        console.print(Unpadded(neural))
    console.print(Unpadded(measured))
