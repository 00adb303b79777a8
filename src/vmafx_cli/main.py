"""The `vmafx` program: its commands, its options, and how it starts and ends."""

import os
import sys
from typing import Annotated, Any, ClassVar

import typer
from typer.completion import completion_init  # type: ignore[attr-defined]  # no other way in

from vmafx_cli import config, failures
from vmafx_cli.command_classes import LazyCommand
from vmafx_cli.configured import ConfiguredGroup
from vmafx_cli.options.addresses import with_address
from vmafx_cli.options.outputs import DEBUG
from vmafx_core import __version__
from vmafx_core.report.files import writing_stdout

PROGRAM = "vmafx"
COMPLETE_VARIABLE = "_VMAFX_COMPLETE"

_EPILOG = """\
[bold]Examples[/]

  vmafx score ref.mp4 dis.mp4
  vmafx score ref.mkv a.mp4 b.mp4 c.mp4 --report scores.html
  vmafx score ref.mp4 dis.mp4 --require 'vmaf>=93' --junit out.xml
  vmafx tune crf movie.mkv --encoder libsvtav1 --target 'vmaf>=94'
  vmafx doctor

[bold]Settings[/]

  A flag wins over its environment variable, such as VMAFX_SCORE_THREADS, and
  that over the user's config.toml; 'vmafx doctor' shows what is set where.
"""


class Program(ConfiguredGroup):
    """The top of the command line, where every run is configured and every failure ends."""

    lazy_commands: ClassVar = {
        "score": LazyCommand("vmafx_cli.commands.score", "Score distorted videos."),
        "probe": LazyCommand("vmafx_cli.commands.probe", "Say what videos are."),
        "features": LazyCommand("vmafx_cli.commands.features", "Write feature vectors."),
        "tune": LazyCommand("vmafx_cli.commands.tune", "Find encode settings by measuring."),
        "jobs": LazyCommand("vmafx_cli.commands.jobs", "Queue work at a daemon, and see to it."),
        "daemon": LazyCommand("vmafx_cli.commands.daemon", "Have this machine score for others."),
        "models": LazyCommand("vmafx_cli.commands.models", "List models, and install neural ones."),
        "encoders": LazyCommand(
            "vmafx_cli.commands.encoders", "List encoders, and which work here."
        ),
        "devices": LazyCommand("vmafx_cli.commands.devices", "List GPUs, and where models run."),
        "cache": LazyCommand("vmafx_cli.commands.cache", "Show or empty the cache of searches."),
        "doctor": LazyCommand("vmafx_cli.commands.doctor", "Check what is installed here."),
        "completion": LazyCommand(
            "vmafx_cli.commands.completion", "Print completions for a shell."
        ),
    }
    unconfigured = ("doctor", "completion")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the line."""
        return super().parse_args(ctx, with_address(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command and turn whatever fails into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except Exception as error:
            debug = bool(ctx.meta.get(DEBUG))
            raise typer.Exit(failures.exit_code_of(error, debug=debug)) from error

    def tables(self, ctx: Any) -> dict[str, Any]:  # noqa: ARG002  # there is none above
        """The tables of the configuration file."""
        return config.read(config.config_path())


app = typer.Typer(
    cls=Program,
    name=PROGRAM,
    add_completion=False,
    rich_markup_mode="rich",
    no_args_is_help=True,
    epilog=_EPILOG,
    context_settings={"auto_envvar_prefix": config.ENVIRONMENT_PREFIX},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        with writing_stdout():
            typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[  # its callback acts on it
        bool,
        typer.Option(
            "--version",
            metavar="",
            help="Print the version.",
            is_eager=True,
            callback=_show_version,
            allow_from_autoenv=False,
            show_envvar=False,
        ),
    ] = False,
) -> None:
    """Perceptual video quality: exact VMAF scores, and encode settings found by measuring."""


def main() -> int:
    """Run the program and return its exit code."""
    failures.prepare_standard_streams()
    failures.stop_cleanly_on_signals()
    _settle_home()
    return failures.finish_output(_run())


def _settle_home() -> None:
    """Give a user that the system does not know, as in containers, a home that is not there."""
    if "HOME" not in os.environ and os.path.expanduser("~") == "~":  # noqa: PTH111  # Path raises
        os.environ["HOME"] = "/nonexistent"


def _run() -> int:
    if COMPLETE_VARIABLE in os.environ:
        completion_init()
    command: Any = typer.main.get_command(app)
    try:
        code = command.main(
            prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, standalone_mode=False
        )
    except BrokenPipeError:
        failures.abandon(sys.stdout)
        return failures.CLOSED_PIPE
    except SystemExit as stop:
        # Printing ends in this way too, with code 1, when the reader of a pipe has gone.
        if stop.code == 1 and COMPLETE_VARIABLE not in os.environ:
            failures.abandon(sys.stdout)
            return failures.CLOSED_PIPE
        return int(stop.code or 0)
    except KeyboardInterrupt:
        return failures.INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last resort: nothing may escape as a traceback
        return failures.exit_code_of(error, debug=False)
    return int(code or 0)
