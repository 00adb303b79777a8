"""Jobs in worker processes: their results, and what is left of a worker for the next job."""

import asyncio
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest

from support.engines import done, local_engine, score_job, worker_pids
from vmafx_core import score
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring, Sampling
from vmafx_core.scoring.events import Finished
from vmafx_core.testing import write_clip
from vmafx_daemon.engine.contract import EngineEvent
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message, to_message
from vmafx_rpc.events import read_event

JobSpec = messages.controller.JobSpec


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("clips")
    make = partial(write_clip, width=160, height=120, frames=12)
    return make(folder / "good.mp4"), make(folder / "bad.mp4", options={"crf": "40"})


def probe_job(source: Path, quality: float) -> JobSpec:
    task = messages.encode.EncodeTask(
        source=to_message(InputSpec(location=str(source)), messages.task.Input),
        setting=to_message(
            EncodeSetting(encoder="libx264", quality=quality, preset="ultrafast"),
            messages.encode.EncodeSetting,
        ),
        measuring=to_message(
            Measuring(sampling=Sampling(whole=True), cache=False), messages.encode.Measuring
        ),
    )
    return JobSpec(encode=task)


def kinds(events: list[EngineEvent]) -> list[str | None]:
    return [event.WhichOneof("event") for event in events]


def test_a_score_is_what_it_is_without_a_worker(clips: tuple[Path, Path]) -> None:
    async def scored() -> list[EngineEvent]:
        async with local_engine() as engine:
            return await done(engine, score_job(*clips))

    events = asyncio.run(scored())
    assert kinds(events)[0] == "started"
    last = events[-1]
    assert isinstance(last, messages.result.ScoreEvent)
    finished = read_event(last)
    assert isinstance(finished, Finished)
    expected = score(*clips).pairs[0]
    assert list(finished.result.pairs[0].metrics) == list(expected.metrics)
    for name, metric in expected.metrics.items():
        np.testing.assert_array_equal(finished.result.pairs[0].metrics[name].values, metric.values)


def test_a_worker_is_kept_for_the_next_job_also_after_one_that_failed(
    clips: tuple[Path, Path], tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.mp4"
    content = bytearray(clips[0].read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    damaged.write_bytes(content)

    async def scored() -> None:
        async with local_engine() as engine:
            await done(engine, score_job(*clips))
            first = worker_pids(engine)
            for wrong in (tmp_path / "missing.mp4", damaged):
                with pytest.raises(InputError, match=wrong.name):
                    await done(engine, score_job(clips[0], wrong))
            await done(engine, score_job(*clips))
            assert worker_pids(engine) == first

    asyncio.run(scored())


def test_a_worker_keeps_no_threads_of_the_jobs_it_has_done(clips: tuple[Path, Path]) -> None:
    async def work() -> None:
        async with local_engine() as engine:
            for _ in range(5):
                await done(engine, score_job(*clips))
            (pid,) = worker_pids(engine)
            worker, until = psutil.Process(pid), time.monotonic() + 10
            # One works, and one waits for the daemon's end.
            while worker.num_threads() > 2:
                assert time.monotonic() < until, f"{worker.num_threads()} threads are left"
                await asyncio.sleep(0.02)

    asyncio.run(work())


def test_an_empty_job_is_refused() -> None:
    async def refused() -> None:
        async with local_engine() as engine:
            with pytest.raises(UsageError, match="nothing"):
                await done(engine, JobSpec())

    asyncio.run(refused())


def test_probes_of_one_source_decode_its_sample_once(clips: tuple[Path, Path]) -> None:
    async def probed() -> list[list[EngineEvent]]:
        async with local_engine() as engine:
            return [await done(engine, probe_job(clips[0], quality)) for quality in (20, 40)]

    first, second = asyncio.run(probed())
    points = []
    for events in (first, second):
        told = kinds(events)
        assert "sampled" in told
        assert told[-1] == "point"
        last = events[-1]
        assert isinstance(last, messages.encode.EncodeEvent)
        points.append(from_message(last.point, Point))
    assert points[0].frames == points[1].frames == 12
    assert points[0].video_bytes > points[1].video_bytes
    assert points[0].metrics["vmaf"].pooled.mean > points[1].metrics["vmaf"].pooled.mean


def test_a_source_that_changed_is_decoded_anew(clips: tuple[Path, Path], tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"

    async def digests() -> list[str]:
        found = []
        async with local_engine() as engine:
            for clip in clips:
                source.write_bytes(clip.read_bytes())
                events = await done(engine, probe_job(source, 30))
                found += [
                    event.sampled.digest
                    for event in events
                    if isinstance(event, messages.encode.EncodeEvent) and event.HasField("sampled")
                ]
        return found

    one, other = asyncio.run(digests())
    assert one != other


def test_jobs_run_side_by_side_in_workers_of_their_own(clips: tuple[Path, Path]) -> None:
    async def both() -> int:
        async with local_engine(workers=2) as engine:
            await asyncio.gather(*(done(engine, score_job(*clips)) for _ in range(3)))
            return len(worker_pids(engine))

    assert asyncio.run(both()) == 2


def test_a_worker_loads_nothing_that_scoring_does_without() -> None:
    loaded = "import sys, vmafx_daemon.engine.worker; print(*sys.modules)"
    names = subprocess.run(
        [sys.executable, "-c", loaded], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "vmafx_core.scoring.engine" in names
    assert not {"asyncio", "grpc", "vmafx_core.probing", "vmafx_core.encoders"} & set(names)
