"""The classes of commands and groups: how they show help, and when they are imported."""

import importlib
from dataclasses import dataclass
from typing import Any, ClassVar

import typer
import typer.core
import typer.main

from vmafx_core.loading import loading
from vmafx_core.report.files import writing_stdout

if typer.__version__.startswith("0.29."):
    from vmafx_cli.options.coercion import without_pydantic
else:

    def without_pydantic(parameter: Any) -> None:
        """Leave a parameter to pydantic, as nobody knows the inside of this version of typer."""


class Command(typer.core.TyperCommand):
    """A command whose help fits any width."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.help = reflowed(self.help)
        for parameter in self.params:
            without_pydantic(parameter)

    @writing_stdout()
    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        super().format_help(ctx, formatter)

    def get_help_option(self, ctx: Any) -> typer.core.TyperOption | None:
        """The --help option, listed after all others."""
        return _plain(super().get_help_option(ctx))


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """Where a command is.

    Attributes:
        module: The module; its `app` is a typer program with that command.
        summary: What the group's help says about it, in one line.
    """

    module: str
    summary: str


class LazyGroup(typer.core.TyperGroup):
    """A group that lists its commands without importing them.

    Attributes:
        lazy_commands: The commands by name, in the order in which help shows them.
    """

    lazy_commands: ClassVar[dict[str, LazyCommand]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.help = reflowed(self.help)
        for parameter in self.params:
            without_pydantic(parameter)
        for name, lazy in self.lazy_commands.items():
            self.add_command(Command(name, help=lazy.summary))

    def load(self, name: str) -> Any:
        """Import a command."""
        with loading():
            module = importlib.import_module(self.lazy_commands[name].module)
            command = typer.main.get_command(module.app)
        command.name = name
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command to run, this time for real."""
        name, _, rest = super().resolve_command(ctx, args)
        return (name, self.load(name), rest) if name else (None, None, rest)

    @writing_stdout()
    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        super().format_help(ctx, formatter)

    def get_help_option(self, ctx: Any) -> typer.core.TyperOption | None:
        """The --help option."""
        return _plain(super().get_help_option(ctx))


def reflowed(text: str | None) -> str:
    """`text` with each paragraph on one line, for the terminal to break."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in (text or "").split("\n\n"))


def _plain(option: typer.core.TyperOption | None) -> typer.core.TyperOption | None:
    if option is not None:
        option.metavar = ""
        without_pydantic(option)
    return option
