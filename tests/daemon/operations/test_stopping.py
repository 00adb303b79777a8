"""What becomes of work when the daemon is told to stop."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from support.background import Home
from support.daemon import Daemon, running
from support.held_back import HeldPair
from support.submissions import ended
from vmafx_core.errors import RemoteError
from vmafx_rpc import jobs
from vmafx_rpc.client import Client
from vmafx_rpc.messages import controller

COMPLETED = controller.JOB_STATE_COMPLETED
RUNNING = controller.JOB_STATE_RUNNING


@contextmanager
def working(state: Path, pair: HeldPair, drain: int) -> Iterator[tuple[Daemon, str]]:
    """A daemon with one job that runs until its pair is released, and that job's id."""
    with running(state, "--drain", drain) as daemon:
        client = daemon.client()
        job_id = jobs.submit(client, pair.request())
        for event in jobs.watch(client, job_id):
            if event.state.state == RUNNING:
                break
        yield daemon, job_id


def is_ready(client: Client) -> bool:
    status: controller.GetStatusResponse = client.call(
        client.controller.GetStatus, controller.GetStatusRequest()
    )
    return status.ready


def wait_for_draining(client: Client) -> None:
    until = time.monotonic() + 30
    while is_ready(client):
        assert time.monotonic() < until, "it does not drain"
        time.sleep(0.01)


def test_a_job_that_runs_may_end(tmp_path: Path, pair: HeldPair) -> None:
    state = tmp_path / "state"
    with working(state, pair, 60) as (daemon, job_id):
        client = daemon.client()
        watched = jobs.watch(client, job_id)
        next(watched)
        daemon.signal(signal.SIGTERM)
        wait_for_draining(client)
        pair.release()
        assert [*watched][-1].HasField("result")
        assert daemon.wait() == 0
    with running(state) as daemon:
        job = jobs.get(daemon.client(), job_id, with_result=True)
        assert (job.state, job.attempts) == (COMPLETED, 1)
        assert job.result.score.pairs


def test_a_job_that_takes_too_long_is_queued_again(tmp_path: Path, pair: HeldPair) -> None:
    state = tmp_path / "state"
    with working(state, pair, 0) as (daemon, job_id):
        daemon.signal(signal.SIGTERM)
        assert daemon.wait() == 0
    pair.release()
    with running(state) as daemon:
        job = ended(daemon.client(), job_id)
        assert job.state == COMPLETED
        assert not job.HasField("error")


def test_it_takes_nothing_and_says_so_until_a_second_signal_hurries_it(
    tmp_path: Path, pair: HeldPair
) -> None:
    state = tmp_path / "state"
    with working(state, pair, 3600) as (daemon, job_id):
        client = daemon.client()
        with grpc.insecure_channel(daemon.addresses[0]) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            said = health.Watch(health_pb2.HealthCheckRequest())
            assert next(said).status == health_pb2.HealthCheckResponse.SERVING
            daemon.signal(signal.SIGTERM)
            assert next(said).status == health_pb2.HealthCheckResponse.NOT_SERVING
        wait_for_draining(client)
        with pytest.raises(HTTPError) as unready:
            urlopen(f"{daemon.url}/readyz")
        assert unready.value.code == 503
        unready.value.close()
        with pytest.raises(RemoteError, match="stopping"):
            jobs.submit(client, pair.request())
        assert jobs.get(client, job_id).state == RUNNING
        daemon.signal(signal.SIGTERM)
        assert daemon.wait() == 0
        events = [event["event"] for event in daemon.log()]
        assert events[-1] == "stopped"
        assert not {"job completed", "job failed"} & set(events)


def wait_for_signals(pid: int, *numbers: signal.Signals) -> None:
    wanted = sum(1 << (number - 1) for number in numbers)
    until = time.monotonic() + 20
    while True:
        status = Path(f"/proc/{pid}/status").read_text()
        (pending,) = (line for line in status.splitlines() if line.startswith("ShdPnd:"))
        if int(pending.split()[1], 16) & wanted == wanted:
            return
        assert time.monotonic() < until, f"of {numbers}, only {pending} came"
        time.sleep(0.02)


def test_whoever_stops_it_may_be_in_a_hurry(home: Home, pair: HeldPair) -> None:
    home.start("--drain", "3600")
    job_id = home.vmafx("jobs", "submit", pair.reference, pair.distorted).out.strip()
    until = time.monotonic() + 30
    while job_id not in home.vmafx("jobs", "list", "--state", "running").out:
        assert time.monotonic() < until, "the job does not begin"
    # Both of the signals it is sent come before it looks at either.
    home.process.suspend()
    stopping = home.begin("daemon", "stop", "--timeout", "0")
    wait_for_signals(home.process.pid, signal.SIGTERM, signal.SIGINT)
    home.process.resume()
    out, err = stopping.communicate(timeout=30)
    assert (stopping.returncode, out) == (0, "")
    assert "took too long" in err
    pair.release()
    home.start()
    watching = home.begin("jobs", "watch", job_id)
    watching.communicate(timeout=240)
    assert watching.returncode == 0
