"""How a run ends: messages and exit codes for every way to fail, and for being stopped.

Every failure is told in one line on standard error, with a hint on the second. A traceback is
shown only with `--debug`.
"""

import os
import signal
import sys
import traceback
from types import FrameType
from typing import Any

import typer

from vmafx_cli import config
from vmafx_core.errors import VmafxError, WorkError
from vmafx_core.report.files import writing_stdout

INTERNAL_ERROR = 7
CLOSED_PIPE = 128 + 13
"""What a shell reports of a program that SIGPIPE ended, as most do when their reader goes away."""
INTERRUPTED = 128 + signal.SIGINT


def tell(message: str, hint: str = "") -> None:
    """Print an error for people on standard error."""
    text = f"vmafx: error: {message}\n"
    if hint:
        text += f"  {hint}\n"
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        # Nobody can be told; the exit code says enough.
        abandon(sys.stderr)


def exit_code_of(error: Exception, *, debug: bool) -> int:
    """Tell about an error and return the exit code for it.

    Args:
        error: What ended the run.
        debug: Whether to show the traceback.
    """
    if debug:
        traceback.print_exception(error)
    match error:
        case typer.Exit():
            return error.exit_code
        case typer.TyperException():
            return _misused(error)
        case VmafxError():
            tell(error.message, error.hint)
            return error.exit_code
        case OSError(errno=int(), strerror=str(reason), filename=where):
            # What was to be read or written says so itself; this is the system's own trouble.
            tell(
                f"{where}: {reason}" if where else f"the system refused: {reason}",
                "" if debug else "Run with --debug for the details.",
            )
            return WorkError.exit_code
        case MemoryError():
            tell("out of memory", "Use fewer --threads, or close other programs.")
            return WorkError.exit_code
        case _:
            tell(
                f"internal error: {type(error).__name__}: {error}",
                "" if debug else "Run with --debug for the details.",
            )
            return INTERNAL_ERROR


def _misused(error: typer.TyperException) -> int:
    context: Any = getattr(error, "ctx", None)
    # Checks of values say "Value error, " before their own words.
    words = error.format_message().replace("Value error, ", "")
    # What there is to choose from is listed line by line.
    words = words.replace(" Choose from:\n\t", "\nChoose from: ").replace(",\n\t", ", ")
    words, _, near = words.partition(" (Possible options: ")
    if near:
        words += f"\nDid you mean {' or '.join(map(repr, near[:-1].split(', ')))}?"
    if words:
        message, _, hint = words.partition("\n")
        hint = _preset_hint(context, error) or hint
        message = message.removesuffix(".") + _origin(context, getattr(error, "param", None))
        if not hint and context:
            hint = f"Try '{context.command_path} --help'."
        tell(message[:1].lower() + message[1:], hint)
    # Without words, help was printed: the program was called without any argument.
    return error.exit_code


def _preset_hint(context: Any, error: typer.TyperException) -> str:
    """Where presets are named, if --preset was given to what takes several encoders."""
    if not context or getattr(error, "option_name", "") != "--preset":
        return ""
    takes = {name for parameter in context.command.params for name in parameter.opts}
    return "Name presets with encoders: --encoders libx264:slow." if "--encoders" in takes else ""


def _origin(context: Any, parameter: Any) -> str:
    """Where a wrong value was set, where that is not the command line."""
    source = context.get_parameter_source(parameter.name) if context and parameter else None
    match source and source.name:
        case "DEFAULT_MAP":
            return f" (set in {str(config.config_path())!r})"
        case "ENVIRONMENT":
            own, name = parameter.envvar, f"{context.auto_envvar_prefix}_{parameter.name.upper()}"
            return f" (set by {own if own and own in os.environ else name})"
        case _:
            return ""


def abandon(stream: Any) -> None:
    """Give up a standard stream, so that the interpreter does not fail on it when it ends."""
    with open(os.devnull, "wb") as devnull:  # noqa: PTH123
        os.dup2(devnull.fileno(), stream.fileno())


def finish_output(code: int) -> int:
    """Write what standard output still holds, and return the exit code.

    Args:
        code: The exit code as far as it was known without that.
    """
    try:
        with writing_stdout():
            sys.stdout.flush()
    except BrokenPipeError:
        abandon(sys.stdout)
        return CLOSED_PIPE
    except WorkError as error:
        abandon(sys.stdout)
        if code != error.exit_code:
            # Otherwise the failure was told when it was met first.
            tell(error.message, error.hint)
        return error.exit_code
    return code


def prepare_standard_streams() -> None:
    """Make standard output and error usable, whatever the program was started with.

    A closed one is replaced by one that goes nowhere, and characters that a terminal cannot show
    are shown as question marks.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        getattr(sys, name).reconfigure(errors="replace")


def stop_cleanly_on_signals() -> None:
    """Let SIGINT and SIGTERM unwind the program once, and end it at once the second time."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    # A parent that ignores a signal, as `nohup` and shells do for background jobs, means it.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, stop)
