"""`vmafx tune compare`: hold encoders against each other at equal quality."""

from typing import TYPE_CHECKING, Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.comparing import CurveOptions, EncodersOptions
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.reading import SourceOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.options.tuning import FindingOptions, SampleOptions, TargetOptions

if TYPE_CHECKING:
    from vmafx_core.scoring.requirements import Requirement

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx tune compare movie.mkv --encoders libx264,libx265,libsvtav1:6 -t 94
  vmafx tune compare movie.mkv --encoders libx265,libsvtav1 --bd-rate
  vmafx tune compare movie.mkv --encoders libx264,libx264:slow --bd-rate \\
    --range 75-95 --points 6 --report cmp.html
  vmafx tune compare --from corpus.jsonl --format csv

[bold]What comes out[/]

  Encoders by the bits they take at equal quality, measured points on either
  side of it; with --bd-rate the mean difference of whole curves from that of
  the first encoder; how fast each encodes.

[bold]Exit codes[/]

  0 compared, though an encoder may have been left out, 1 none meets the
  targets, 2 wrong usage, 3 the source or the corpus cannot be read, 5 fewer
  than two encoders are usable, 7 failed, 130 interrupted.
"""

Source = Annotated[
    str | None,
    typer.Argument(
        metavar="SOURCE", help="The video to encode: a file or a URL.", show_default=False
    ),
]
From = Annotated[
    str | None,
    option(
        "--from",
        panel=panels.TARGETS,
        metavar="CORPUS",
        help="Compare what this corpus holds, without encoding anything.",
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def compare(
    *,
    source: Source = None,
    encoding: EncodersOptions,
    wanted: TargetOptions,
    curves: CurveOptions,
    corpus: From = None,
    sampling: SampleOptions,
    reading: SourceOptions,
    results: FindingOptions,
    remote: RemoteOptions,
    messages: MessageOptions,
) -> None:
    """Hold encoders and presets against each other at equal quality.

    Each is probed until it meets the targets, or, with --bd-rate, at a few qualities over a
    range. The first one is what the others are held against.
    """
    from vmafx_cli.rendering.searches import present  # help does without the engine
    from vmafx_cli.tune.compare.bd import EVERYWHERE
    from vmafx_cli.tune.compare.corpus import corpus_events
    from vmafx_cli.tune.compare.encoders import CompareRequest, compare_events
    from vmafx_cli.tune.report.compare import compare_view
    from vmafx_core.errors import RequirementError, UsageError

    if (source is None) == (corpus is None):
        raise UsageError("name a source, or a corpus with --from", "One of them, not both.")
    targets: tuple[Requirement, ...] = ()
    if wanted.target or not (curves.bd_rate or corpus):
        targets = wanted.targets()
    with remote.prober() as prober:
        if source is None:
            events = corpus_events(
                str(corpus),
                targets,
                curves.quality(),
                encoding.settings(),
                curves.limits() or EVERYWHERE,
            )
        else:
            request = CompareRequest(
                source=reading.spec(source),
                settings=encoding.settings(),
                targets=targets,
                span=curves.curves(),
                measuring=sampling.measuring(),
            )
            events = compare_events(request, prober)
        taken = [str(source or corpus)]
        result = present("compare", events, compare_view, results, messages, taken=taken)
    if targets and all(c.pick(one) is None for c in result.comparisons for one in c.contenders):
        raise RequirementError(f"nothing meets {' and '.join(t.text for t in targets)}")
