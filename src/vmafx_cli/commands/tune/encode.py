"""`vmafx tune encode`: search a setting, encode with it, verify what came out."""

from pathlib import Path
from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.encoding import AudioOption, EncoderOptions
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.reading import Source, SourceOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.options.tuning import BoundOptions, FindingOptions, SampleOptions, TargetOptions

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx tune encode movie.mkv out.mkv --encoder libsvtav1 --target 94
  vmafx tune encode movie.mkv out.mp4 --target 'vmaf:p5>=88' --max-bitrate 6M
  vmafx tune encode movie.mkv out.mkv -e libx265 --preset slow -q

[bold]What comes out[/]

  The video, with what else the source holds, in step with it: audio,
  subtitles, chapters. Text that the container holds in another form is
  converted. What is heard before the first picture is kept, and the pictures
  come later. It has its name only when it was decoded to its end, has every
  frame, and was scored.
  Where it misses a target that the sample met, it is encoded anew, finer.

[bold]After an interruption[/]

  Run it again: nothing that was measured is measured again, and the encode
  goes on with the stretch, one or two minutes long, that it was in. Encoders
  of devices (NVENC, QSV, ...) encode in one piece, and begin again.

[bold]Exit codes[/]

  0 done, 1 nothing meets the targets, or the video misses one, 2 wrong usage,
  3 the source cannot be read, 5 the encoder is missing, 7 failed,
  130 interrupted: run it again to go on.
"""

Video = Annotated[
    str,
    typer.Argument(
        metavar="OUTPUT",
        help="The video to write: .mp4, .mov, .mkv, .webm; it replaces one of that name.",
        show_default=False,
    ),
]


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def encode(
    *,
    source: Source,
    video: Video,
    wanted: TargetOptions,
    bounds: BoundOptions,
    encoding: EncoderOptions,
    audio: AudioOption = "copy",
    sampling: SampleOptions,
    reading: SourceOptions,
    results: FindingOptions,
    remote: RemoteOptions,
    messages: MessageOptions,
) -> None:
    """Search a setting, encode the source with it, and verify.

    The coarsest quality that meets the target is found as 'vmafx tune crf' does, the whole source
    is encoded with it, and all of its frames are scored.
    """
    from vmafx_cli.rendering.searches import present  # help does without the engine
    from vmafx_cli.tune.encode.whole import encode_events
    from vmafx_cli.tune.report.encode import encode_view
    from vmafx_cli.tune.search.crf import CrfRequest
    from vmafx_core.encoders.audio import parse_audio
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
    )
    with remote.prober() as prober:
        events = encode_events(request, Path(video), parse_audio(audio), prober)
        result = present("encode", events, encode_view, results, messages, taken=[source, video])
    if not result.met:
        wish = " and ".join(t.text for t in request.targets)
        if result.verdict is None:
            raise RequirementError(
                f"{request.setting.encoder}: nothing meets {wish}", result.search.found.why
            )
        raise RequirementError(
            f"{video}: is not written, because the whole misses {' and '.join(result.missed)}",
            "Ask for less, or let a longer sample stand for it: --samples, --full.",
        )
