"""`vmafx tune ladder`: find the rungs of a ladder for adaptive streaming."""

from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.encoding import EncoderOptions
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.laddering import LadderOptions, PackagingOptions
from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.reading import SourceOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.options.tuning import FindingOptions, SampleOptions

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx tune ladder movie.mkv --resolutions 1080,720,540,360 --rungs 6
  vmafx tune ladder movie.mkv --encoder libsvtav1 --preset 8 --top 93
  vmafx tune ladder movie.mkv --min-bitrate 300k --max-bitrate 6M
  vmafx tune ladder movie.mkv --spacing quality --min-quality-step 6
  vmafx tune ladder movie.mkv --resolutions 1080,540 --hls out/ --dash out/
  vmafx tune ladder --from corpus.jsonl --rungs 5

[bold]What comes out[/]

  The rungs, each measured; the curves of all sizes and their hull. With --hls
  or --dash also a folder with master.m3u8 or manifest.mpd, and the media.

[bold]Exit codes[/]

  0 found, 2 wrong usage or nothing within the bounds, 3 the source cannot be
  read, 5 the encoder is missing, 7 failed, 130 interrupted.
"""

Source = Annotated[
    str | None,
    typer.Argument(
        metavar="SOURCE",
        help="The video to encode: a file or a URL; with --from, which one of the corpus.",
        show_default=False,
    ),
]
From = Annotated[
    str | None,
    option(
        "--from",
        panel=panels.TARGETS,
        metavar="CORPUS",
        help="Choose from what this corpus holds of the encoder, without encoding anything.",
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def ladder(
    *,
    source: Source = None,
    wanted: LadderOptions,
    encoding: EncoderOptions,
    packaged: PackagingOptions,
    corpus: From = None,
    sampling: SampleOptions,
    reading: SourceOptions,
    results: FindingOptions,
    remote: RemoteOptions,
    messages: MessageOptions,
) -> None:
    """Find the rungs of a ladder for adaptive streaming.

    A few settings of every size are encoded and measured at one display size; further ones where
    they could raise the hull over all sizes. The rungs are chosen from what is on the hull.
    """
    from vmafx_cli.rendering.searches import present  # help does without the engine
    from vmafx_cli.tune.ladder.build import LadderRequest, ladder_events
    from vmafx_cli.tune.ladder.corpus import ladder_of_corpus
    from vmafx_cli.tune.report.ladder import ladder_view
    from vmafx_core.errors import UsageError

    if source is None and corpus is None:
        raise UsageError("there is no source", "Name one, or a corpus with --from.")
    packaging = packaged.packaging()
    if corpus is not None and packaging:
        raise UsageError(
            "a corpus holds no media to package", "Leave out --from, or --hls and --dash."
        )
    request = LadderRequest(
        source=reading.spec(source or ""),
        setting=encoding.setting(),
        top=wanted.top,
        resolutions=wanted.sizes(),
        rules=wanted.rules(),
        segment_seconds=packaged.segment,
        measuring=sampling.measuring(wanted.display),
        packaging=packaging,
    )
    known = corpus and ladder_of_corpus(corpus, source, request)
    taken = [path for path in (source, corpus) if path]
    with remote.prober() as prober:
        events = known or ladder_events(request, prober)
        present("ladder", events, ladder_view, results, messages, taken=taken)
