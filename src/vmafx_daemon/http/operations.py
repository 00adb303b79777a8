"""What can be asked for: a table of operations, which is served and described alike."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.http.admission import Admission
from vmafx_daemon.http.bodies import read_json
from vmafx_daemon.http.parameters import Parameter, read_parameters
from vmafx_daemon.http.problems import RequestError
from vmafx_daemon.http.responses import JSON


@dataclass(frozen=True, slots=True)
class Call:
    """A request for an operation, read and admitted.

    Attributes:
        request: The request.
        caller: Who asks.
        values: Its parameters, by name.
        body: The JSON of its body; None where the operation takes none.
    """

    request: Request
    caller: Caller
    values: Mapping[str, Any]
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that can be asked for.

    Attributes:
        method: "GET", "POST" or "DELETE".
        path: Where, with parameters in braces.
        name: What it is called in the document: "listJobs".
        summary: What it does, in a sentence.
        handler: Does it.
        role: Who may ask for it; None for anybody.
        parameters: Its parameters.
        body: The message that its body is read as; None for no body.
        example: A body that it takes.
        answer: The message that its answer is; None where `media` says all.
        status: The status of its answer.
        media: The type of its answer.
        further: Other statuses that are no problem, and what they say.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Callable[[Call], Awaitable[Response]]
    role: Role | None = Role.READ
    parameters: Sequence[Parameter] = field(default=())
    body: type[Message] | None = None
    example: Mapping[str, Any] | None = None
    answer: type[Message] | None = None
    status: int = 200
    media: str = JSON
    further: Mapping[int, str] = field(default_factory=dict)


class Resource:
    """The operations of one path, as an ASGI application.

    Args:
        operations: Them.
        admission: Decides who may ask.
    """

    def __init__(self, operations: Sequence[Operation], admission: Admission) -> None:
        self._operations = {each.method: each for each in operations}
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            VmafxError: It is wrong, not allowed, or has failed.
        """
        request = Request(scope, receive)
        scope["operation"] = operation = self._operation(request.method)
        caller = self._admission.admit(request, operation.role)
        values = read_parameters(request, operation.parameters)
        body = None
        if operation.body:
            self._admission.check_type(request)
            body = await read_json(request)
        response = await operation.handler(Call(request, caller, values, body))
        await response(scope, receive, send)

    def _operation(self, method: str) -> Operation:
        operation = self._operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            allowed = sorted(self._operations)
            raise RequestError(
                405,
                f"there is no {method[:20]} here",
                f"There is {' and '.join(allowed)}.",
                {"Allow": ", ".join(allowed)},
            )
        return operation
