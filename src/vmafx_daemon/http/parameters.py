"""Parameters of requests: what they are called, what they can be, and reading them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request

from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_daemon.http.problems import RequestError

_LONGEST_NUMBER = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of an operation.

    Attributes:
        name: As it is written.
        meaning: What it says, in a sentence.
        place: Where it is.
        kind: Its type in JSON.
        choices: The texts it can be; any where there are none.
        repeated: Whether it may be there several times, and is a tuple.
    """

    name: str
    meaning: str
    place: Literal["path", "query", "header"] = "query"
    kind: Literal["string", "integer", "boolean"] = "string"
    choices: tuple[str, ...] = ()
    repeated: bool = False

    def described(self) -> dict[str, Any]:
        """As an OpenAPI document has it."""
        schema: dict[str, Any] = {"type": self.kind}
        if self.kind == "integer":
            schema |= {"minimum": 0, "maximum": (1 << 63) - 1}
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.repeated:
            schema = {"type": "array", "items": schema}
        return {
            "name": self.name,
            "in": self.place,
            "description": self.meaning,
            "required": self.place == "path",
            "schema": schema,
        }


def read_parameters(request: Request, known: Sequence[Parameter]) -> dict[str, Any]:
    """The values of a request's parameters, by their names; of those alone that are there.

    Raises:
        UnknownNameError: There is a parameter that the operation does not have.
        UsageError: A value is wrong.
    """
    query = request.query_params
    in_query = [each.name for each in known if each.place == "query"]
    for name in query:
        if name not in in_query:
            raise UnknownNameError.of("parameter", name[:100], in_query)
    values: dict[str, Any] = {}
    for each in known:
        match each.place:
            case "path":
                given = [request.path_params[each.name]]
            case "query":
                given = query.getlist(each.name)
            case "header":
                given = request.headers.getlist(each.name)
        if len(given) > 1 and not each.repeated:
            raise UsageError(f"{each.name} is there {len(given)} times")
        read = tuple(_read(each, text) for text in given)
        if read:
            values[each.name] = read if each.repeated else read[0]
    return values


def _read(parameter: Parameter, text: str) -> str | int | bool:
    wrong = UsageError(f"{parameter.name} is {text[:40]!r}", f"It says: {parameter.meaning}")
    if parameter.choices and text not in parameter.choices:
        raise UsageError(wrong.message, f"Use {', '.join(parameter.choices)}.")
    match parameter.kind:
        case "boolean":
            if text not in {"true", "false"}:
                raise UsageError(wrong.message, "Use true or false.")
            return text == "true"
        case "integer":
            if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
                raise wrong
            number = int(text)
            if number >= 1 << 63:
                raise wrong
            return number
        case "string":
            if "\0" in text:
                raise RequestError(400, f"{parameter.name} has a null character in it")
            return text
