"""`vmafx tune corpus`: measure a grid of sources, encoders and qualities into a file."""

import re
from pathlib import Path
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.comparing import EncodersOptions
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.reading import SourceOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.options.tuning import SampleOptions
from vmafx_core.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx tune corpus a.mkv b.mkv -e libx264 --crf 18-40:2 -o corpus.jsonl
  vmafx tune corpus a.mkv --encoders libx264:medium,libx264:slow \\
    --crf 18,22,26,30 -o corpus.jsonl
  vmafx tune corpus a.mkv --encoder libsvtav1:8 --crf 25-55:5 \\
    --resolutions 1080,720,540 -o corpus.jsonl
  vmafx tune compare --from corpus.jsonl

[bold]What comes out[/]

  One JSON object a line, for each encode; docs/formats.md lists the keys. A
  row is on the disk once it is measured: run it again after an interruption,
  or with more of anything, and it measures what is not there yet.

[bold]Exit codes[/]

  0 all is measured, 2 wrong usage, 3 a source or the corpus cannot be read,
  5 an encoder is missing, 7 failed, 130 interrupted.
"""

_MOST_VALUES = 1000
_STEPS = re.compile(r"(?P<low>-?[\d.]+)-(?P<high>-?[\d.]+)(?::(?P<step>[\d.]+))?")

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE", help="The videos to encode: files or URLs.", show_default=False
    ),
]
Qualities = Annotated[
    str,
    option(
        "--crf",
        "--quality",
        panel=panels.TARGETS,
        metavar="LOW-HIGH[:STEP]",
        help="Values of the encoders' quality knob: 18-40:2, or a list such as 18,22,26.",
    ),
]
Output = Annotated[
    str,
    option(
        "--output",
        "-o",
        panel=panels.RESULTS,
        metavar="FILE.jsonl",
        help="The corpus, which is begun or gone on with.",
    ),
]
Resolutions = Annotated[
    str | None,
    option(
        "--resolutions",
        panel=panels.TARGETS,
        metavar="LIST",
        default="the source's",
        help="Heights or sizes to encode at too: 1080,720,540 or 1920x1080,960x540.",
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def corpus(
    *,
    sources: Sources,
    crf: Qualities,
    resolutions: Resolutions = None,
    encoding: EncodersOptions,
    sampling: SampleOptions,
    reading: SourceOptions,
    output: Output,
    remote: RemoteOptions,
    messages: MessageOptions,
) -> None:
    """Measure a grid of sources, encoders, presets, sizes and qualities into a corpus.

    'vmafx tune compare --from' and 'vmafx tune ladder --from' read it, without encoding again.
    """
    # Help does without the engine.
    from dataclasses import replace

    from rich.console import Console
    from rich.text import Text

    from vmafx_cli.rendering.output import check_apart
    from vmafx_cli.rendering.searches import searched
    from vmafx_cli.rendering.tables import DrawnTable, Unpadded
    from vmafx_cli.tune.corpus.grid import GridRequest, grid_events
    from vmafx_cli.tune.report.corpus import corpus_summary
    from vmafx_cli.tune.sizes import parse_resolutions
    from vmafx_core.report.files import check_writable, writing_stdout

    settings = encoding.settings()
    if not settings:
        raise UsageError("no encoder is named", "Name one with --encoder, such as libx264:slow.")
    check_apart([output], sources)
    check_writable(output)
    request = GridRequest(
        sources=tuple(reading.spec(source) for source in sources),
        settings=tuple(replace(s, quality=value) for s in settings for value in qualities(crf)),
        path=Path(output),
        resolutions=parse_resolutions(resolutions) if resolutions else (),
        measuring=sampling.measuring(),
    )
    with remote.prober() as prober:
        result = searched(grid_events(request, prober), messages)
    if not messages.quiet:
        head, table = corpus_summary(result)
        with writing_stdout():
            console = Console(highlight=False)
            console.print(Text(head))
            if table:
                console.print("", Unpadded(DrawnTable(table)))
    if result.failures:
        error = result.failures[0].error
        raise type(error)(f"{output} lacks what failed: {error.message}", error.hint)


def qualities(text: str) -> tuple[float, ...]:
    """Read LOW-HIGH[:STEP], or a list of values, such as "18-40:2" or "18,22,26".

    Raises:
        UsageError: If the text is anything else, or names too many values.
    """
    try:
        if steps := _STEPS.fullmatch(text):
            low, high, step = (float(steps[name] or 1) for name in ("low", "high", "step"))
            count = int((high - low) / step + 1e-9) + 1 if step else 0
            found = tuple(low + i * step for i in range(min(count, _MOST_VALUES + 1)))
        else:
            found = tuple(dict.fromkeys(float(word) for word in text.split(",")))
    except ValueError:
        found = ()
    if not 0 < len(found) <= _MOST_VALUES:
        raise UsageError(
            f"--crf {text!r} names no values", "Write a range such as 18-40:2, or 18,22,26."
        )
    return found
