"""What becomes of jobs whose input is broken, or whose worker dies."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from support.clips import write_clip
from support.daemon import Daemon, running
from support.submissions import MODEL, done, ended, score_of
from vmafx_rpc import jobs
from vmafx_rpc.client import Client
from vmafx_rpc.messages import controller

COMPLETED = controller.JOB_STATE_COMPLETED
FAILED = controller.JOB_STATE_FAILED
# So large that it takes a few seconds.
LARGE = {"size": {"width": 3840, "height": 2160}}


def running_job(client: Client, root: Path, **more: object) -> str:
    """A job that has begun, and will not end soon; its id."""
    job_id = jobs.submit(client, score_of(root / "ref.mp4", root / "dis.mp4", **LARGE, **more))
    for event in jobs.watch(client, job_id):
        if event.state.state == controller.JOB_STATE_RUNNING:
            break
    return job_id


def kill_worker(daemon: Daemon, number: int = signal.SIGKILL) -> psutil.Process:
    """Send a signal to the worker, once there is one."""
    until = time.monotonic() + 10
    while not (workers := daemon.workers()):
        assert time.monotonic() < until, "no worker begins"
        time.sleep(0.01)
    workers[0].send_signal(number)
    workers[0].wait(10)
    return workers[0]


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
    daemon: Daemon, root: Path, number: signal.Signals
) -> None:
    client = daemon.client()
    job_id = running_job(client, root, frames=3 + number)
    kill_worker(daemon, number)
    until = time.monotonic() + 10
    while (waiting := jobs.get(client, job_id)).state == controller.JOB_STATE_RUNNING:
        assert time.monotonic() < until, "nobody misses the worker"
        time.sleep(0.01)
    job = ended(client, job_id)
    assert (job.state, job.attempts) == (COMPLETED, 2)
    assert number.name in waiting.error.message


def test_a_job_that_kills_every_worker_fails_in_the_end(tmp_path: Path, root: Path) -> None:
    with running(tmp_path / "state", "--attempts", "2") as daemon:
        client = daemon.client()
        job_id = running_job(client, root)
        first = kill_worker(daemon)
        until = time.monotonic() + 20
        while first in (now := daemon.workers()) or not now:
            assert time.monotonic() < until, "no second worker begins"
            time.sleep(0.01)
        now[0].kill()
        job = ended(client, job_id)
        assert (job.state, job.attempts) == (FAILED, 2)
        assert "SIGKILL" in job.error.message
        small = score_of(root / "ref.mp4", root / "dis.mp4")
        assert done(client, small).state == COMPLETED


def test_a_worker_that_takes_too_much_memory_is_ended(tmp_path: Path, root: Path) -> None:
    with running(tmp_path / "state", "--worker-memory", "150M", "--attempts", "1") as daemon:
        job = done(daemon.client(), score_of(root / "ref.mp4", root / "dis.mp4", **LARGE))
        assert job.state == FAILED
        assert "150 MiB of memory" in job.error.message


def test_a_job_that_takes_too_long_is_ended(daemon: Daemon, root: Path) -> None:
    request = score_of(root / "ref.mp4", root / "dis.mp4", **LARGE, models=[MODEL])
    request.timeout.FromMilliseconds(300)
    request.no_cache = True
    job = done(daemon.client(), request)
    assert (job.state, job.attempts) == (FAILED, 1)
    assert "longer than 0.3 s" in job.error.message


def test_cancelling_ends_the_work_within_a_second(daemon: Daemon, root: Path) -> None:
    client = daemon.client()
    job_id = running_job(client, root, frames=9)
    workers = daemon.workers()
    jobs.cancel(client, job_id)
    _, left = psutil.wait_procs(workers, 5)
    assert not left
    assert jobs.get(client, job_id).state == controller.JOB_STATE_CANCELLED
