"""Daemons that are killed at any moment, under load, and started anew."""

import random
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

from support.daemon import running
from support.submissions import ended, score_of
from vmafx_core.errors import RemoteError
from vmafx_rpc import jobs
from vmafx_rpc.addresses import Address
from vmafx_rpc.client import Client
from vmafx_rpc.messages import controller

COMPLETED = controller.JOB_STATE_COMPLETED
CLIENTS = 3
_PATIENCE = 60.0
# Jobs that every client has accepted by each daemon, at least.
_EACH = 2


def wait_for_each(accepted: list[list[str]]) -> None:
    """Wait until every client has been answered by the daemon that runs now.

    Args:
        accepted: The jobs of each client.
    """
    wanted = [len(ids) + _EACH for ids in accepted]
    until = time.monotonic() + _PATIENCE
    while any(len(ids) < number for ids, number in zip(accepted, wanted, strict=True)):
        assert time.monotonic() < until, "some client is not answered"
        time.sleep(0.01)


def test_no_job_is_lost_or_told_twice_when_its_daemon_is_killed(tmp_path: Path, root: Path) -> None:
    chance = random.Random(4)
    state, way = tmp_path / "state", tmp_path / "way"
    # Of one place, all clients of a process would wait together before they try again.
    way.symlink_to(state)
    address = Address(f"unix:{way / 'daemon.sock'}", local=True)
    enough, heard = Event(), Event()
    told: Counter[str] = Counter()
    accepted: list[list[str]] = [[] for _ in range(CLIENTS)]

    def watch(client: Client) -> None:
        for event in jobs.watch_all(client):
            heard.set()
            told[event.job_id] += event.state.state == COMPLETED

    def submit(number: int) -> list[str]:
        """Submit until there are enough; one client goes on though daemons come and go."""
        ids = accepted[number]
        with Client(address) as client:
            while not enough.is_set():
                request = score_of(root / "ref.mp4", root / "dis.mp4", frames=1 + number)
                request.no_cache = not len(ids) % 8
                ids.append(jobs.submit(client, request))
                time.sleep(0.1)
        return ids

    with ThreadPoolExecutor(CLIENTS + 1) as threads, Client(address) as watcher:
        submitting: list[Future[list[str]]] = []
        for kills in range(4):
            with running(state, "--attempts", "20") as daemon:
                if not submitting:
                    threads.submit(watch, watcher)
                    submitting = [threads.submit(submit, number) for number in range(CLIENTS)]
                    assert heard.wait(_PATIENCE)
                if kills < 3:
                    wait_for_each(accepted)
                    time.sleep(chance.uniform(0.1, 1.0))
                    daemon.kill()
                    continue
                enough.set()
                ids = [job_id for future in submitting for job_id in future.result(_PATIENCE)]
                client = daemon.client()
                for job_id in ids:
                    job = ended(client, job_id)
                    assert job.state == COMPLETED
                    assert job.result.score.pairs
                until = time.monotonic() + _PATIENCE
                # What is told meanwhile must not come between: a copy is made in one step.
                while not set(ids) <= (+told.copy()).keys():
                    assert time.monotonic() < until, "some ends are not told"
                    time.sleep(0.05)
                stored = client.call(
                    client.controller.ListJobs, controller.ListJobsRequest(page_size=1000)
                )
                with suppress(RemoteError):
                    watcher.close()
    assert max(told.values()) == 1
    assert sorted(ids) == sorted(job.id for job in stored.jobs)
    assert len(ids) == len(set(ids)) >= 3 * _EACH * CLIENTS
