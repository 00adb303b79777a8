"""Messages as what JSON can hold, by the names of their fields."""

import math
from datetime import UTC
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from vmafx_core.report.naming import shown_location


def plain_message(message: Message) -> Any:
    """A message as dicts, lists, text, numbers and None.

    A field that is not set is None or empty, and of alternatives only the one that is set is
    there. Times are ISO 8601 in UTC, durations are seconds, numbers that JSON lacks are None, a
    state such as JOB_STATE_RUNNING is "running", and a location is without the secrets of a URL.
    """
    if isinstance(message, Timestamp):
        return message.ToDatetime(UTC).isoformat(timespec="milliseconds")
    if isinstance(message, Duration):
        return message.ToTimedelta().total_seconds()
    return {
        field.name: _field(message, field)
        for field in message.DESCRIPTOR.fields
        if field.containing_oneof is None
        or len(field.containing_oneof.fields) == 1
        or message.HasField(field.name)
    }


def _field(message: Message, field: Any) -> Any:
    if field.has_presence and not message.HasField(field.name):
        return None
    value = getattr(message, field.name)
    if field.message_type and field.message_type.GetOptions().map_entry:
        return dict(sorted(value.items()))
    return [_one(each, field) for each in value] if field.is_repeated else _one(value, field)


def _one(value: Any, field: Any) -> Any:
    if isinstance(value, Message):
        return plain_message(value)
    if field.enum_type:
        prefix = field.enum_type.values[0].name.removesuffix("UNSPECIFIED")
        return field.enum_type.values_by_number[value].name.removeprefix(prefix).lower()
    if field.name == "location":
        return shown_location(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
