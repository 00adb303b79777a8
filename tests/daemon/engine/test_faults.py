"""Workers that crash, hang, take too much or talk nonsense: their job fails, and nothing else."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest
import uvloop

from support.engines import at_work, done, endless_job, local_engine, score_job, worker_pids
from vmafx_core.testing import write_clip
from vmafx_daemon.engine.contract import Limits, TimeLimitError, WorkerLostError
from vmafx_daemon.engine.process import WorkerProcess
from vmafx_rpc import messages


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    return write_clip(path, width=160, height=120, frames=6)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_fails_its_job_and_is_replaced(
    clip: Path, tmp_path: Path, number: signal.Signals
) -> None:
    async def crashed() -> None:
        async with local_engine() as engine:
            job = asyncio.create_task(done(engine, endless_job(tmp_path, clip)))
            pid = await at_work(engine)
            os.kill(pid, number)
            with pytest.raises(WorkerLostError, match=f"was killed by {number.name}"):
                await job
            assert (await done(engine, score_job(clip, clip)))[-1].HasField("finished")
            assert worker_pids(engine) != [pid]

    asyncio.run(crashed())


def test_where_memory_runs_out_workers_go_first(clip: Path) -> None:
    async def scored() -> None:
        async with local_engine() as engine:
            await done(engine, score_job(clip, clip))
            (pid,) = worker_pids(engine)
            assert (
                int(await asyncio.to_thread(Path(f"/proc/{pid}/oom_score_adj").read_text)) == 1000
            )

    asyncio.run(scored())


def test_a_worker_that_died_while_it_had_nothing_to_do_is_replaced(clip: Path) -> None:
    async def scored() -> None:
        async with local_engine() as engine:
            await done(engine, score_job(clip, clip))
            (pid,) = worker_pids(engine)
            os.kill(pid, signal.SIGKILL)
            while engine._idle[0].alive:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
            assert (await done(engine, score_job(clip, clip)))[-1].HasField("finished")

    asyncio.run(scored())


def test_a_job_that_takes_too_long_is_ended_by_name(clip: Path, tmp_path: Path) -> None:
    async def ended() -> None:
        async with local_engine() as engine:
            with pytest.raises(TimeLimitError, match=r"longer than 0\.2 s"):
                await done(engine, endless_job(tmp_path, clip), Limits(seconds=0.2))
            assert worker_pids(engine) == []

    asyncio.run(ended())


def test_a_job_that_takes_too_much_memory_is_ended_by_name(clip: Path, tmp_path: Path) -> None:
    async def ended() -> None:
        async with local_engine() as engine:
            with pytest.raises(WorkerLostError, match="more than 32 MiB of memory"):
                await done(engine, endless_job(tmp_path, clip), Limits(memory=32 << 20))

    asyncio.run(ended())


def test_without_a_setting_a_worker_may_take_its_share_of_the_memory_there_is(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmafx_daemon.engine.local.memory_limit", lambda: 40 << 20)

    async def ended() -> None:
        async with local_engine() as engine:
            with pytest.raises(WorkerLostError, match="more than 32 MiB of memory"):
                await done(engine, endless_job(tmp_path, clip))

    asyncio.run(ended())


def test_a_cancelled_job_is_gone_within_a_second(clip: Path, tmp_path: Path) -> None:
    endless = endless_job(tmp_path, clip)

    async def seconds() -> float:
        async with local_engine() as engine:
            job = asyncio.create_task(done(engine, endless))
            pid = await at_work(engine)
            began = time.monotonic()
            job.cancel()
            await asyncio.wait((job,))
            assert not psutil.pid_exists(pid)
            return time.monotonic() - began

    # The machine may be busy with something else, but not each time.
    assert any(asyncio.run(seconds()) < 1 for _ in range(5))


def test_a_job_whose_events_nobody_wants_any_more_is_ended(clip: Path) -> None:
    async def left() -> None:
        async with local_engine() as engine:
            async with aclosing(engine.run("job", score_job(clip, clip), Limits())) as events:
                await anext(events)
                (pid,) = worker_pids(engine)
            assert not psutil.pid_exists(pid)

    asyncio.run(left())


def test_no_worker_outlives_a_daemon_that_is_killed(clip: Path, tmp_path: Path) -> None:
    endless_job(tmp_path, clip)
    script = f"""
import asyncio
from pathlib import Path
from support.engines import at_work, done, local_engine, score_job, worker_pids

async def main():
    async with local_engine() as engine:
        job = asyncio.create_task(done(engine, score_job({str(tmp_path / "nothing.y4m")!r}, "b")))
        while not engine._busy:
            await asyncio.sleep(0.01)
        print(*worker_pids(engine), flush=True)
        await job

asyncio.run(main())
"""
    tests = str(Path(__file__).parents[2])
    daemon = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": tests},
    )
    with daemon:
        assert daemon.stdout
        worker = psutil.Process(int(daemon.stdout.readline()))
        assert worker.is_running()
        daemon.kill()
    worker.wait(timeout=10)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("b'\\xff' * 4", "4095 MiB"),
        ("b'\\0\\0\\0\\x04' + b'\\xff' * 4", "4 bytes that are no WorkerResponse"),
    ],
)
def test_a_worker_that_talks_nonsense_is_ended(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    said: str,
    complaint: str,
) -> None:
    program = tmp_path / "program"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys, time\n"
        "print('about to talk nonsense', flush=True)\n"
        "time.sleep(0.2)\n"
        f"os.write(int(sys.argv[3]), {said})\n"
        "time.sleep(60)\n"
    )
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with caplog.at_level(logging.WARNING), pytest.raises(WorkerLostError, match=complaint):
        asyncio.run(WorkerProcess.start(threads=1))
    (record,) = caplog.records
    assert record.__dict__["event"]["line"] == "about to talk nonsense"


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_whatever_is_told_to_a_worker_that_died_it_is_lost(run: Callable[..., None]) -> None:
    async def tell() -> None:
        worker = await WorkerProcess.start(threads=1)
        try:
            message = messages.engine.WorkerRequest(finish=messages.engine.Finish())
            os.kill(worker.pid, signal.SIGSTOP)
            for _ in range(2):
                await worker.send(message)  # which it never reads
            os.kill(worker.pid, signal.SIGKILL)
            with pytest.raises(WorkerLostError, match="SIGKILL"):
                async for _ in worker.told(Limits()):
                    pass
            for _ in range(3):
                with pytest.raises(WorkerLostError, match="SIGKILL"):
                    await worker.send(message)
        finally:
            await worker.kill()

    run(tell())
