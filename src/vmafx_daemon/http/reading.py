"""Messages from JSON: what `plain_message` makes of one, this makes a message of again.

Everything may be left out or null, which is the same. Nothing may be there that the message does
not have, and no value is taken for one of another type.
"""

import math
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from vmafx_core.errors import UnknownNameError, UsageError

INT_BITS = {
    FieldDescriptor.CPPTYPE_INT32: 32,
    FieldDescriptor.CPPTYPE_INT64: 64,
}
LONGEST_SECONDS = 315_576_000_000.0
"""The longest duration that a message can hold."""


def read_message[M: Message](value: Any, kind: type[M]) -> M:
    """Make a message of JSON.

    Args:
        value: What was read.
        kind: The type of the message.

    Raises:
        UsageError: Something in it is not of its type, naming it.
    """
    made = kind()
    _fill(made, value, "")
    return made


def enum_names(kind: EnumDescriptor) -> dict[str, int]:
    """The values of an enumeration by their names in JSON; none for the one that says nothing."""
    prefix = kind.values[0].name.removesuffix("UNSPECIFIED")
    return {each.name.removeprefix(prefix).lower(): each.number for each in kind.values[1:]}


def _fill(message: Message, value: Any, path: str) -> None:
    members = _typed(value, dict, path or "the request", "an object")
    fields: Mapping[str, Any] = message.DESCRIPTOR.fields_by_name
    for name, given in members.items():
        if name not in fields:
            raise UnknownNameError.of("field", f"{path}{name}"[:200], [path + f for f in fields])
        if given is not None:
            _check_alone(fields[name], members, path)
            _write(message, fields[name], given, path + name)


def _check_alone(field: FieldDescriptor, members: Mapping[str, Any], path: str) -> None:
    """Refuse more than one of several alternatives."""
    group = field.containing_oneof
    others = group.fields if group else ()
    given = [f"{path}{other.name}" for other in others if members.get(other.name) is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} are both there", "Only one of them can be.")


def _write(message: Any, field: FieldDescriptor, given: Any, path: str) -> None:
    target = getattr(message, field.name)
    if field.message_type and field.message_type.GetOptions().map_entry:
        for name, text in _typed(given, dict, path, "an object").items():
            target[_text(name, path)] = _text(text, f"{path}[{name[:40]!r}]")
    elif field.is_repeated:
        for index, each in enumerate(_typed(given, list, path, "a list")):
            where = f"{path}[{index}]"
            if field.message_type:
                _fill(target.add(), each, f"{where}.")
            else:
                target.append(_scalar(field, each, where))
    elif isinstance(target, Duration):
        target.FromMilliseconds(math.ceil(_seconds(given, path) * 1000))
    elif isinstance(target, Message):
        target.SetInParent()
        _fill(target, given, f"{path}.")
    else:
        setattr(message, field.name, _scalar(field, given, path))


def _scalar(field: FieldDescriptor, given: Any, path: str) -> str | float | bool:
    if field.enum_type:
        names = enum_names(field.enum_type)
        if _text(given, path) not in names:
            raise UsageError(f"{path} is {given[:40]!r}", f"Use {', '.join(names)}.")
        return names[given]
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return _text(given, path)
        case FieldDescriptor.CPPTYPE_BOOL:
            return bool(_typed(given, bool, path, "true or false"))
        case FieldDescriptor.CPPTYPE_DOUBLE:
            return _number(given, path)
        case kind:
            return _integer(given, path, INT_BITS[kind])


def _text(given: Any, path: str) -> str:
    text = str(_typed(given, str, path, "text"))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{path} is no Unicode text") from None
    return text


def _number(given: Any, path: str) -> float:
    try:
        number = float(_typed(given, (int, float), path, "a number"))
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise UsageError(f"{path} is out of range")
    return number


def _integer(given: Any, path: str, bits: int) -> int:
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    number = int(_typed(given, int, path, "a whole number"))
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise UsageError(f"{path} is out of range", f"It is a number of {bits} bits.")
    return number


def _seconds(given: Any, path: str) -> float:
    seconds = _number(given, path)
    if abs(seconds) > LONGEST_SECONDS:
        raise UsageError(f"{path} is out of range")
    return seconds


def _typed(given: Any, kinds: type | tuple[type, ...], path: str, words: str) -> Any:
    # JSON's true is no number, though Python's is.
    if not isinstance(given, kinds) or (isinstance(given, bool) and kinds is not bool):
        raise UsageError(f"{path.rstrip('.')} is not {words}")
    return given
