"""`vmafx probe`: say what videos are, and what scoring would do with them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from vmafx_cli import failures
from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.reading import SourceOptions, check_standard_input
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.errors import VmafxError
from vmafx_core.loading import loading
from vmafx_core.report.files import writing_stdout

if TYPE_CHECKING:
    from vmafx_cli.rendering.videos import Answer
    from vmafx_core.media.types import InputSpec
    from vmafx_core.scoring.probe import Probe

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx probe movie.mkv
  vmafx probe clip_1920x1080_yuv420p10le.yuv --frame-rate 50
  vmafx probe *.mp4 --format json | jq '.videos[].plan.model'
  vmafx probe /media/movie.mkv --remote studio:9090

[bold]Exit codes[/]

  That of the first file that cannot be told of, as in 'vmafx score'; the others
  are told of all the same.
"""

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE",
        help="Videos: files or URLs; - is a pipe, of which the beginning is gone then.",
        show_default=False,
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def probe(
    *, files: Files, reading: SourceOptions, listing: ListOptions, remote: RemoteOptions
) -> None:
    """Say what videos are, and what scoring would do with each as a reference.

    Each is read as far as its first picture: its size, format, rate and colour; the model that
    -m auto would be; the pictures that it would be scored as; and what is assumed of it.
    """
    check_standard_input(files, "vmafx probe -")
    with loading():
        from vmafx_cli.rendering.videos import document, print_account

    told: list[Answer] = []
    codes: list[int] = []
    with _prober(remote) as ask:
        for location in files:
            try:
                found = ask(reading.spec(location))
            except VmafxError as error:
                told.append((location, error))
                codes.append(failures.exit_code_of(error, debug=listing.debug))
                continue
            if listing.format is ListFormat.TABLE:
                print_account(location, found, first=len(told) == len(codes))
            told.append((location, found))
    if listing.format is ListFormat.JSON:
        with writing_stdout():
            typer.echo(json.dumps(document(told), indent=2, allow_nan=False))
    if codes:
        raise typer.Exit(codes[0])


@contextmanager
def _prober(remote: RemoteOptions) -> "Iterator[Callable[[InputSpec], Probe]]":
    """What says what a video is: a daemon, if that is wanted, or this program."""
    if not remote.wanted:
        from vmafx_core.scoring.probe import probe as probe_here  # help does without

        yield probe_here
        return
    from vmafx_rpc.probe import probe_there  # loads gRPC

    with remote.client() as client:
        yield partial(probe_there, client)
