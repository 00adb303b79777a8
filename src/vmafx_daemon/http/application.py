"""All that is answered by HTTP, put together."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from vmafx_daemon.access.policy import Policy
from vmafx_daemon.controller import Controller
from vmafx_daemon.http.admission import Admission
from vmafx_daemon.http.disconnect import Disconnect
from vmafx_daemon.http.document import Document
from vmafx_daemon.http.event_stream import EventStreams
from vmafx_daemon.http.jobs import Jobs
from vmafx_daemon.http.middleware import Middleware
from vmafx_daemon.http.operations import Operation, Resource
from vmafx_daemon.http.pages import pages
from vmafx_daemon.http.problems import RequestError
from vmafx_daemon.http.responses import Responses
from vmafx_daemon.http.service import Service
from vmafx_daemon.metrics import Metrics


def make_app(
    controller: Controller,
    policy: Policy,
    metrics: Metrics,
    disconnect: Disconnect,
    *,
    host: str,
    addresses: Sequence[str],
) -> Middleware:
    """The application.

    Args:
        controller: What it leads to.
        policy: Who may do what.
        metrics: Counts requests.
        disconnect: Ends what is done for clients that wait.
        host: What the server was told to listen on.
        addresses: Where the daemon listens.
    """
    responses = Responses()
    service = Service(controller, metrics, disconnect, responses, addresses).operations()
    jobs = Jobs(controller, responses, EventStreams(disconnect, responses)).operations()
    document = Document({"jobs": jobs, "service": service}).operation
    operations = [*service, *jobs, document, *pages()]
    routes = _routes(operations, Admission(policy, host))
    return Middleware(Router(routes, redirect_slashes=False, default=_nothing), metrics)


def _routes(operations: Iterable[Operation], admission: Admission) -> list[Route]:
    by_path = attrgetter("path")
    return [
        Route(path, Resource(list(here), admission))
        for path, here in groupby(sorted(operations, key=by_path), key=by_path)
    ]


async def _nothing(scope: Scope, _: Receive, __: Send) -> None:
    raise RequestError(404, f"there is no {scope['path'][:100]!r} here", "See /docs.")
