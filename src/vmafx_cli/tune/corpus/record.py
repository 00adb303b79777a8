"""A JSON object of outside data, whose values are taken out by key and type.

Whatever is missing or of another type is an InputError that names where it is, its key, what it
is and what it should be.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from vmafx_core.errors import InputError

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Record:
    """An object, and where it is.

    Attributes:
        data: The object.
        where: What messages call it: "corpus.jsonl: line 3".
        within: The keys that lead to it from there, with a dot behind each; "" for none.
    """

    data: dict[str, Any]
    where: str
    within: str = ""

    @classmethod
    def parse(cls, text: bytes, where: str) -> Self:
        """Read an object.

        Raises:
            InputError: The text is no JSON object.
        """
        try:
            data = json.loads(text)
        except UnicodeDecodeError:
            raise InputError(
                f"{where}: is no text", "Name a corpus, as 'vmafx tune corpus' writes it."
            ) from None
        except ValueError as error:
            raise InputError(
                f"{where}: is no JSON: {error}", "Remove the line, or make the file anew."
            ) from None
        if not isinstance(data, dict):
            raise InputError(f"{where}: is no JSON object", "Remove the line.")
        return cls(data, where)

    def text(self, key: str) -> str:
        """A text."""
        return str(self._typed(key, str, "a text"))

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._value(key)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self._wrong(key, "a number")
        return float(value)

    def positive(self, key: str) -> float:
        """A number above 0."""
        if self.number(key) <= 0:
            raise self._wrong(key, "a number above 0")
        return self.number(key)

    def whole(self, key: str) -> int:
        """A whole number above 0."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self._wrong(key, "a whole number above 0")
        return value

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of several texts."""
        value = self.text(key)
        if value not in allowed:
            raise self._wrong(key, f"one of {', '.join(allowed)}")
        return value

    def assignments(self, key: str) -> Iterator[tuple[str, str]]:
        """A list of texts such as NAME=VALUE, parted."""
        for item in self._items(key):
            if not isinstance(item, str) or "=" not in item:
                raise self._wrong(key, "a list of NAME=VALUE")
            name, _, value = item.partition("=")
            yield name, value

    def inner(self, key: str) -> "Record":
        """An object inside."""
        value = self._typed(key, dict, "an object")
        return Record(value, self.where, f"{self.within}{key}.")

    def records(self, key: str) -> list["Record"]:
        """A list of objects."""
        items = self._items(key)
        if not all(isinstance(item, dict) for item in items):
            raise self._wrong(key, "a list of objects")
        return [Record(o, self.where, f"{self.within}{key}[{i}].") for i, o in enumerate(items)]

    def optional[T, Absent](self, key: str, read: Callable[[str], T], absent: Absent) -> T | Absent:
        """What `read` makes of a value, or what stands for null."""
        return absent if self._value(key) is None else read(key)

    def expect(self, key: str, value: str | int) -> None:
        """Refuse all but one value."""
        if self._value(key) != value:
            raise self._wrong(key, repr(value))

    def _items(self, key: str) -> list[Any]:
        return list(self._typed(key, list, "a list"))

    def _typed(self, key: str, kind: type, what: str) -> Any:
        value = self._value(key)
        if not isinstance(value, kind):
            raise self._wrong(key, what)
        return value

    def _value(self, key: str) -> Any:
        if key not in self.data:
            raise InputError(
                f"{self.where}: has no {self.within + key!r}",
                "Is it a file that 'vmafx tune corpus' wrote?",
            )
        return self.data[key]

    def _wrong(self, key: str, what: str) -> InputError:
        shown = json.dumps(self.data[key])
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN]}..."
        return InputError(
            f"{self.where}: {self.within + key!r} is {shown}, not {what}",
            "Mend the line, or remove it.",
        )
