"""What JSON of messages can be, as JSON Schema: made of the messages themselves.

`reading` makes messages of what matches the schema of a request, and `plain_message` makes what
matches the schema of an answer.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from vmafx_daemon.http.reading import INT_BITS, LONGEST_SECONDS, enum_names
from vmafx_rpc import stubs

type Schema = dict[str, Any]

_WORDS = {
    FieldDescriptor.CPPTYPE_STRING: "string",
    FieldDescriptor.CPPTYPE_BOOL: "boolean",
    FieldDescriptor.CPPTYPE_DOUBLE: "number",
}


class Schemas:
    """Schemas of messages, by their names.

    Attributes:
        all: Those that were referred to, each by its name.
    """

    def __init__(self) -> None:
        self.all: dict[str, Schema] = {}

    def of_request(self, message: type[Message]) -> Schema:
        """A reference to the schema of what is read as a message.

        Everything may be left out or null; nothing else may be there.
        """
        return self._refer(message.DESCRIPTOR, asked=True)

    def of_answer(self, message: type[Message]) -> Schema:
        """A reference to the schema of what a message is told as; all of it is there."""
        return self._refer(message.DESCRIPTOR, asked=False)

    def _refer(self, message: Any, *, asked: bool) -> Schema:
        name = f"{message.name}Input" if asked else message.name
        if name not in self.all:
            self.all[name] = {}  # before its fields, which may refer to it
            self.all[name] = self._object(message, asked=asked)
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, message: Any, *, asked: bool) -> Schema:
        fields: Mapping[str, Any] = message.fields_by_name
        schema: Schema = {
            "type": "object",
            "description": _comment_on(message.full_name),
            "properties": {name: self._field(field, asked=asked) for name, field in fields.items()},
        }
        if asked:
            schema["additionalProperties"] = False
        else:
            schema["required"] = [n for n, field in fields.items() if not _alternatives(field)]
        choices = {tuple(names) for f in fields.values() if (names := _alternatives(f))}
        if choices:
            schema["allOf"] = [_one_of(names, asked=asked) for names in sorted(choices)]
        return schema

    def _field(self, field: Any, *, asked: bool) -> Schema:
        if field.message_type and field.message_type.GetOptions().map_entry:
            value = field.message_type.fields_by_name["value"]
            schema: Schema = {
                "type": "object",
                "additionalProperties": self._value(value, asked=asked),
            }
        elif field.is_repeated:
            schema = {"type": "array", "items": self._value(field, asked=asked)}
        else:
            schema = self._value(field, asked=asked)
        if asked or (field.has_presence and not _alternatives(field)):
            schema = _or_null(schema)
        return {**schema, "description": _comment_on(field.full_name)}

    def _value(self, field: Any, *, asked: bool) -> Schema:
        if field.message_type:
            return self._message(field.message_type, asked=asked)
        if field.enum_type:
            return {"type": "string", "enum": list(enum_names(field.enum_type))}
        if bits := INT_BITS.get(field.cpp_type):
            most = 1 << bits - 1
            return {"type": "integer", "minimum": -most, "maximum": most - 1}
        schema: Schema = {"type": _WORDS[field.cpp_type]}
        # What JSON has no number for is told as null.
        is_number = field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE
        return _or_null(schema) if is_number and not asked else schema

    def _message(self, message: Any, *, asked: bool) -> Schema:
        match message.full_name:
            case Duration.DESCRIPTOR.full_name:
                return {"type": "number", "minimum": -LONGEST_SECONDS, "maximum": LONGEST_SECONDS}
            case Timestamp.DESCRIPTOR.full_name:
                return {"type": "string", "format": "date-time"}
        return self._refer(message, asked=asked)


def _alternatives(field: Any) -> list[str]:
    """The names of the alternatives that a field is one of; none where it is none."""
    group = field.containing_oneof
    names = [other.name for other in group.fields] if group else []
    return names if len(names) > 1 else []


def _one_of(names: tuple[str, ...], *, asked: bool) -> Schema:
    """That at most one of several is there; in an answer the others are left out."""
    none: Any = {"type": "null"} if asked else False
    return {
        "anyOf": [
            {"properties": {other: none for other in names if other != name}} for name in names
        ]
    }


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "enum" in schema:
        schema = {**schema, "enum": [*schema["enum"], None]}
    kinds = schema["type"]
    return {**schema, "type": [kinds, "null"]} if isinstance(kinds, str) else schema


def _comment_on(name: str) -> str:
    """What the contract says of a message, a field or an enumeration.

    Args:
        name: The full name: "vmafx.v1.ScoreTask.reference".
    """
    return _comments().get(name, "")


@cache
def _comments() -> Mapping[str, str]:
    read: dict[str, str] = json.loads((files(stubs) / "comments.json").read_text("utf-8"))
    return read
