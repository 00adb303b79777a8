"""How streams end before their time, and what is left of them: nothing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest

from support.daemon import Daemon, running
from support.streams import Talk, config, frames, made_pairs
from vmafx_daemon.engine.contract import WorkerLostError
from vmafx_daemon.errors import DrainingError
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc.messages import controller
from vmafx_rpc.stubs.vmafx.v1.scoring_pb2_grpc import VmafxScoringStub

PAIRS = made_pairs(10)
BEGIN = [config(), *frames(PAIRS)]
_PATIENCE = 30.0


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that has to happen soon."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def streams(daemon: Daemon) -> int:
    client = daemon.client()
    return int(client.call(client.controller.GetStatus, controller.GetStatusRequest()).streams)


def shared(daemon: Daemon) -> list[str]:
    """The shared memory that it holds."""
    links = []
    for descriptor in Path(f"/proc/{daemon.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has been closed meanwhile
            links.append(str(descriptor.readlink()))
    return [link for link in links if "vmafx-frames" in link]


def at_work(daemon: Daemon) -> psutil.Process:
    """The worker of the only stream, once it has its pictures."""
    until(lambda: shared(daemon) and daemon.workers(), "no worker begins")
    (worker,) = daemon.workers()
    return worker


def check_nothing_left(daemon: Daemon, worker: psutil.Process) -> None:
    until(lambda: not streams(daemon), "the stream is still there")
    until(lambda: not shared(daemon), "its memory is still there")
    until(lambda: not worker.is_running(), "its worker is still there")


def test_a_stream_that_is_cancelled_leaves_nothing(daemon: Daemon) -> None:
    talk = Talk(daemon.client(remote=True), *BEGIN)
    worker = at_work(daemon)
    talk.cancel()
    check_nothing_left(daemon, worker)


def test_a_stream_whose_deadline_passes_leaves_nothing(daemon: Daemon) -> None:
    client = daemon.client(remote=True)
    Talk(client, *BEGIN).answers()  # so that there is a worker already
    talk = Talk(client, *BEGIN, seconds=5)
    worker = at_work(daemon)
    code, _ = talk.failure()
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    check_nothing_left(daemon, worker)


CLIENT = """
import sys, time
from support.streams import Talk, config, frames, made_pairs
from vmafx_rpc.addresses import parse_address
from vmafx_rpc.client import Client

client = Client(parse_address(sys.argv[1]))
talk = Talk(client, config(), *frames(made_pairs(10)))
time.sleep(60)
"""


def test_a_stream_whose_client_is_killed_leaves_nothing(daemon: Daemon) -> None:
    tests = str(Path(__file__).parents[2])
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, daemon.addresses[1]], env=os.environ | {"PYTHONPATH": tests}
    )
    try:
        worker = at_work(daemon)
    finally:
        client.kill()
        client.wait()
    check_nothing_left(daemon, worker)


def test_a_stream_whose_worker_is_killed_says_so_and_the_next_one_goes_well(
    daemon: Daemon,
) -> None:
    talk = Talk(daemon.client(remote=True), *BEGIN)
    worker = at_work(daemon)
    worker.kill()
    _, error = talk.failure()
    assert isinstance(error, WorkerLostError)
    assert "SIGKILL" in error.message
    check_nothing_left(daemon, worker)
    assert Talk(daemon.client(remote=True), *BEGIN).answers()[-1].aggregate.frames_processed == 10


def test_a_stream_gives_its_memory_back_when_it_ends_well(daemon: Daemon) -> None:
    Talk(daemon.client(remote=True), *BEGIN).answers()
    until(lambda: not shared(daemon), "its memory is still there")
    (worker,) = daemon.workers()
    maps = Path(f"/proc/{worker.pid}/maps")
    until(lambda: "vmafx-frames" not in maps.read_text(), "the worker still has its memory")


def test_many_idle_streams_cost_little_and_there_is_a_most_of_them(tmp_path: Path) -> None:
    most = LimitSettings().idle_streams

    async def work(daemon: Daemon) -> None:
        async with grpc.aio.insecure_channel(daemon.addresses[1]) as channel:
            stub: Any = VmafxScoringStub(channel)  # type: ignore[no-untyped-call]
            calls = [stub.ScoreStream() for _ in range(most)]
            for call in calls:
                await call.write(config())
            await asyncio.to_thread(until, lambda: streams(daemon) == most, "not all are open")
            grown = psutil.Process(daemon.pid).memory_info().rss - before
            assert grown / most < 100_000
            assert not daemon.workers()
            refused = stub.ScoreStream()
            await refused.write(config())
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await refused.read()
            assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert dict(caught.value.trailing_metadata())["retry-after"] == "5"
            last = calls.pop()
            for request in frames(PAIRS):
                await last.write(request)
            await last.done_writing()
            answers = [answer async for answer in last]
            assert answers[-1].aggregate.frames_processed == 10
            for call in calls:
                call.cancel()
            await asyncio.to_thread(until, lambda: not streams(daemon), "some are still open")

    with running(tmp_path) as daemon:
        before = psutil.Process(daemon.pid).memory_info().rss
        asyncio.run(work(daemon))


def test_streams_go_on_while_a_daemon_drains_and_no_other_begins(tmp_path: Path) -> None:
    with running(tmp_path, "--drain", "60") as daemon:
        client = daemon.client(remote=True)
        talk = Talk(client, *BEGIN)
        at_work(daemon)
        daemon.signal(signal.SIGTERM)
        until(lambda: any(e["event"] == "stopping" for e in daemon.log()), "it does not stop")
        _, error = Talk(client, config()).failure()
        assert isinstance(error, DrainingError)
        talk.say(*frames(PAIRS, len(PAIRS)))
        assert talk.answers()[-1].aggregate.frames_processed == 2 * len(PAIRS)
        assert daemon.wait() == 0


def test_no_daemon_that_stops_waits_for_idle_streams(tmp_path: Path) -> None:
    with running(tmp_path, "--drain", "600") as daemon:
        talk = Talk(daemon.client(remote=True), config())
        until(lambda: streams(daemon), "it is not open")
        daemon.signal(signal.SIGTERM)
        _, error = talk.failure()
        assert isinstance(error, DrainingError)
        assert daemon.wait() == 0


def test_a_stream_that_does_not_end_is_cut_off_when_its_daemon_has_to_stop(tmp_path: Path) -> None:
    with running(tmp_path, "--drain", "0.5") as daemon:
        talk = Talk(daemon.client(remote=True), *BEGIN)
        worker = at_work(daemon)
        daemon.signal(signal.SIGTERM)
        code, _ = talk.failure()
        assert code is grpc.StatusCode.UNAVAILABLE
        assert daemon.wait() == 0
        assert not worker.is_running()
