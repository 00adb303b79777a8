"""Messages from the core's plain data, and back.

A message has the fields of its dataclass, by the same names; this module is the one place that
knows how each type of a field is carried:

    scalars, enumerations of text      the scalar, the text
    a fraction, a fixed tuple          a message with one field an element, in order
    None                               a field that is not set
    a tuple of any length              a repeated field
    an array of numbers                repeated double
    a dict of named things             a repeated field, in order, as each thing has its name
"""

import dataclasses
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from google.protobuf.message import Message

from vmafx_core.errors import UsageError
from vmafx_core.scoring.result import Scores

_NAMED_VALUES = dict[str, Scores]


def to_message[M: Message](value: Any, message: type[M]) -> M:
    """Make a message of a dataclass.

    Args:
        value: The dataclass.
        message: The type of the message; has a field for each of the dataclass's.

    Raises:
        UsageError: A text is not UTF-8, or a number is out of range.
    """
    made = message()
    try:
        _fill(made, value)
    except (ValueError, UnicodeEncodeError) as error:
        raise UsageError(
            f"cannot be sent: {error}", "Paths and names must be UTF-8, and numbers within 64 bits."
        ) from error
    return made


def from_message[T](message: Message, kind: type[T]) -> T:
    """Make a dataclass of a message.

    Args:
        message: The message. Where the dataclass has a default, a zero or empty text stands for
            it, and so does a message that is not set; truth values and lists are as they are.
        kind: The dataclass.

    Raises:
        UsageError: A field's value is not among those that are allowed.
    """
    fields: Any = kind
    defaults = _defaults(fields)
    return kind(
        **{
            name: _read(message, name, hint)
            for name, hint in _hints(fields).items()
            if not (name in defaults and _is_unset(message, name, hint))
        }
    )


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@cache
def _defaults(kind: Any) -> frozenset[str]:
    missing = dataclasses.MISSING
    return frozenset(f.name for f in dataclasses.fields(kind) if f.default is not missing)


def _is_unset(message: Any, name: str, hint: Any) -> bool:
    field = message.DESCRIPTOR.fields_by_name[name]
    if field.has_presence:
        return not message.HasField(name)
    return not field.is_repeated and hint is not bool and not getattr(message, name)


def _fill(message: Message, value: Any) -> None:
    kind: Any = type(value)
    for name, hint in _hints(kind).items():
        _write(message, name, hint, getattr(value, name))


def _write(message: Any, name: str, hint: Any, value: Any) -> None:
    hint, optional = _plain(hint)
    if optional and value is None:
        return
    if (items := _listed(hint, value)) is not None:
        _append(getattr(message, name), items)
    elif isinstance(value, tuple):
        _spread(getattr(message, name), value)
    elif isinstance(value, Fraction):
        _spread(getattr(message, name), (value.numerator, value.denominator))
    elif dataclasses.is_dataclass(value):
        getattr(message, name).SetInParent()
        _fill(getattr(message, name), value)
    else:
        setattr(message, name, value.value if isinstance(value, Enum) else value)


@dataclass(frozen=True, slots=True)
class _Named:
    """Numbers with a name, in a repeated field."""

    name: str
    values: Scores


def _listed(hint: Any, value: Any) -> Sequence[Any] | None:
    """The elements of what is carried as a repeated field; None for what is not."""
    if hint == _NAMED_VALUES:
        return [_Named(*item) for item in value.items()]
    if hint == Scores:
        numbers: list[float] = value.tolist()
        return numbers
    if typing.get_origin(hint) is dict:
        return list(value.values())
    return value if _element(hint) else None


def _append(repeated: Any, items: Sequence[Any]) -> None:
    for item in items[:1]:
        if not (dataclasses.is_dataclass(item) or isinstance(item, tuple)):
            repeated.extend(items)
            return
    for item in items:
        if isinstance(item, tuple):
            _spread(repeated.add(), item)
        else:
            _fill(repeated.add(), item)


def _spread(message: Any, values: Iterable[Any]) -> None:
    message.SetInParent()
    for field, value in zip(message.DESCRIPTOR.fields, values, strict=True):
        setattr(message, field.name, value)


def _read(message: Any, name: str, hint: Any) -> Any:
    hint, optional = _plain(hint)
    if optional and not message.HasField(name):
        return None
    value = getattr(message, name)
    if hint == _NAMED_VALUES:
        return {item.name: np.array(item.values) for item in value}
    if hint == Scores:
        return np.array(value)
    if typing.get_origin(hint) is dict:
        kind = typing.get_args(hint)[1]
        return {item.name: from_message(item, kind) for item in value}
    if element := _element(hint):
        return tuple(_one(item, element) for item in value)
    return _one(value, hint)


def _one(value: Any, hint: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        return from_message(value, hint)  # type: ignore[arg-type]
    if typing.get_origin(hint) is tuple:
        return tuple(getattr(value, field.name) for field in value.DESCRIPTOR.fields)
    if hint is Fraction:
        if value.denominator == 0:
            raise UsageError(f"{value.numerator}/0 is no fraction", "Set its denominator.")
        return Fraction(value.numerator, value.denominator)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member(hint, value)
    return value


def _member(kind: type[Enum], value: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(str(member.value) for member in kind)
        raise UsageError(f"{value!r} is no {kind.__name__.lower()}", f"Use {allowed}.") from None


@cache
def _plain(hint: Any) -> tuple[Any, bool]:
    """The type without None, and whether None is allowed."""
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        (only,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
        return only, True
    return hint, False


@cache
def _element(hint: Any) -> Any:
    """The type of the elements of a tuple of any length; None for what is none."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and arguments[1:] == (Ellipsis,):
        return arguments[0]
    return None
