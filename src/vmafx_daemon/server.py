"""A daemon: its parts, put together, from the first socket to the last job."""

import asyncio
import logging
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

import uvloop

from vmafx_core.errors import UsageError
from vmafx_daemon.access.peer import is_loopback
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.access.tls import check_certificates
from vmafx_daemon.access.tokens import read_tokens
from vmafx_daemon.controller import Controller
from vmafx_daemon.engine.local import LocalEngine
from vmafx_daemon.grpc.server import GrpcDoor
from vmafx_daemon.http.server import HttpDoor
from vmafx_daemon.jobs.database import database_url
from vmafx_daemon.jobs.store import JobStore
from vmafx_daemon.metrics import Metrics
from vmafx_daemon.operations.job_log import JobLog
from vmafx_daemon.operations.logs import log_to_file, log_to_stream
from vmafx_daemon.operations.state import StateFolder
from vmafx_daemon.settings import Settings

# Far more than there may be calls.
_MOST_FILES = 65_536
_GRACE = 1.0
_LOOK = 0.1

_log = logging.getLogger(__name__)


def run(
    settings: Settings, ready: Callable[[Sequence[str]], None], *, background: bool = False
) -> None:
    """Be a daemon until a signal says otherwise.

    SIGTERM and SIGINT have it take no more work and end what runs, the second one at once.

    Args:
        settings: Its settings.
        ready: Is told where it listens, once it does.
        background: Whether to log to a file in the state folder, rather than to standard error.

    Raises:
        UsageError: Others could do what they want, or a setting is wrong.
        WorkError: Another daemon has the state folder, or another program a port.
        VmafxError: Something it needs is missing.
    """
    os.umask(0o077)  # what it writes may be read by this user alone
    _allow_files()
    with StateFolder.held(settings.state) as folder:
        check_binding(settings)
        (log_to_file if background else log_to_stream)(settings)

        def listening(addresses: Sequence[str]) -> None:
            folder.tell(addresses, log=background)
            ready(addresses)
            _tell_manager("READY=1")

        uvloop.run(_serve(settings, listening))
        _log.info("stopped")


def _allow_files() -> None:
    """Have as many files open at once as this process may; every connection is one."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY or most > _MOST_FILES:
        most = max(files, _MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(settings: Settings, listening: Callable[[Sequence[str]], None]) -> None:
    signals = _Signals()
    policy = Policy(settings.access, settings.limits)
    store = JobStore(database_url(settings))
    controller = Controller(settings, store, LocalEngine(settings.limits), policy)
    metrics = Metrics(controller)
    controller.observers += [JobLog(), metrics]
    addresses: list[str] = []
    grpc = GrpcDoor(
        controller, policy, settings.limits, addresses, partial(metrics.on_request, "grpc")
    )
    if settings.socket:
        grpc.listen_on_socket(settings.socket)
    grpc.listen_on_port(settings.host, settings.grpc_port, settings.access)
    http = HttpDoor(controller, policy, metrics, settings, addresses)
    async with _started(controller):
        await grpc.start()
        await http.start()
        try:
            listening(addresses)
            _log.info("started", extra={"event": {"pid": os.getpid(), "at": addresses}})
            await signals.first.wait()
            _tell_manager("STOPPING=1")
            _log.info("stopping", extra={"event": {"seconds": settings.drain_seconds}})
            await _drain(controller, signals, settings.drain_seconds)
        finally:
            await asyncio.gather(grpc.stop(_GRACE), http.stop(_GRACE))


@asynccontextmanager
async def _started(controller: Controller) -> AsyncIterator[None]:
    await controller.start()
    try:
        yield
    finally:
        await controller.close()


class _Signals:
    """The signals that end it.

    Attributes:
        first: Is set by the first of them.
        second: By the second.
    """

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._come)

    def _come(self) -> None:
        (self.second if self.first.is_set() else self.first).set()


async def _drain(controller: Controller, signals: _Signals, seconds: float) -> None:
    """Let jobs and streams end, for so long or until the next signal."""
    draining = asyncio.gather(controller.drain(seconds), _streams_ended(controller, seconds))
    hurry = asyncio.ensure_future(signals.second.wait())
    await asyncio.wait((draining, hurry), return_when=asyncio.FIRST_COMPLETED)
    for each in (draining, hurry):
        each.cancel()
    await asyncio.gather(draining, hurry, return_exceptions=True)


async def _streams_ended(controller: Controller, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while controller.status().streams and loop.time() < until:  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(_LOOK)


def check_binding(settings: Settings) -> None:
    """Refuse to be open to other machines without knowing who calls.

    Raises:
        UsageError: Others could do what they want; or a file of tokens or certificates is unusable.
    """
    access = settings.access
    check_certificates(access)
    tokens = read_tokens(access.token_file) if access.token_file else ()
    if is_loopback(settings.host) or tokens or access.client_authority:
        return
    raise UsageError(
        f"on {settings.host} everybody who reaches this machine could have it work",
        "Make a token (vmafx daemon token add NAME), ask for clients' certificates "
        "(--client-ca), or listen on 127.0.0.1.",
    )


def _tell_manager(state: str) -> None:
    """Tell the service manager that has started this process, if one has.

    Args:
        state: What systemd's `Type=notify` expects, such as "READY=1".
    """
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name:
        return
    address = f"\0{name[1:]}" if name.startswith("@") else name
    # Whether or not the manager hears it, the work goes on.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_manager:
        to_manager.sendto(state.encode(), address)
