"""`vmafx score`: score distorted videos against their reference."""

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.gate import GateOptions
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.inputs import Distorted, InputOptions, NoReference, Reference
from vmafx_cli.options.outputs import MessageOptions, ResultOptions
from vmafx_cli.options.remote import UploadOptions
from vmafx_cli.options.scoring import ScoringOptions
from vmafx_core.loading import loading

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx score ref.mp4 dis.mp4
  vmafx score ref.mkv a.mp4 b.mp4 c.mp4 --report scores.html
  vmafx score ref.mp4 dis.mp4 -m auto -f psnr -f ms_ssim -f cambi
  vmafx score ref.mp4 dis.mp4 -m vmaf_v0.6.1 -m vmaf_v0.6.1neg:name=neg
  vmafx score ref.yuv dis.yuv --width 576 --height 324 --pix-fmt yuv420p10le
  ffmpeg -i dis.mkv -f yuv4mpegpipe - | vmafx score ref.mp4 -
  vmafx score ref.mp4 https://cdn.example/dis.mp4 --sync auto
  vmafx score ref.mp4 dis.mp4 --require 'vmaf>=93' --require 'vmaf:p5>=85'
  vmafx score ref.mp4 dis.mp4 -m vmaf_v0.6.1 -m vmaf_tiny_v2 --device auto
  vmafx score video.mp4 --no-reference -m nr_metric_v1
  vmafx score ref.mp4 dis.mp4 --format json -o scores.csv | jq .pooled_metrics
  vmafx score ref.mp4 dis.mp4 --remote
  vmafx score ref.mp4 dis.mp4 --remote studio:9090 --upload

[bold]Pools[/]

  mean, harmonic_mean, median, min, max, stdev, p1, p5, p10, p90, and the mean
  of the worst frames: worst1 (1 %), worst5 (5 %).

[bold]Exit codes[/]

  0 done, 1 a requirement was not met, 2 wrong usage, 3 an input cannot be
  read, 4 inputs do not fit together, 5 a component is missing, 6 a server
  or daemon cannot be reached, 7 failed, 130 interrupted.
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def score(
    *,
    ctx: typer.Context,
    reference: Reference,
    distorted: Distorted = None,
    no_reference: NoReference = False,
    scoring: ScoringOptions,
    inputs: InputOptions,
    gate: GateOptions,
    results: ResultOptions,
    remote: UploadOptions,
    messages: MessageOptions,
) -> None:
    """Score one or more distorted videos against their reference.

    Frames are decoded, brought to the reference's size and depth, paired by index and scored;
    the result says what was done. The reference is decoded once for all distorted videos.
    """
    remote.check(ctx)
    specs = inputs.specs(reference, distorted, alone=no_reference)
    if remote.wanted:
        # Neither help nor scoring here needs to speak to a daemon.
        from vmafx_cli.remote.scoring import run_there

        run_there(scoring.request(*specs), remote, gate, results, messages)
        return
    # Help and completions do without the engine, and the inputs are opened while it loads.
    from vmafx_core.scoring.inputs import Inputs

    with Inputs(*specs) as opening:
        with loading():
            from vmafx_cli.rendering.scores import run
            from vmafx_core.scoring.engine import score_events

        request = scoring.request(*specs)
        run(request, score_events(request, opening), gate, results, messages)
