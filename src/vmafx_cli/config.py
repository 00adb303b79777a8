"""The user's `config.toml`: defaults for options, one table a command.

    [score]
    model = ["auto"]
    threads = 4

    [tune.crf]
    encoder = "libsvtav1"

A flag wins over an environment variable (`VMAFX_SCORE_THREADS`), which wins over this file.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vmafx_core.errors import UnknownNameError, UsageError

CONFIG_VARIABLE = "VMAFX_CONFIG"
ENVIRONMENT_PREFIX = "VMAFX"


def config_path() -> Path:
    """Where the configuration is, whether or not there is one."""
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    from platformdirs import user_config_path  # not needed to start up

    return user_config_path("vmafx", appauthor=False) / "config.toml"


def read(path: Path) -> dict[str, Any]:
    """Read the configuration: its tables by name; empty where there is none.

    Raises:
        UsageError: If the file cannot be read or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if CONFIG_VARIABLE in os.environ:
            raise UsageError(
                f"there is no configuration file {str(path)!r}",
                f"{CONFIG_VARIABLE} names it; correct or unset that variable.",
            ) from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read the configuration file {str(path)!r}: {error}",
            f"Correct the file, or name another one in {CONFIG_VARIABLE}.",
        ) from error
    import tomllib  # most have no such file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"the configuration file {str(path)!r} is not valid TOML: {error}",
            "Correct that line.",
        ) from error


def check_tables(tables: Mapping[str, Any], commands: Iterable[str], path: Path) -> None:
    """Refuse tables that belong to no command, and settings outside a table.

    Args:
        tables: What the file has at the level of these commands.
        commands: Their names.
        path: The file, for messages.

    Raises:
        UnknownNameError: If a table belongs to none of them.
        UsageError: If a setting stands where only tables may be.
    """
    known = tuple(commands)
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UsageError(
                f"{name!r} in {str(path)!r} stands outside a table",
                "Write it below the name of its command, such as [score] or [tune.crf].",
            )
        if name not in known:
            raise UnknownNameError.of(f"table in {str(path)!r}:", name, known)


def defaults(settings: dict[str, Any], options: dict[str, Any], path: Path) -> dict[str, Any]:
    """Turn the settings of a command into defaults for its options.

    Args:
        settings: Setting to value, as the file has them. Names are those of the long options,
            with "-" or "_".
        options: The command's parameters by name, as typer has them.
        path: The file, for messages.

    Returns:
        Parameter name to the text, list of texts or truth value that the parameter is to parse.

    Raises:
        UnknownNameError: If a setting has no such option.
        UsageError: If a value is of a kind that no option takes.
    """
    found = {}
    for key, value in settings.items():
        name = key.replace("-", "_")
        if name not in options:
            raise UnknownNameError.of(
                f"setting in {str(path)!r}:", key, [n.replace("_", "-") for n in options]
            )
        found[name] = _as_typed(value, options[name], f"{key!r} in {str(path)!r}")
    return found


def _as_typed(value: Any, option: Any, what: str) -> str | bool | list[str]:
    """The value in the form in which it would have been typed on the command line."""
    if option.is_flag:
        if isinstance(value, bool):
            return value
        raise UsageError(f"{what} must be true or false, not {value!r}", "Correct the file.")
    values = value if isinstance(value, list) else [value]
    if any(isinstance(v, bool) or not isinstance(v, str | int | float) for v in values):
        raise UsageError(f"{what} must be a text or a number, not {value!r}", "Correct the file.")
    if option.multiple:
        return [str(v) for v in values]
    if isinstance(value, list):
        raise UsageError(f"{what} takes one value, not a list", "Correct the file.")
    return str(value)
