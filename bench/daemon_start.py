"""How soon a daemon is ready, and the memory that it takes while nobody asks for anything."""

import statistics
import time
from collections.abc import Iterator

import psutil

from bench.daemon import running
from bench.measure import Figure, Settings
from vmafx_rpc import messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.client import Client

_BOUND_SECONDS = 1.0
_BOUND_MIB = 120.0
_IDLE_SECONDS = 10.0


def measure(settings: Settings) -> Iterator[Figure]:
    """Seconds from the command to ready, and resident MiB of all processes after a while."""
    with running():  # as files that are read for the first time are another matter
        pass
    seconds = [_start() for _ in range(settings.rounds)]
    note = f"(of {settings.rounds}, the longest {max(seconds):.2f} s)"
    yield Figure(
        "seconds from daemon start to ready", statistics.median(seconds), _BOUND_SECONDS, note
    )
    with running() as address:
        time.sleep(_IDLE_SECONDS)
        yield Figure("MiB of memory of an idle daemon", _memory(address), _BOUND_MIB)


def _start() -> float:
    began = time.perf_counter()
    with running():
        return time.perf_counter() - began


def _memory(address: Address) -> float:
    with Client(address) as client:
        status = client.call(client.controller.GetStatus, messages.controller.GetStatusRequest())
    daemon = psutil.Process(status.pid)
    processes = [daemon, *daemon.children(recursive=True)]
    return float(sum(process.memory_info().rss for process in processes)) / 2**20
