"""`vmafx tune crf`: find the coarsest quality that meets a target."""

from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.encoding import EncoderOptions
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.reading import Source, SourceOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.options.tuning import BoundOptions, FindingOptions, SampleOptions, TargetOptions

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx tune crf movie.mkv --encoder libsvtav1 --preset 8 --target 'vmaf>=94'
  vmafx tune crf movie.mkv --target 94 --target 'vmaf:p5>=88' --max-bitrate 6M
  vmafx tune crf movie.mkv --encoder libx265 --enc x265-params=aq-mode=3
  vmafx tune crf movie.mkv --samples 8 --sample-seconds 3 --verify
  vmafx tune crf movie.mkv -m auto -f cambi --target 'cambi<=5' --target 90
  vmafx tune crf movie.mkv --target 94 --report crf.html --format json
  vmafx tune crf movie.mkv --target 94 --remote studio:9090

[bold]What comes out[/]

  The pick and why, the ffmpeg command that makes the encode, all tries.

[bold]Exit codes[/]

  0 found, 1 nothing meets the targets (the nearest miss is shown), 2 wrong
  usage, 3 the source cannot be read, 5 the encoder is missing, 6 a daemon
  cannot be reached, 7 failed, 130 interrupted.
"""

Verify = Annotated[
    bool,
    option(
        "--verify",
        panel=panels.SAMPLED,
        metavar="",
        help="Encode and measure the whole source with the pick at the end.",
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def crf(
    *,
    source: Source,
    wanted: TargetOptions,
    bounds: BoundOptions,
    encoding: EncoderOptions,
    sampling: SampleOptions,
    verify: Verify = False,
    reading: SourceOptions,
    results: FindingOptions,
    remote: RemoteOptions,
    messages: MessageOptions,
) -> None:
    """Find the coarsest quality that meets a target.

    A sample of the source is encoded at a few qualities and measured. The pick is the coarsest
    quality (CRF, CQ, QP: what the encoder has) that was measured to meet all targets.
    """
    from vmafx_cli.rendering.searches import present  # help does without the engine
    from vmafx_cli.tune.report.crf import crf_view
    from vmafx_cli.tune.search.crf import CrfRequest, crf_events
    from vmafx_core.errors import RequirementError

    request = CrfRequest(
        source=reading.spec(source),
        setting=encoding.setting(),
        targets=wanted.targets(),
        measuring=sampling.measuring(),
        max_bit_rate=bounds.max_bit_rate,
        max_percent=bounds.max_percent,
        min_quality=bounds.min_quality,
        max_quality=bounds.max_quality,
        verify=verify,
    )
    with remote.prober() as prober:
        events = crf_events(request, prober)
        result = present("crf", events, crf_view, results, messages, taken=[source])
    if result.found.pick is None:
        wish = " and ".join(t.text for t in request.targets)
        raise RequirementError(f"{request.setting.encoder}: nothing meets {wish}", result.found.why)
