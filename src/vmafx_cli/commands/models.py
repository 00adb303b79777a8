"""`vmafx models`: the models and features that can be asked for, and what each is for."""

import json
from dataclasses import asdict

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]How to write a model[/]

  vmaf_v0.6.1                                  a built-in one
  auto                                         the v1 model for size and rate
  path=model.json                              a file
  vmaf_v0.6.1neg:name=neg                      called neg in results
  vmaf_v0.6.1:disable_clip:enable_transform    with flags
  vmaf_v0.6.1:adm.adm_enhn_gain_limit=1.2      with a feature's option

[bold]How to write a feature[/]

  psnr                                         with its default options
  cambi:full_ref=true:topk=0.5                 with options
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def models(listing: ListOptions) -> None:
    """List models and features.

    For each model: what it is for, the viewing distance in picture heights and its range; for each
    feature: what it measures and what its metrics are called in results and requirements.
    """
    if listing.format is ListFormat.JSON:
        document = {
            "version": 1,
            "models": [asdict(model) for model in MODELS],
            "features": [
                {**asdict(feature), "options": [option.name for option in feature.options]}
                for feature in FEATURES
            ],
        }
        with writing_stdout():
            typer.echo(json.dumps(document, indent=2))
    else:
        _print_tables()


@writing_stdout()
def _print_tables() -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415

    known = Table("model", "range", "distance", "what for", box=SIMPLE_HEAD, pad_edge=False)
    for model in MODELS:
        low, high = model.score_range
        known.add_row(model.name, f"{low:g}-{high:g}", model.viewing_distance, model.purpose)
    metrics = Column("metrics", overflow="fold")
    measured = Table("feature", "what it measures", metrics, box=SIMPLE_HEAD, pad_edge=False)
    for feature in FEATURES:
        measured.add_row(feature.name, feature.purpose, ", ".join(feature.metrics))
    console = Console(highlight=False)
    console.print(known, measured)
