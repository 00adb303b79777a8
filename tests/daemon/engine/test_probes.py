"""Looking at a video in a worker."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from support.engines import ANY, at_work, done, endless_job, local_engine, score_job, worker_pids
from vmafx_core.errors import InputError
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.probe import Probe, probe
from vmafx_core.testing import write_clip
from vmafx_daemon.engine.contract import Limits, TimeLimitError, WorkerLostError
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    return write_clip(path, width=160, height=120, frames=6)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """What is never read to its first picture, as nobody writes into it."""
    path = tmp_path / "silent.y4m"
    os.mkfifo(path)
    return path


def source(path: Path) -> messages.task.Input:
    return messages.task.Input(location=str(path))


def test_a_worker_says_what_a_video_is_and_is_there_for_more(clip: Path, tmp_path: Path) -> None:
    async def looked_at() -> None:
        async with local_engine() as engine:
            told = await engine.probe(source(clip), ANY)
            assert from_message(told, Probe) == probe(InputSpec(location=str(clip)))
            before = worker_pids(engine)
            with pytest.raises(InputError, match=r"absent\.mp4: no such file"):
                await engine.probe(source(tmp_path / "absent.mp4"), ANY)
            assert (await done(engine, score_job(clip, clip)))[-1].HasField("finished")
            assert worker_pids(engine) == before

    asyncio.run(looked_at())


def test_it_does_not_wait_for_jobs(clip: Path, tmp_path: Path) -> None:
    async def looked_at() -> None:
        async with local_engine() as engine:
            job = asyncio.create_task(done(engine, endless_job(tmp_path, clip)))
            await at_work(engine)
            assert (await engine.probe(source(clip), ANY)).info.width == 160
            assert not job.done()
            job.cancel()
            await asyncio.wait((job,))

    asyncio.run(looked_at())


def test_a_worker_that_dies_of_a_video_is_told_of_and_replaced(clip: Path, pipe: Path) -> None:
    async def crashed() -> None:
        async with local_engine() as engine:
            looking = asyncio.create_task(engine.probe(source(pipe), ANY))
            os.kill(await at_work(engine), 11)
            with pytest.raises(WorkerLostError, match="was killed by SIGSEGV"):
                await looking
            assert (await engine.probe(source(clip), ANY)).info.width == 160

    asyncio.run(crashed())


def test_a_video_that_does_not_come_is_given_up(pipe: Path) -> None:
    async def ended() -> None:
        async with local_engine() as engine:
            with pytest.raises(TimeLimitError, match=r"longer than 0\.2 s"):
                await engine.probe(source(pipe), Limits(seconds=0.2))
            assert worker_pids(engine) == []

    asyncio.run(ended())


def test_the_worker_of_one_that_nobody_waits_for_is_ended(pipe: Path) -> None:
    async def left() -> None:
        async with local_engine() as engine:
            looking = asyncio.create_task(engine.probe(source(pipe), ANY))
            pid = await at_work(engine)
            looking.cancel()
            await asyncio.wait((looking,))
            assert not psutil.pid_exists(pid)

    asyncio.run(left())
