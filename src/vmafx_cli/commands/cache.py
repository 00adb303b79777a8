"""`vmafx cache`: what earlier searches left on disk, and forgetting it."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_core.report.files import writing_stdout

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx cache info
  vmafx cache info --format json
  vmafx cache clear

[bold]Settings[/]

  VMAFX_CACHE_DIR names the folder of the cache.
"""
_MIB = 1 << 20


class Action(StrEnum):
    """What to do."""

    INFO = "info"
    CLEAR = "clear"


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def cache(
    action: Annotated[
        Action,
        typer.Argument(
            help="info shows where the cache is and what it holds; clear empties it.",
            show_default=False,
        ),
    ],
    listing: ListOptions,
) -> None:
    """Show or empty the cache of searches.

    Searches keep what they measured. One on the same pictures with the same encoder and options
    takes it from there, whatever its target. What was used least lately goes first when the cache
    is full.
    """
    from vmafx_core.probing.cache import PointCache  # help does without

    store = PointCache()
    state = store.clear() if action is Action.CLEAR else store.state()
    with writing_stdout():
        if listing.format is ListFormat.JSON:
            document = {
                "version": 1,
                "path": str(state.path),
                "points": state.points,
                "bytes": state.bytes,
                "most_bytes": state.most_bytes,
                "cleared": action is Action.CLEAR,
            }
            typer.echo(json.dumps(document, indent=2))
        elif action is Action.CLEAR:
            typer.echo(f"removed {_counted(state.points)}, {state.bytes / _MIB:.1f} MiB")
        else:
            typer.echo(f"path    {state.path}")
            typer.echo(f"points  {state.points}")
            used, most = state.bytes / _MIB, state.most_bytes / _MIB
            typer.echo(f"size    {used:.1f} MiB of at most {most:.0f}")


def _counted(points: int) -> str:
    return "1 point" if points == 1 else f"{points} points"
