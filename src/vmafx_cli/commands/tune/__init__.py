"""`vmafx tune`: encode settings found by measuring, one module a command."""

from vmafx_cli.command_classes import LazyCommand
from vmafx_cli.configured import grouping

_EPILOG = """\
[bold]Examples[/]

  vmafx tune crf movie.mkv --encoder libsvtav1 --preset 8 --target 'vmaf>=94'
  vmafx tune crf movie.mkv --encoder libx265 --target 'vmaf:p5>=88'
  vmafx tune encode movie.mkv out.mkv --encoder libsvtav1 --target 94
  vmafx tune ladder movie.mkv --resolutions 1080,720,540,360 --rungs 6
  vmafx tune compare movie.mkv --encoders libx264,libx265,libsvtav1:6 -t 94
  vmafx tune shots movie.mkv out.mkv --encoder libx265 --target 93
  vmafx tune corpus a.mkv b.mkv --encoder libx264 --crf 18-40:2 -o corpus.jsonl
"""

_COMMANDS = {
    "crf": LazyCommand(
        "vmafx_cli.commands.tune.crf", "Find the coarsest quality that meets a target."
    ),
    "encode": LazyCommand(
        "vmafx_cli.commands.tune.encode", "Search, encode the whole source, and verify."
    ),
    "ladder": LazyCommand(
        "vmafx_cli.commands.tune.ladder", "Find the rungs of a ladder for streaming."
    ),
    "compare": LazyCommand("vmafx_cli.commands.tune.compare", "Compare encoders at equal quality."),
    "corpus": LazyCommand("vmafx_cli.commands.tune.corpus", "Measure a grid into a corpus."),
    "shots": LazyCommand(
        "vmafx_cli.commands.tune.shots", "Encode shot by shot, each with its own quality."
    ),
}

app = grouping(_COMMANDS, _EPILOG)


@app.callback()
def tune() -> None:
    """Find encode settings by measuring.

    Every search encodes samples of the source in memory, measures them, and ends with settings
    that were measured. With --remote, a daemon does that; whole encodes are made here.
    """
