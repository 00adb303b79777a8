"""How options are declared, and how a command takes whole groups of them.

A group is a frozen dataclass whose fields are annotated options. A command that takes a group as
a parameter, and is decorated with `with_groups`, shows every field as an option of its own and
receives the group filled in:

    @app.command()
    @with_groups
    def score(reference: Reference, inputs: InputOptions) -> None: ...
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_type_hints

import typer

from vmafx_cli.options import panels
from vmafx_core.errors import UsageError

Completer = Callable[[str], Iterable[tuple[str, str] | str]]
"""Given what was typed so far, the words that may follow, each with or without a description."""
AmongCompleter = Callable[[Mapping[str, Any], str], Iterable[tuple[str, str] | str]]
"""Likewise, given also the values of the other parameters on the line."""


def option(
    *names: str,
    panel: str,
    help: str,  # noqa: A002  # as typer has it
    metavar: str | None = None,
    parser: Callable[[str], Any] | None = None,
    complete: Completer | None = None,
    complete_among: AmongCompleter | None = None,
    default: str | None = None,
    show_default: bool = False,
    **settings: Any,
) -> Any:
    """Declare an option in a help panel.

    Args:
        names: "--width", and a short form if it has one.
        panel: The heading under which help shows it.
        help: What it does, in a few words.
        metavar: What help shows in the place of the value.
        parser: Turns the text into a value; its UsageError is told under the option's name.
        complete: Completes the value in a shell.
        complete_among: Completes it by what else is on the line.
        default: Words for what happens without the option, where its own default says too little.
        show_default: Whether help shows the option's own default.
        settings: Anything else that `typer.Option` takes.
    """
    if parser is not None:
        settings["parser"] = _telling(parser)
    if complete is not None:
        settings["autocompletion"] = lambda incomplete: list(complete(incomplete))
    if complete_among is not None:
        settings["autocompletion"] = _among(complete_among)
    if default is not None:
        help += rf" [dim]\[default: {default}][/dim]"  # noqa: A001
    return typer.Option(
        *names,
        help=help,
        rich_help_panel=panel,
        metavar=metavar,
        show_default=show_default,
        show_envvar=False,
        **settings,
    )


def _among(complete: AmongCompleter) -> Callable[[typer.Context, str], list[Any]]:
    def among(ctx: typer.Context, incomplete: str) -> list[Any]:
        return list(complete(ctx.params, incomplete))

    return among


def _telling(parser: Callable[[str], Any]) -> Callable[[str], Any]:
    def parse(text: Any) -> Any:
        if not isinstance(text, str):
            # The option's own default.
            return text
        try:
            return parser(text)
        except UsageError as error:
            raise typer.BadParameter(str(error)) from error

    return parse


def typed(ctx: typer.Context, name: str) -> bool:
    """Whether a parameter stands on the command line, rather than in the configuration."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Spread each dataclass parameter of a command into one option a field."""
    signature = inspect.signature(command)
    spread: list[inspect.Parameter] = []
    groups: dict[str, Any] = {}
    for parameter in signature.parameters.values():
        group: Any = parameter.annotation
        if dataclasses.is_dataclass(group):
            groups[parameter.name] = group
            spread.extend(_parameters(group))
        else:
            spread.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    spread.sort(key=_rank)

    def grouped(**values: Any) -> None:
        for name, group in groups.items():
            fields = {f.name: values.pop(f.name) for f in dataclasses.fields(group)}
            values[name] = group(**fields)
        command(**values)

    grouped.__name__, grouped.__doc__ = command.__name__, command.__doc__
    grouped.__annotations__ = {}
    vars(grouped)["__signature__"] = signature.replace(parameters=spread)
    return grouped


def _rank(parameter: inspect.Parameter) -> int:
    """Where a parameter stands in help: arguments first, then options by their headings."""
    declared = getattr(parameter.annotation, "__metadata__", ())
    headings = [getattr(each, "rich_help_panel", None) for each in declared]
    return max((i for i, panel in enumerate(panels.ORDER) if panel in headings), default=-1)


def _parameters(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in dataclasses.fields(group)
    ]
