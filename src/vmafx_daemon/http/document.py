"""The OpenAPI document: what can be asked for, and what comes of it."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from starlette.responses import Response

from vmafx_core import __version__
from vmafx_daemon.access.caller import Role
from vmafx_daemon.http.operations import Call, Operation
from vmafx_daemon.http.responses import JSON
from vmafx_daemon.http.schemas import Schemas

_PROBLEM = "application/problem+json"
_PATH = "/openapi.json"
_ABOUT = """\
Scores video quality for others, at once or as jobs in a queue.

Paths are those of the server's machine, below the folders that it was told; URLs are allowed where
its settings let them. Of a request everything that has a usual value may be left out or null, and
nothing unknown may be there. Numbers that JSON does not have, such as the PSNR of equal pictures,
are null in responses. An error is a problem document that says what is wrong and what to do.
"""
_PROBLEMS = {
    400: "The request is not understood.",
    401: "A token is needed, or the one that was sent is wrong.",
    403: "The caller may not do that, or not name that place.",
    404: "There is no such thing.",
    408: "The request took too long to come.",
    413: "The request, or a picture in it, is too large.",
    415: "The body is of another type.",
    422: "Something in the request is wrong, or cannot be done.",
    429: "There is no room for more; `Retry-After` says when to try again.",
    431: "The head of the request is too long.",
    500: "The server failed at this.",
    503: "The server is stopping.",
}
# What any request may come to.
_ALWAYS = {400, 408, 422, 429, 431, 500}
_KNOWN = {401, 403}
_WITH_BODY = {413, 415, 503}


class Document:
    """The document.

    Args:
        groups: The operations, by what they are about; the document itself is added.
    """

    def __init__(self, groups: Mapping[str, Sequence[Operation]]) -> None:
        self.operation = Operation(
            method="GET",
            path=_PATH,
            name="getDocument",
            summary="This document.",
            handler=self._show,
            role=None,
        )
        self._groups = {**groups, "document": [self.operation]}

    async def _show(self, _: Call) -> Response:
        return Response(self._text, media_type=JSON)

    @cached_property
    def _text(self) -> bytes:
        return json.dumps(self._made(), indent=1).encode()

    def _made(self) -> dict[str, Any]:
        schemas = Schemas()
        schemas.all["Problem"] = _problem()
        paths: dict[str, dict[str, Any]] = {}
        for group, operations in self._groups.items():
            for each in operations:
                described = _operation(each, group, schemas)
                paths.setdefault(each.path, {})[each.method.lower()] = described
        return {
            "openapi": "3.1.0",
            "info": {"title": "vmafx", "version": __version__, "description": _ABOUT},
            "servers": [{"url": "/"}],
            "tags": [{"name": group} for group in self._groups],
            "paths": paths,
            "components": {
                "schemas": dict(sorted(schemas.all.items())),
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "Needed where the server has tokens.",
                    }
                },
            },
        }


def _operation(operation: Operation, group: str, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [group],
        "security": [{}, {"token": []}] if operation.role else [],
        "parameters": [each.described() for each in operation.parameters],
        "responses": _responses(operation, schemas),
    }
    if operation.role is Role.WRITE:
        described["description"] = "Needs a token that may write, where there are tokens."
    if operation.body:
        content = {"schema": schemas.of_request(operation.body)}
        if operation.example:
            content["example"] = dict(operation.example)
        described["requestBody"] = {"required": True, "content": {JSON: content}}
    return described


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(operation.status): {
            "description": "What was asked for.",
            "content": {operation.media.partition(";")[0]: {"schema": _schema(operation, schemas)}},
        },
        **{str(status): {"description": meaning} for status, meaning in operation.further.items()},
    }
    codes = _ALWAYS | (_KNOWN if operation.role else set())
    codes |= _WITH_BODY if operation.body else set()
    codes |= {404} if "{" in operation.path else set()
    content = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for code in sorted(codes):
        responses[str(code)] = {"description": _PROBLEMS[code], "content": content}
    return responses


def _schema(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """The schema of an operation's answer."""
    as_json = operation.media == JSON
    if not operation.answer:
        return {"type": "object" if as_json else "string"}
    schema = schemas.of_answer(operation.answer)
    if as_json:
        return schema
    data = {"type": "string", "contentMediaType": JSON, "contentSchema": schema}
    return {
        "type": "object",
        "description": "Each event of the stream: its number, and what happened as JSON.",
        "properties": {"id": {"type": "string"}, "data": data},
        "required": ["id", "data"],
    }


def _problem() -> dict[str, Any]:
    meanings = {
        "class": "What kind of error it is, by the name that the command line has for it.",
        "message": "What is wrong, and with what.",
        "hint": "What to do about it; may be empty.",
    }
    properties: dict[str, Any] = {"status": {"type": "integer", "description": "HTTP's number."}}
    for name, meaning in meanings.items():
        properties[name] = {"type": "string", "description": meaning}
    return {
        "type": "object",
        "description": "An error.",
        "properties": properties,
        "required": list(properties),
    }
