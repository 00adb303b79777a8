"""What tests ask by HTTP."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from support.daemon import Daemon


def score_body(root: Path, distorted: str = "dis.mp4", **more: Any) -> dict[str, Any]:
    """The body of a job that scores a pair below a root; `more` is of the submission."""
    task = {
        "reference": {"location": str(root / "ref.mp4")},
        "distorted": [{"location": str(root / distorted)}],
        "models": [{"version": "vmaf_v0.6.1"}],
    }
    return {"spec": {"score": task}, "no_cache": True, **more}


def submit(http: httpx.Client, body: dict[str, Any]) -> str:
    """Submit a job; returns its id."""
    answer = http.post("/v1/jobs", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["job_id"])


def events(answer: httpx.Response) -> Iterator[tuple[int, dict[str, Any]]]:
    """The events of a stream, each with its id."""
    number = -1
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            number = int(value)
        elif name == "data":
            yield number, json.loads(value)


def watched(http: httpx.Client, job_id: str, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """What is told of a job until it has ended, behind an event."""
    headers = {"Last-Event-ID": str(after)} if after else {}
    with http.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        return list(events(answer))


def done(http: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    """Submit a job and wait for its end; returns it with its result."""
    job_id = submit(http, body)
    watched(http, job_id)
    job: dict[str, Any] = http.get(f"/v1/jobs/{job_id}", params={"result": "true"}).json()
    return job


@contextmanager
def standing_still(daemon: Daemon, http: httpx.Client, root: Path) -> Iterator[None]:
    """A daemon whose worker does nothing meanwhile."""
    done(http, score_body(root))
    workers = daemon.workers()
    assert workers
    for worker in workers:
        worker.suspend()
    try:
        yield
    finally:
        for worker in workers:
            try:
                worker.resume()
            except psutil.NoSuchProcess:
                continue  # it was replaced
