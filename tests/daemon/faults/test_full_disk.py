"""A disk under the database on which no more can be written, for a while."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from support.daemon import Daemon, running
from support.submissions import done, ended, score_of
from vmafx_daemon.errors import BusyError
from vmafx_rpc import jobs
from vmafx_rpc.client import Client
from vmafx_rpc.messages import controller

COMPLETED = controller.JOB_STATE_COMPLETED
RUNNING = controller.JOB_STATE_RUNNING
# So large that it takes a moment.
LARGE = {"size": {"width": 1920, "height": 1080}, "frames": 5}
_PATIENCE = 60.0
_MOST = 100


@contextmanager
def no_room(daemon: Daemon) -> Iterator[None]:
    """Let the database's log not grow: what is written behind its end fails, as on a full disk."""
    (log,) = daemon.state.glob("*-wal")
    process = psutil.Process(daemon.pid)
    process.rlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        process.rlimit(resource.RLIMIT_FSIZE, unlimited)


def end_waits(daemon: Daemon) -> bool:
    """Whether it has logged that the end of a job could not be stored yet."""
    return any("waits to be stored" in event["event"] for event in daemon.log())


def run_anew(*pair: Path, **more: Any) -> controller.SubmitJobRequest:
    """A request that no stored result may answer: each such job is run."""
    request = score_of(*pair, **more)
    request.no_cache = True
    return request


def submitted_until_full(client: Client, *pair: Path) -> list[str]:
    """Submit jobs until there is no room; returns the ids of those that were taken.

    What fails may make the database tidy up, so that a little fits again.
    """
    taken: list[str] = []
    while len(taken) < _MOST:
        try:
            taken.append(jobs.submit(client, run_anew(*pair)))
        except BusyError as error:
            assert "disk that holds the jobs is full" in error.message  # noqa: PT017  # others too
            return taken
    raise AssertionError("there was always room")


def test_a_full_disk_refuses_jobs_and_loses_nothing_that_is_done_meanwhile(
    tmp_path: Path, root: Path
) -> None:
    pair = root / "ref.mp4", root / "dis.mp4"
    with running(tmp_path) as daemon:
        client = daemon.client()
        accepted = [jobs.submit(client, run_anew(*pair, **LARGE))]
        for event in jobs.watch(client, accepted[0]):
            if event.state.state == RUNNING:
                break
        with no_room(daemon):
            accepted += submitted_until_full(client, *pair)
            until = time.monotonic() + _PATIENCE
            while jobs.get(client, accepted[0]).state == RUNNING and not end_waits(daemon):
                assert time.monotonic() < until
                time.sleep(0.05)
        assert all(ended(client, each).state == COMPLETED for each in accepted)
        assert done(client, run_anew(*pair)).state == COMPLETED
        listed = client.call(client.controller.ListJobs, controller.ListJobsRequest())
        assert {job.id for job in listed.jobs} > set(accepted)
        assert len(listed.jobs) == len(accepted) + 1
        assert {job.attempts for job in listed.jobs} == {1}
