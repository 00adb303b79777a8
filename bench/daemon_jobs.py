"""Ten thousand short jobs by 32 clients, and lists of a hundred thousand.

Of every fifty jobs one scores a tiny pair of videos, the others are answered from its result: what
is measured is not scoring, but storing, queueing and telling.

The jobs are submitted by clients that never pause, which finds what is lost or done twice when
there is more to do than can be done, and how much can be; and at a steady pace, while somebody
watches all of them, which finds how long one waits at a daemon that keeps up. That is counted from
when a job was due, not from when its client came to it.

What is bounded are latencies at the port for gRPC. Clients that never pause wait mostly for each
other: a server takes one call at a time.

What measures takes as little of the machine as it can: nobody else is served by it, its clients are
connected before the first job, and its own garbage is left where it is.
"""

import asyncio
import gc
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import grpc
import httpx
from sqlalchemy import insert

from bench.daemon import network, running
from bench.measure import Figure, Settings
from vmafx_daemon.jobs import schema
from vmafx_daemon.jobs.database import connect
from vmafx_daemon.jobs.records import COMPLETED, FAILED, JobResult, now, pack
from vmafx_rpc import jobs, messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.client import Client
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import VmafxControllerStub

_JOBS = 10_000
_CLIENTS = 32
_SCORED = 50
_PACE = 200.0  # jobs a second
_STORED = 100_000
_PAUSE = 0.05
_RUNS = 3
_WIDTH, _HEIGHT, _FRAMES = 160, 120, 3
_LATENCY_BOUND = 0.067
_LIST_BOUND = 0.1


@dataclass(frozen=True, slots=True)
class _Load:
    """What came of one run.

    Attributes:
        lost: Jobs that were acknowledged and did not end well.
        again: Jobs that were done more than once, or told to be.
        submitted: Jobs that were acknowledged a second.
        done: Jobs that were done a second.
        median: Seconds to submit a job.
        p99: Likewise, of one in a hundred.
    """

    lost: int
    again: int
    submitted: float
    done: float
    median: float
    p99: float


def measure(settings: Settings) -> Iterator[Figure]:
    """Jobs that were lost or done twice, the time to submit one, and that to list some."""
    with tempfile.TemporaryDirectory(prefix="vmafx-bench-") as folder:
        pair = _pair(Path(folder))
        yield from _figures([_load(pair, None) for _ in range(_RUNS)], "without a pause")
        yield from _figures([_load(pair, _PACE)], f"{_PACE:g} a second")
        database = f"sqlite:///{folder}/jobs.db"
        _fill(database)
        with running("--database", database) as address, Client(address) as client:
            yield from _listing(client, settings.rounds)


