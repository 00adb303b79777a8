"""A disk under the database on which no more can be written, for a while."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from support.daemon import Daemon, running
from support.submissions import done, ended, score_of
from vmafx_daemon.errors import BusyError
from vmafx_rpc import jobs
from vmafx_rpc.messages import controller

COMPLETED = controller.JOB_STATE_COMPLETED
RUNNING = controller.JOB_STATE_RUNNING
# So large that it takes a moment.
LARGE = {"size": {"width": 1920, "height": 1080}, "frames": 5}
_PATIENCE = 20.0


@contextmanager
def no_room(daemon: Daemon) -> Iterator[None]:
    """Let none of its files grow: what is written behind its end fails, as on a full disk."""
    files = [path.stat().st_size for path in daemon.state.iterdir() if path.is_file()]
    process = psutil.Process(daemon.pid)
    process.rlimit(resource.RLIMIT_FSIZE, (max(files), resource.RLIM_INFINITY))
    try:
        yield
    finally:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        process.rlimit(resource.RLIMIT_FSIZE, unlimited)


def failures(daemon: Daemon) -> int:
    """How often it has logged that it could not write."""
    return sum("database" in event["event"] for event in daemon.log())


def test_a_full_disk_refuses_jobs_and_loses_nothing_that_is_done_meanwhile(
    tmp_path: Path, root: Path
) -> None:
    pair = root / "ref.mp4", root / "dis.mp4"
    with running(tmp_path) as daemon:
        client = daemon.client()
        job_id = jobs.submit(client, score_of(*pair, **LARGE))
        for event in jobs.watch(client, job_id):
            if event.state.state == RUNNING:
                break
        with no_room(daemon):
            with pytest.raises(BusyError, match="disk that holds the jobs is full"):
                jobs.submit(client, score_of(*pair))
            refused, until = failures(daemon), time.monotonic() + _PATIENCE
            while failures(daemon) == refused:  # until its result cannot be stored
                assert time.monotonic() < until, "the job does not end"
                time.sleep(0.05)
            assert jobs.get(client, job_id).state == RUNNING
        job = ended(client, job_id)
        assert (job.state, job.attempts) == (COMPLETED, 1)
        assert done(client, score_of(*pair)).state == COMPLETED
        listed = client.call(client.controller.ListJobs, controller.ListJobsRequest())
        assert len(listed.jobs) == 2
