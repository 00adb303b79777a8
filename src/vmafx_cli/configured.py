"""Groups whose commands take the defaults of their options from the user's configuration."""

from collections.abc import Mapping
from typing import Any, ClassVar

import typer

from vmafx_cli import config
from vmafx_cli.command_classes import LazyCommand, LazyGroup


class ConfiguredGroup(LazyGroup):
    """A group that hands each command its table of `config.toml`.

    Attributes:
        unconfigured: Commands that must work when the configuration is what is broken.
    """

    unconfigured: ClassVar[tuple[str, ...]] = ()

    def tables(self, ctx: Any) -> dict[str, Any]:
        """The tables of this group's commands, by name: what the group above has for it."""
        return dict(ctx.default_map or {})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command, and give its options the defaults of the configuration."""
        name, command, rest = super().resolve_command(ctx, args)
        wanted = command and not ctx.resilient_parsing and "--help" not in rest
        if wanted and name not in self.unconfigured:
            path = config.config_path()
            tables = self.tables(ctx)
            config.check_tables(tables, self.lazy_commands, path)
            ctx.default_map = {name: _defaults(command, tables.get(name, {}), path)}
        return name, command, rest


def grouping(
    commands: Mapping[str, LazyCommand], epilog: str, *, runs_alone: bool = False
) -> typer.Typer:
    """A program that is a group of commands; its callback's docstring says what they are about.

    Args:
        commands: The commands by name, in the order in which help shows them.
        epilog: What its help ends with.
        runs_alone: Whether its callback does something without a command, rather than help.
    """
    return typer.Typer(
        cls=type("Group", (ConfiguredGroup,), {"lazy_commands": dict(commands)}),
        add_completion=False,
        rich_markup_mode="rich",
        no_args_is_help=not runs_alone,
        invoke_without_command=runs_alone,
        epilog=epilog,
    )


def _defaults(command: Any, table: dict[str, Any], path: Any) -> dict[str, Any]:
    if isinstance(command, LazyGroup):
        # Its own commands' tables; it looks at them when it knows which one runs.
        return table
    options = {p.name: p for p in command.params if p.param_type_name == "option"}
    return config.defaults(table, options, path)