def _pair(folder: Path) -> tuple[str, str]:
    """Two tiny videos."""
    paths = folder / "reference.y4m", folder / "distorted.y4m"
    for path, luma in zip(paths, (b"\x70", b"\x80"), strict=True):
        size = _WIDTH * _HEIGHT
        frame = b"FRAME\n" + luma * size + b"\x80" * (size // 2)
        path.write_bytes(b"YUV4MPEG2 W%d H%d F25:1 Ip C420\n" % (_WIDTH, _HEIGHT) + frame * _FRAMES)
    return str(paths[0]), str(paths[1])


def _load(pair: tuple[str, str], pace: float | None) -> _Load:
    """Have all jobs submitted to a daemon that has worked before, and wait until they are done."""
    root = str(Path(pair[0]).parent)
    told: Counter[str] = Counter()
    with running("--log-level", "warning", "--root", root) as address:
        target = network(address)[0].target
        asyncio.run(_submit(target, pair, pace, _CLIENTS))
        _wait_until_idle(address)
        watching = Thread(target=_watch, args=(address, told)) if pace else None
        if watching:
            watching.start()
        gc.disable()
        began = time.perf_counter()
        acknowledged, seconds = asyncio.run(_submit(target, pair, pace, _JOBS))
        submitted = time.perf_counter() - began
        gc.enable()
        _wait_until_idle(address)
        done = time.perf_counter() - began
        if watching:
            watching.join()
        with Client(address) as client:
            stored = {job.id: job for job in jobs.newest(client, 2 * _JOBS)}
        counted = _completed(address) - _CLIENTS
    ended = [stored[job_id].state == COMPLETED for job_id in acknowledged if job_id in stored]
    again = sum(job.attempts > 1 or told[job.id] > 1 for job in stored.values())
    return _Load(
        lost=_JOBS - sum(ended),
        again=again + abs(counted - _JOBS),
        submitted=_JOBS / submitted,
        done=_JOBS / done,
        median=statistics.median(seconds),
        p99=statistics.quantiles(seconds, n=100)[-1],
    )


def _figures(loads: Sequence[_Load], how: str) -> Iterator[Figure]:
    """What came of some runs; of their latencies the least, to which others' work only adds."""
    best = min(loads, key=lambda load: load.p99)
    note = f"({best.submitted:.0f} submitted and {best.done:.0f} done a second)"
    lost = sum(load.lost for load in loads)
    again = sum(load.again for load in loads)
    yield Figure(f"of {_JOBS} jobs by {_CLIENTS} clients, {how}, lost", lost, 0, note)
    yield Figure("done more than once, or told so", again, 0)
    each = ", ".join(f"{load.p99:.3f}" for load in loads)
    note = f"(median {best.median:.3f} s; p99 of each run {each})"
    yield Figure(f"seconds to submit a job, {how}, p99", best.p99, _LATENCY_BOUND, note)


def _watch(address: Address, told: Counter[str]) -> None:
    """Count what is told to be completed, until all is."""
    with Client(address) as client, closing(jobs.watch_all(client)) as events:
        for event in events:
            if event.state.state in {COMPLETED, FAILED}:
                told[event.job_id] += event.state.state == COMPLETED
            if len(told) >= _JOBS:
                return


def _wait_until_idle(address: Address) -> None:
    with Client(address) as client:
        request = messages.controller.GetStatusRequest()
        while (
            status := client.call(client.controller.GetStatus, request)
        ).pending or status.running:
            time.sleep(_PAUSE)


def _completed(address: Address) -> int:
    """How many jobs the daemon has counted as completed."""
    with Client(address) as client:
        status = client.call(client.controller.GetStatus, messages.controller.GetStatusRequest())
    metrics = httpx.get(f"{next(at for at in status.addresses if at.startswith('http'))}/metrics")
    counted = re.search(
        r"^vmafx_controller_jobs_completed_total (\S+)$", metrics.text, re.MULTILINE
    )
    return int(float(counted[1])) if counted else 0


async def _submit(
    target: str, pair: tuple[str, str], pace: float | None, count: int
) -> tuple[set[str], list[float]]:
    """Submit jobs, so many a second; returns their ids, and how long each took."""
    numbers = iter(range(count))
    first = 0.0
    ids: set[str] = set()
    seconds: list[float] = []

    connected = asyncio.Barrier(_CLIENTS)

    async def client() -> None:
        nonlocal first
        # Each by a connection of its own.
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(target, options) as channel:
            stub: Any = VmafxControllerStub(channel)  # type: ignore[no-untyped-call]
            await channel.channel_ready()
            await connected.wait()
            first = first or time.perf_counter()
            for number in numbers:
                request = _request(pair, no_cache=number % _SCORED == 0)
                due = first + number / pace if pace else time.perf_counter()
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                ids.add((await stub.SubmitJob(request)).job_id)
                seconds.append(time.perf_counter() - due)

    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    return ids, seconds


def _request(pair: tuple[str, str], *, no_cache: bool) -> messages.controller.SubmitJobRequest:
    task = messages.task.ScoreTask(
        reference=messages.task.Input(location=pair[0]),
        distorted=[messages.task.Input(location=pair[1])],
        models=[messages.task.ModelSpec(version="vmaf_v0.6.1")],
    )
    spec = messages.controller.JobSpec(score=task)
    return messages.controller.SubmitJobRequest(spec=spec, no_cache=no_cache)


def _fill(database: str) -> None:
    """Store many jobs that have ended; one of ten thousand failed, and has a label of its own."""
    engine = connect(database)
    with engine.begin() as connection:
        connection.execute(insert(schema.results), {"body": pack(JobResult(), None).body})
        for first in range(0, _STORED, _STORED // 10):
            rows = [_row(number) for number in range(first, first + _STORED // 10)]
            connection.execute(insert(schema.jobs), rows)
            labelled = [
                {"name": "kind", "value": "usual" if number % 10_000 else "rare", "seq": number + 1}
                for number in range(first, first + _STORED // 10)
            ]
            connection.execute(insert(schema.labels), labelled)
    engine.dispose()


def _row(number: int) -> dict[str, object]:
    state = COMPLETED if number % 10_000 else FAILED
    job = messages.controller.Job(id=f"{number:016x}", state=state, created_at=now())
    job.spec.CopyFrom(_request((f"/media/{number}.mp4", "/media/other.mp4"), no_cache=False).spec)
    return {
        "seq": number + 1,
        "id": job.id,
        "state": job.state,
        "changed": number + 1,
        "no_cache": False,
        "record": job.SerializeToString(),
        "result": 1,
        "ended": float(number),
        "bytes": job.ByteSize(),
    }


def _listing(client: Client, rounds: int) -> Iterator[Figure]:
    """How long pages take that are near, far, and of few jobs among many."""
    failed, completed = FAILED, COMPLETED
    pages: dict[str, dict[str, Any]] = {
        "the newest": {},
        "the oldest": {"page_token": "100"},
        "by state": {"states": [failed]},
        "by states": {"states": [completed, failed]},
        "by label": {"labels": {"kind": "rare"}},
        "by label and state": {"labels": {"kind": "usual"}, "states": [failed]},
    }
    for what, wanted in pages.items():
        request = messages.controller.ListJobsRequest(**wanted)
        taken = []
        for _ in range(4 * rounds):
            began = time.perf_counter()
            client.call(client.controller.ListJobs, request)
            taken.append(time.perf_counter() - began)
        yield Figure(f"seconds to list jobs, {what}", statistics.median(taken), _LIST_BOUND)
