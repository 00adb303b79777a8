"""What becomes of jobs whose input is broken, or whose worker dies."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from support.daemon import Daemon, running
from support.held_back import HeldPair
from support.submissions import done, ended, score_of
from vmafx_core.testing import write_clip
from vmafx_rpc import jobs
from vmafx_rpc.client import Client
from vmafx_rpc.messages import controller

COMPLETED = controller.JOB_STATE_COMPLETED
FAILED = controller.JOB_STATE_FAILED
PENDING = controller.JOB_STATE_PENDING
_PATIENCE = 30.0


def running_job(client: Client, pair: HeldPair) -> tuple[str, Iterator[controller.JobEvent]]:
    """A job that a worker is at until its pair is released: its id, and what else happens to it."""
    job_id = jobs.submit(client, pair.request())
    events = jobs.watch(client, job_id)
    # Only its worker can tell this: that it is running is said before it is given to one.
    next(event for event in events if event.HasField("score"))
    return job_id, events


def queued_again(events: Iterator[controller.JobEvent]) -> controller.Job:
    """A running job as it is once it waits again."""
    return next(event.state for event in events if event.state.state == PENDING)


def kill_worker(daemon: Daemon, number: int = signal.SIGKILL) -> psutil.Process:
    """Send a signal to the worker that is at a job."""
    worker, *_ = daemon.workers()
    worker.send_signal(number)
    worker.wait(_PATIENCE)
    return worker


def test_a_corrupt_video_fails_its_job_alone(daemon: Daemon, root: Path) -> None:
    client = daemon.client()
    whole = write_clip(
        root / "whole.ts", frames=30, width=160, height=120, options={"g": "30", "crf": "1"}
    ).read_bytes()
    broken = bytearray(whole)
    for at in range(len(whole) // 3, len(whole), 97):
        broken[at] ^= 0x55
    for name, data in (("broken.ts", bytes(broken)), ("noise.mp4", b"\0\0\0\x18ftyp" + whole)):
        (root / name).write_bytes(data)
        job = done(client, score_of(root / "whole.ts", root / name))
        assert job.state == FAILED
        assert job.error.exit_code == 3
        assert str(root / name) in job.error.message
        assert job.attempts == 1
    assert done(client, score_of(root / "whole.ts", root / "whole.ts")).state == COMPLETED


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_job_whose_worker_is_killed_is_done_by_another(
    daemon: Daemon, pair: HeldPair, number: signal.Signals
) -> None:
    client = daemon.client()
    job_id, events = running_job(client, pair)
    kill_worker(daemon, number)
    waiting = queued_again(events)
    pair.release()
    job = ended(client, job_id)
    assert (job.state, job.attempts) == (COMPLETED, 2)
    assert number.name in waiting.error.message


def test_a_job_that_kills_every_worker_fails_in_the_end(
    tmp_path: Path, root: Path, pair: HeldPair
) -> None:
    with running(tmp_path / "state", "--attempts", "2") as daemon:
        client = daemon.client()
        job_id, _ = running_job(client, pair)
        first = kill_worker(daemon)
        until = time.monotonic() + _PATIENCE
        while first in (now := daemon.workers()) or not now:
            assert time.monotonic() < until, "no second worker begins"
            time.sleep(0.01)
        now[0].kill()
        job = ended(client, job_id)
        assert (job.state, job.attempts) == (FAILED, 2)
        assert "SIGKILL" in job.error.message
        small = score_of(root / "ref.mp4", root / "dis.mp4")
        assert done(client, small).state == COMPLETED


def test_a_worker_that_takes_too_much_memory_is_ended(tmp_path: Path, pair: HeldPair) -> None:
    options = ("--worker-memory", "150M", "--attempts", "1")
    with running(tmp_path / "state", *options) as daemon:
        large = pair.request(size={"width": 3840, "height": 2160})
        job = done(daemon.client(), large)
        assert job.state == FAILED
        assert "150 MiB of memory" in job.error.message


def test_a_job_that_takes_too_long_is_ended(daemon: Daemon, pair: HeldPair) -> None:
    request = pair.request()
    request.timeout.FromMilliseconds(300)
    job = done(daemon.client(), request)
    assert (job.state, job.attempts) == (FAILED, 1)
    assert "longer than 0.3 s" in job.error.message


def test_cancelling_ends_the_worker(daemon: Daemon, pair: HeldPair) -> None:
    client = daemon.client()
    job_id, _ = running_job(client, pair)
    workers = daemon.workers()
    assert workers
    jobs.cancel(client, job_id)
    _, left = psutil.wait_procs(workers, _PATIENCE)
    assert not left
    assert jobs.get(client, job_id).state == controller.JOB_STATE_CANCELLED
