"""Turning the words of a line into values without pydantic.

Typer has pydantic do that, which takes longer to load than anything else that a command needs: a
quarter of all the time of scoring two frames, and half of that of 'vmafx models' (0.1 s, medians of
nine pairs). This knows the inside of one version of typer, and is used with that alone.

Most options have a parser of their own, or a kind that is easily read; what remains is left to
pydantic, and so is every word that is wrong, for the sake of one way to say so.
"""

import os
import re
from enum import Enum
from math import inf
from pathlib import Path
from typing import Any, get_args, get_origin

from typer._coercion import RuntimeParam, build_runtime_param

# No more digits than have one meaning, as a number.
_PLAIN = {int: re.compile(r"[0-9]{1,15}"), float: re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")}


class _Coercion(RuntimeParam):
    """Turns words into the values of one parameter."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        annotation: Any = self.annotation
        several = get_origin(annotation) is list
        kind = get_args(annotation)[0] if several else annotation
        try:
            values = [self._read(each, kind) for each in (value if several else [value])]
        except (_NotReadError, ValueError, TypeError, AssertionError):
            pydantic = build_runtime_param(param.type_descriptor)
            return pydantic.coerce(value, param=param, ctx=ctx)
        return values if several else values[0]

    def _read(self, word: Any, kind: Any) -> Any:
        """The value of a word, or of a default, that is to be of some kind.

        Raises:
            _NotReadError: It cannot be read here.
        """
        about = self.parameter_info
        if about.parser and get_origin(kind) is not tuple:
            return about.parser(word)
        if kind in (int, float) and _is_plain(word, kind):
            least = -inf if about.min is None else about.min
            most = inf if about.max is None else about.max
            if least <= kind(word) <= most:
                return kind(word)
        elif kind is Path and isinstance(word, str | Path) and _is_any(about):
            if not _is_there(Path(word)) or os.access(word, os.R_OK):
                return Path(word)
        elif type(word) is kind and kind is not float:
            return word
        elif isinstance(word, str) and isinstance(kind, type) and issubclass(kind, Enum):
            for each in kind:
                if each.value == word:
                    return each
        raise _NotReadError


def _is_plain(word: Any, kind: type[int | float]) -> bool:
    """Whether a number is one already, or is written as nobody reads otherwise."""
    return type(word) is kind or (
        isinstance(word, str) and _PLAIN[kind].fullmatch(word) is not None
    )


def _is_there(path: Path) -> bool:
    """Whether there is something, as far as can be seen; no path at all is a `ValueError`."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def _is_any(about: Any) -> bool:
    """Whether any path will do that is there and can be read, or is not there."""
    asked = about.exists or about.writable or about.resolve_path or about.allow_dash
    return not asked and about.file_okay and about.dir_okay and about.path_type is None


class _NotReadError(Exception):
    """It is pydantic's to read."""


def without_pydantic(parameter: Any) -> None:
    """Have a parameter of a command turned into a value here, where that is possible."""
    described = parameter.type_descriptor
    coercion = _Coercion(described.parameter_info, described.annotation)
    parameter.get_runtime_param = lambda: coercion
