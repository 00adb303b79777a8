"""Jobs and streams in real worker processes, and what becomes of those that go wrong."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from support.clips import write_clip
from vmafx_core import score
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import ScoreResult
from vmafx_core.tune.request import Measuring, Sampling
from vmafx_daemon.engine.contract import Limits, Stream, TimeLimitError, WorkerLostError
from vmafx_daemon.engine.local import LocalEngine
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message, to_message

FRAMES = 30
ANY = Limits(seconds=60.0)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("engine")
    good = write_clip(folder / "good.mp4", frames=FRAMES, rate=Fraction(25))
    return good, write_clip(folder / "bad.mp4", frames=FRAMES, options={"crf": "40"})


@pytest.fixture(scope="module")
def expected(clips: tuple[Path, Path]) -> ScoreResult:
    return score(*clips)


def run(work: Callable[[LocalEngine], Awaitable[None]], **settings: int) -> None:
    """Run something with an engine, and see that no process stays behind."""

    async def within() -> None:
        engine = LocalEngine(LimitSettings(workers=1, **settings))
        await engine.start()
        try:
            await work(engine)
        finally:
            await engine.close()

    before = {child.pid for child in psutil.Process().children(recursive=True)}
    asyncio.run(within())
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def task_of(*locations: Path | str) -> messages.task.ScoreTask:
    reference, *distorted = (InputSpec(location=str(location)) for location in locations)
    request = ScoreRequest(reference=reference, distorted=tuple(distorted))
    return to_message(request, messages.task.ScoreTask)


def spec_of(*locations: Path | str) -> messages.controller.JobSpec:
    return messages.controller.JobSpec(score=task_of(*locations))


async def result_of(engine: LocalEngine, spec: messages.controller.JobSpec) -> ScoreResult:
    events = [event async for event in engine.run("job", spec, ANY)]
    assert isinstance(events[-1], messages.result.ScoreEvent)
    return from_message(events[-1].finished.result, ScoreResult)


def assert_same(result: ScoreResult, expected: ScoreResult) -> None:
    for name, metric in expected.pairs[0].metrics.items():
        np.testing.assert_array_equal(result.pairs[0].metrics[name].values, metric.values)


def worker_pids() -> set[int]:
    children = psutil.Process().children(recursive=True)
    return {c.pid for c in children if "vmafx_daemon.engine.worker" in " ".join(c.cmdline())}


def test_a_job_gives_what_scoring_here_gives_and_its_worker_stays(
    clips: tuple[Path, Path], expected: ScoreResult
) -> None:
    async def work(engine: LocalEngine) -> None:
        assert_same(await result_of(engine, spec_of(*clips)), expected)
        pids = worker_pids()
        assert_same(await result_of(engine, spec_of(*clips)), expected)
        assert worker_pids() == pids

    run(work)


def test_a_job_that_fails_leaves_its_worker_for_the_next(
    clips: tuple[Path, Path], expected: ScoreResult, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clips[1].read_bytes()[:2000])

    async def work(engine: LocalEngine) -> None:
        for wrong in (broken, tmp_path / "missing.mp4"):
            with pytest.raises(InputError, match=wrong.name):
                await result_of(engine, spec_of(clips[0], wrong))
        pids = worker_pids()
        assert_same(await result_of(engine, spec_of(*clips)), expected)
        assert worker_pids() == pids

    run(work)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_fails_its_job_and_is_replaced(
    clips: tuple[Path, Path], expected: ScoreResult, number: signal.Signals
) -> None:
    async def work(engine: LocalEngine) -> None:
        async with aclosing(engine.run("job", spec_of(*clips), ANY)) as events:
            await anext(events)
            for pid in worker_pids():
                os.kill(pid, number)
            with pytest.raises(WorkerLostError, match=number.name):
                _ = [event async for event in events]
        assert_same(await result_of(engine, spec_of(*clips)), expected)

    run(work)


def test_limits_of_time_and_memory_end_a_job(clips: tuple[Path, Path]) -> None:
    async def work(engine: LocalEngine) -> None:
        with pytest.raises(TimeLimitError, match=r"longer than 0\.01 s"):
            _ = [e async for e in engine.run("job", spec_of(*clips), Limits(seconds=0.01))]
        with pytest.raises(WorkerLostError, match="more than 1 MiB of memory"):
            _ = [e async for e in engine.run("job", spec_of(*clips), Limits(60.0, 1 << 20))]

    run(work)


def test_a_cancelled_job_is_over_within_a_second(clips: tuple[Path, Path]) -> None:
    async def work(engine: LocalEngine) -> None:
        async with aclosing(engine.run("job", spec_of(*clips), ANY)) as events:
            await anext(events)
            pids = worker_pids()
            began = time.monotonic()
        assert time.monotonic() - began < 1
        assert pids
        assert not worker_pids()

    run(work)


def test_a_probe_keeps_its_sample_for_the_next(clips: tuple[Path, Path]) -> None:
    measuring = Measuring(sampling=Sampling(whole=True), cache=False)

    async def probe(engine: LocalEngine, quality: float) -> bool:
        setting = EncodeSetting(encoder="libx264", quality=quality, preset="ultrafast")
        task = messages.encode.EncodeTask(
            source=to_message(InputSpec(location=str(clips[0])), messages.task.Input),
            setting=to_message(setting, messages.encode.EncodeSetting),
            measuring=to_message(measuring, messages.encode.Measuring),
        )
        spec = messages.controller.JobSpec(encode=task)
        told = [event async for event in engine.run("job", spec, ANY)]
        last = told[-1]
        assert isinstance(last, messages.encode.EncodeEvent)
        assert last.point.setting.quality == quality
        assert last.point.frames == FRAMES
        encodes = [e for e in told if isinstance(e, messages.encode.EncodeEvent)]
        assert [e.WhichOneof("event") for e in encodes].count("sampled") == 1
        return encodes[0].HasField("sampled")

    async def work(engine: LocalEngine) -> None:
        await probe(engine, 30)
        # Nothing is decoded before it is told what the sample is.
        assert await probe(engine, 40)

    run(work)


@asynccontextmanager
async def opened(engine: LocalEngine, **fields: object) -> AsyncIterator[Stream]:
    config = {"width": 320, "height": 240, "pixel_format": 1} | fields
    stream = await engine.open_stream(messages.scoring.StreamConfig(**config), ANY)  # type: ignore[arg-type]
    try:
        yield stream
    finally:
        await stream.close()


def planes(path: Path) -> list[bytes]:
    with av.open(path) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def test_a_stream_of_pairs_gives_what_scoring_here_gives(
    clips: tuple[Path, Path], expected: ScoreResult
) -> None:
    async def feed(stream: Stream) -> None:
        for pair in zip(*map(planes, clips), strict=True):
            await stream.feed(*pair)
        await stream.finish()

    async def work(engine: LocalEngine) -> None:
        for _ in range(2):
            async with opened(engine) as stream:
                feeding = asyncio.create_task(feed(stream))
                events = [event async for event in stream.events()]
                await feeding
            last = events[-1]
            assert isinstance(last, messages.result.ScoreEvent)
            assert_same(from_message(last.finished.result, ScoreResult), expected)

    run(work)


def test_a_stream_that_is_wrong_is_refused() -> None:
    async def work(engine: LocalEngine) -> None:
        for width in (0, -1, 100_000):
            with pytest.raises(UsageError, match=f"width is {width}"):
                async with opened(engine, width=width):
                    pass
        async with opened(engine) as stream:
            with pytest.raises(UsageError, match="has 3 bytes, not 115200"):
                await stream.feed(b"abc", b"abc")
        async with opened(engine, model="vmaf_v9") as stream:
            with pytest.raises(UsageError, match="vmaf_v9"):
                _ = [event async for event in stream.events()]

    run(work)


@pytest.mark.parametrize("seekable", [True, False])
def test_videos_are_read_through_the_client(
    clips: tuple[Path, Path], expected: ScoreResult, tmp_path: Path, seekable: bool
) -> None:
    sides = clips
    if not seekable:
        sides = (tmp_path / "good.mkv", tmp_path / "bad.mkv")
        for source, target in zip(clips, sides, strict=True):
            _remux(source, target)
    contents = [path.read_bytes() for path in sides]

    async def work(engine: LocalEngine) -> None:
        stream = await engine.open_upload(task_of("a", "b"), ANY)
        async for event in stream.events():
            if isinstance(event, messages.scoring.Read):
                data = contents[event.input]
                chunk = messages.scoring.Chunk(
                    input=event.input,
                    offset=event.offset,
                    data=data[event.offset : event.offset + event.length],
                    size=len(data) if seekable else None,
                )
                await stream.supply(chunk)
            elif event.HasField("finished"):
                assert_same(from_message(event.finished.result, ScoreResult), expected)
        await stream.close()

    run(work)


def _remux(source: Path, target: Path) -> None:
    with av.open(source) as read, av.open(target, "w") as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
