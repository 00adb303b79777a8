"""`vmafx tune shots`: encode shot by shot, each with its own quality."""

from pathlib import Path
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.encoding import AudioOption, EncoderOptions
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.reading import Source, SourceOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.options.tuning import FindingOptions, ProbeOptions, TargetOptions
from vmafx_core.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx tune shots movie.mkv out.mkv --encoder libx265 --target 93
  vmafx tune shots movie.mkv out.mkv --target 93 --floor 88
  vmafx tune shots movie.mkv out.mkv --target 'vmaf:p5>=88' --every-shot
  vmafx tune shots movie.mkv --plan --format json --report shots.html

[bold]What comes out[/]

  The video, with what else the source holds; the table of shots. Where single
  values save nothing, all shots get the same.

[bold]Exit codes[/]

  0 done, 1 the target is missed (by the video, or by the plan), 2 wrong
  usage, 3 the source cannot be read, 5 the encoder is missing, 7 failed,
  130 interrupted: run it again to go on.
"""

Video = Annotated[
    str | None,
    typer.Argument(
        metavar="OUTPUT",
        help="The video to write: .mp4, .mov, .mkv, .webm; it replaces one of that name.",
        show_default=False,
    ),
]
PlanOnly = Annotated[
    bool,
    option("--plan", panel=panels.RESULTS, metavar="", help="Only print the plan."),
]
EveryShot = Annotated[
    bool,
    option(
        "--every-shot",
        panel=panels.TARGETS,
        metavar="",
        help="Let each shot meet the target by itself, instead of the mean of all frames.",
    ),
]
Floor = Annotated[
    float | None,
    option(
        "--floor",
        panel=panels.TARGETS,
        metavar="X",
        help="Let no shot be worse than this.",
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def shots(
    *,
    source: Source,
    video: Video = None,
    plan: PlanOnly = False,
    wanted: TargetOptions,
    every_shot: EveryShot = False,
    floor: Floor = None,
    encoding: EncoderOptions,
    audio: AudioOption = "copy",
    probing: ProbeOptions,
    reading: SourceOptions,
    results: FindingOptions,
    remote: RemoteOptions,
    messages: MessageOptions,
) -> None:
    """Encode shot by shot, each with its own quality.

    Bits go where they are worth most: the quality of each shot is chosen so that the mean over
    all frames meets the target at the fewest bits, by what was measured of every shot.
    """
    from vmafx_cli.rendering.searches import present  # help does without the engine
    from vmafx_cli.tune.report.shots import shots_view
    from vmafx_cli.tune.shots.encode import shots_events
    from vmafx_cli.tune.shots.plan import ShotsRequest
    from vmafx_cli.tune.shots.points import Bounds
    from vmafx_core.encoders.audio import parse_audio
    from vmafx_core.errors import RequirementError

    if plan == (video is not None):
        raise UsageError(
            "a plan writes no video" if plan else "there is no video to write",
            "Name the output, or ask for the plan only: --plan.",
        )
    targets = wanted.targets()
    if len(targets) > 1:
        raise UsageError("shots share their bits for one target", "Name one --target only.")
    request = ShotsRequest(
        source=reading.spec(source),
        setting=encoding.setting(),
        bounds=Bounds(targets[0], every_shot, floor),
        measuring=probing.measuring(),
    )
    taken = [source, *([video] if video else [])]
    with remote.prober() as prober:
        output = Path(video) if video else None
        events = shots_events(request, output, parse_audio(audio), prober)
        result = present("shots", events, shots_view, results, messages, taken=taken)
    if not result.met:
        if video is None:
            raise RequirementError(f"the plan misses {targets[0].text}", result.plan.why)
        raise RequirementError(
            f"{video}: misses {targets[0].text}", "It is kept; a finer --preset may help."
        )
