"""Random messages: of the right types and odd values, or bytes that are hardly messages at all."""

import random
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

_ODD_INTS = (0, 1, -1, 2, 7, 255, 65536, 2**31 - 1, -(2**31))
_ODD_FLOATS = (0.0, -0.0, 1.5, -1.0, 1e308, float("nan"), float("inf"), float("-inf"))
_ODD_TEXTS = (
    "", "-", "/", "/etc/passwd", "../../x", "a" * 5000, "vmaf_v0.6.1", "auto", "psnr", "libx264",
    "file:///etc/passwd", "http://169.254.169.254/", "concat:a|b", "\0", "\n", "é", "%s%n", "%04d",
    "';--", "yuv420p", "index", "off", "{}", "path=/x.json",
)  # fmt: skip
_DEEPEST = 5


class Nonsense:
    """Makes random messages, the same ones for the same seed.

    Args:
        seed: The seed.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        ints: Callable[[], int] = lambda: self._random.choice(_ODD_INTS)  # noqa: E731
        floats: Callable[[], float] = lambda: self._random.choice(_ODD_FLOATS)  # noqa: E731
        self._values: dict[int, Callable[[], Any]] = {
            FieldDescriptor.TYPE_DOUBLE: floats,
            FieldDescriptor.TYPE_FLOAT: floats,
            FieldDescriptor.TYPE_INT32: ints,
            FieldDescriptor.TYPE_INT64: lambda: self._random.choice((*_ODD_INTS, 2**63 - 1)),
            FieldDescriptor.TYPE_BOOL: lambda: self._random.random() < 0.5,
            FieldDescriptor.TYPE_STRING: lambda: self._random.choice(_ODD_TEXTS),
            FieldDescriptor.TYPE_BYTES: lambda: self._random.randbytes(self._random.randrange(64)),
            FieldDescriptor.TYPE_ENUM: lambda: self._random.choice((0, 1, 2, 6, 99, -1)),
        }

    def message(self, descriptor: Descriptor, depth: int = 0) -> Message:
        """A message whose fields are set at random."""
        made = GetMessageClass(descriptor)()
        for field in descriptor.fields:
            if self._random.random() < 0.3 or depth > _DEEPEST:
                continue
            self._set(made, field, depth)
        return made

    def altered[M: Message](self, whole: M) -> M:
        """A copy of a message with one field, anywhere in it, set to something odd."""
        made = type(whole)()
        made.CopyFrom(whole)
        inner: Any = made
        while True:
            field = self._random.choice(inner.DESCRIPTOR.fields)
            value = getattr(inner, field.name)
            if isinstance(value, Message) and value.ByteSize() and self._random.random() < 0.8:
                inner = value
            elif field.message_type and field.is_repeated and value and not _is_map(field):
                inner = self._random.choice(value)
            else:
                self._set(inner, field)
                return made

    def damaged(self, whole: bytes) -> bytes:
        """Bytes with some of them changed, cut off or added."""
        data = bytearray(whole or self._random.randbytes(20))
        for _ in range(self._random.randrange(1, 6)):
            at = self._random.randrange(len(data) + 1)
            match self._random.randrange(3):
                case 0:
                    data[at : at + 1] = self._random.randbytes(1)
                case 1:
                    del data[at:]
                case _:
                    data[at:at] = self._random.randbytes(self._random.randrange(9))
        return bytes(data)

    def _set(self, made: Any, field: FieldDescriptor, depth: int = 0) -> None:
        value = getattr(made, field.name)
        if _is_map(field):
            value[self._random.choice(_ODD_TEXTS)] = self._random.choice(_ODD_TEXTS)
        elif field.is_repeated:
            made.ClearField(field.name)
            for _ in range(self._random.randrange(4)):
                value.append(self._one(field, depth))
        elif field.message_type:
            value.CopyFrom(self._one(field, depth))
        else:
            setattr(made, field.name, self._one(field, depth))

    def _one(self, field: FieldDescriptor, depth: int) -> Any:
        if field.message_type:
            return self.message(field.message_type, depth + 1)
        return self._values[field.type]()


def _is_map(field: FieldDescriptor) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)
