"""Streams in real worker processes: pairs of pictures, and videos read through a client."""

import asyncio
import time
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import av
import psutil
import pytest

from support.engines import ANY, at_work, local_engine, score_task, worker_pids
from vmafx_core import score
from vmafx_core.errors import InputError, UsageError
from vmafx_core.scoring.result import ScoreResult
from vmafx_core.testing import write_clip
from vmafx_daemon.engine import stream as engine_stream
from vmafx_daemon.engine.contract import Limits, PairStream, Stream, StreamEvent, TimeLimitError
from vmafx_daemon.engine.local import LocalEngine
from vmafx_daemon.errors import BusyError
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message

FRAMES = 30


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("engine")
    make = partial(write_clip, width=160, height=120, frames=FRAMES)
    return make(folder / "good.mp4"), make(folder / "bad.mp4", options={"crf": "40"})


@pytest.fixture(scope="module")
def expected(clips: tuple[Path, Path]) -> ScoreResult:
    return score(*clips)


def config(**fields: Any) -> messages.scoring.StreamConfig:
    return messages.scoring.StreamConfig(**{"width": 160, "height": 120} | fields)


def pairs(clips: tuple[Path, Path]) -> list[tuple[bytes, ...]]:
    return list(zip(*map(planes, clips), strict=True))


def planes(path: Path) -> list[bytes]:
    with av.open(path) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


async def told(stream: Stream) -> list[StreamEvent]:
    async with aclosing(stream.events()) as events:
        return [event async for event in events]


async def feed(stream: PairStream, given: list[tuple[bytes, ...]]) -> None:
    for reference, distorted in given:
        await stream.feed(reference, distorted)
    await stream.finish()


async def scored(stream: PairStream, given: list[tuple[bytes, ...]]) -> list[StreamEvent]:
    events, _ = await asyncio.gather(told(stream), feed(stream, given))
    await stream.close()
    return events


def finished(event: StreamEvent) -> ScoreResult:
    assert isinstance(event, messages.result.ScoreEvent)
    return from_message(event.finished.result, ScoreResult)


def values(events: list[StreamEvent]) -> list[float]:
    """The leading metric of all frames, as it was told of each."""
    runs = [e.frame_scores for e in events if isinstance(e, messages.result.ScoreEvent)]
    return [value for run in runs if run.metrics for value in run.metrics[0].values]


def test_pairs_give_what_scoring_here_gives_and_their_worker_stays(
    clips: tuple[Path, Path], expected: ScoreResult
) -> None:
    async def work() -> None:
        async with local_engine() as engine:
            pids = set()
            for _ in range(2):
                events = await scored(await engine.open_stream(config(), ANY), pairs(clips))
                pids |= set(worker_pids(engine))
                pooled = {n: m.pooled for n, m in finished(events[-1]).pairs[0].metrics.items()}
                assert pooled == {n: m.pooled for n, m in expected.pairs[0].metrics.items()}
                assert values(events) == expected.pairs[0].lead.values.tolist()
            assert len(pids) == 1

    asyncio.run(work())


def test_scores_come_while_pairs_are_still_fed(clips: tuple[Path, Path]) -> None:
    given = pairs(clips)

    async def work() -> None:
        async with local_engine() as engine:
            stream = await engine.open_stream(config(), ANY)
            first = asyncio.Event()

            async def listen() -> None:
                async with aclosing(stream.events()) as events:
                    async for event in events:
                        if isinstance(event, messages.result.ScoreEvent) and event.HasField(
                            "frame_scores"
                        ):
                            first.set()

            async def feed_slowly() -> None:
                # More than a segment has: however slow the worker is, some are scored by then.
                for pair in given * 20:
                    await stream.feed(*pair)
                    await asyncio.sleep(0.01)
                    if first.is_set():
                        break
                assert first.is_set(), "no score came while pairs were fed"
                await stream.finish()

            await asyncio.gather(listen(), feed_slowly())

    asyncio.run(work())


def test_no_more_pairs_are_scored_than_were_asked_for(clips: tuple[Path, Path]) -> None:
    async def work() -> None:
        async with local_engine() as engine:
            limited = config(options={"frame_cnt": 10, "feature": ["psnr"]})
            events = await scored(await engine.open_stream(limited, ANY), pairs(clips) * 4)
            assert len(values(events)) == 10
            # Nothing of the first stream comes in the way of another one.
            events = await scored(await engine.open_stream(config(), ANY), pairs(clips))
            assert len(values(events)) == FRAMES

    asyncio.run(work())


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"width": 0}, "0x120"),
        ({"height": -1}, "160x-1"),
        ({"width": 100_000, "height": 100_000}, "100000x100000"),
        ({"width": 16_384, "height": 16_384}, "16384x16384"),
        ({"width": 8192, "height": 8192, "pixel_format": 12}, "768 MiB"),
        ({"pixel_format": 77}, "pixel_format is 77"),
        ({"model": "vmaf_v9"}, "vmaf_v9"),
        ({"options": {"feature": ["psmr"]}}, "psmr"),
        ({"options": {"subsample": 5}}, "subsample"),
    ],
)
def test_what_cannot_be_scored_is_refused_before_there_is_a_worker(
    fields: dict[str, Any], complaint: str
) -> None:
    async def work() -> None:
        async with local_engine() as engine:
            with pytest.raises(UsageError, match=complaint):
                await engine.open_stream(config(**fields), ANY)
            assert not worker_pids(engine)

    asyncio.run(work())


def test_a_picture_of_another_size_is_refused() -> None:
    async def work() -> None:
        async with local_engine() as engine:
            stream = await engine.open_stream(config(), ANY)
            with pytest.raises(UsageError, match="raw_distorted has 3 bytes, not 28800"):
                await stream.feed(bytes(28800), b"abc")
            await stream.close()

    asyncio.run(work())


def test_a_stream_without_pairs_takes_no_place_and_one_that_ends_gives_its_place_back(
    clips: tuple[Path, Path],
) -> None:
    async def work() -> None:
        async with local_engine(streams=1) as engine:
            silent = [await engine.open_stream(config(), ANY) for _ in range(20)]
            listening = [asyncio.create_task(told(stream)) for stream in silent]
            for _ in range(2):
                events = await scored(await engine.open_stream(config(), ANY), pairs(clips))
                assert len(values(events)) == FRAMES
            for task in listening:
                task.cancel()
            await asyncio.wait(listening)

    asyncio.run(work())


def test_a_stream_that_is_closed_is_gone_within_a_second(clips: tuple[Path, Path]) -> None:
    async def seconds() -> float:
        async with local_engine() as engine:
            stream = await engine.open_stream(config(), ANY)
            listening = asyncio.create_task(told(stream))
            await stream.feed(*pairs(clips)[0])
            pid = await at_work(engine)
            began = time.monotonic()
            listening.cancel()
            await asyncio.wait((listening,))
            await stream.close()
            assert not psutil.pid_exists(pid)
            return time.monotonic() - began

    # The machine may be busy with something else, but not each time.
    assert any(asyncio.run(seconds()) < 1 for _ in range(5))


def test_a_stream_may_last_as_long_as_its_pairs_keep_coming(clips: tuple[Path, Path]) -> None:
    async def work() -> None:
        async with local_engine() as engine:
            await scored(await engine.open_stream(config(), ANY), pairs(clips)[:1])  # a worker
            stream = await engine.open_stream(config(), Limits(silence=4))
            listening = asyncio.create_task(told(stream))
            for pair in pairs(clips)[:10]:
                await stream.feed(*pair)
                await asyncio.sleep(0.5)
            assert not listening.done()
            with pytest.raises(TimeLimitError, match="nothing happened for 4 s"):
                await listening

    asyncio.run(work())


def test_a_stream_for_which_nothing_comes_is_ended() -> None:
    async def work() -> None:
        async with local_engine() as engine:
            stream = await engine.open_stream(config(), Limits(silence=0.1))
            with pytest.raises(TimeLimitError, match="nothing happened"):
                await told(stream)
            assert not worker_pids(engine)

    asyncio.run(work())


def test_feeding_waits_while_nobody_listens(clips: tuple[Path, Path]) -> None:
    given = pairs(clips)[0]

    async def work() -> int:
        async with local_engine() as engine:
            stream = await engine.open_stream(config(model="vmaf_v0.6.1"), ANY)
            fed = 0

            async def feed_on() -> None:
                nonlocal fed
                while True:
                    await stream.feed(*given)
                    fed += 1

            feeding = asyncio.create_task(feed_on())
            async with aclosing(stream.events()) as events:
                await anext(events)
                await asyncio.wait((feeding,), timeout=0.5)
                feeding.cancel()
            return fed

    # As many as there are slots, and those that were emptied before anybody stopped to listen.
    assert asyncio.run(work()) <= 32


async def uploaded(
    engine: LocalEngine, contents: list[bytes], *, sized: bool = True, **wrong: Any
) -> list[StreamEvent]:
    """What is told of a score of such files, whose client answers as it should but for `wrong`."""
    stream = await engine.open_upload(score_task("a.mkv", "b.mkv"), ANY)
    events: list[StreamEvent] = []
    async with aclosing(stream.events()) as telling:
        async for event in telling:
            if isinstance(event, messages.scoring.Read):
                data = contents[event.input]
                piece: dict[str, Any] = {
                    "input": event.input,
                    "offset": event.offset,
                    "data": data[event.offset : event.offset + event.length],
                    "size": len(data) if sized else None,
                }
                await stream.supply(messages.scoring.Chunk(**piece | wrong))
            else:
                events.append(event)
    return events


@pytest.mark.parametrize("sized", [True, False])
def test_videos_are_read_through_the_client(
    clips: tuple[Path, Path], expected: ScoreResult, tmp_path: Path, sized: bool
) -> None:
    sides = clips if sized else tuple(_as_matroska(clip, tmp_path) for clip in clips)
    contents = [path.read_bytes() for path in sides]

    async def work() -> None:
        async with local_engine() as engine:
            for _ in range(2):
                events = await uploaded(engine, contents, sized=sized)
                result = finished(events[-1]).pairs[0]
                for name, metric in expected.pairs[0].metrics.items():
                    assert result.metrics[name].values.tolist() == metric.values.tolist()

    asyncio.run(work())


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"error": "a.mkv: cannot be read: Input/output error"}, "Input/output error"),
        ({"offset": 7}, "from byte 7 on"),
        ({"data": b"no video at all" * 100}, "a.mkv: is"),
    ],
)
def test_what_the_client_cannot_read_or_sends_wrongly_is_an_error_of_its_input(
    clips: tuple[Path, Path], wrong: dict[str, Any], complaint: str
) -> None:
    contents = [path.read_bytes() for path in clips]

    async def work() -> None:
        async with local_engine() as engine:
            with pytest.raises(InputError, match=complaint):
                await uploaded(engine, contents, **wrong)

    asyncio.run(work())


def test_chunks_that_nobody_asked_for_are_refused() -> None:
    async def work() -> None:
        async with local_engine() as engine:
            stream = await engine.open_upload(score_task("a.mkv", "b.mkv"), ANY)
            async with aclosing(stream.events()) as telling:
                async for event in telling:
                    assert isinstance(event, messages.scoring.Read)
                    chunk = messages.scoring.Chunk(input=event.input, data=b"abc")
                    await stream.supply(chunk)
                    with pytest.raises(UsageError, match="nobody asked for"):
                        await stream.supply(chunk)
                    break

    asyncio.run(work())


@pytest.mark.parametrize("by_slot", [False, True])
def test_pairs_that_wait_for_a_place_take_a_bounded_amount_of_memory(
    monkeypatch: pytest.MonkeyPatch, clips: tuple[Path, Path], *, by_slot: bool
) -> None:
    given = pairs(clips)[0]
    monkeypatch.setattr(engine_stream, "_MOST_WAITING", 3 * len(given[0]))

    async def work() -> None:
        async with local_engine(streams=1) as engine:
            opened = [await engine.open_stream(config(), ANY) for _ in range(3)]
            tasks = [asyncio.create_task(told(stream)) for stream in opened]

            async def feed_one(stream: PairStream) -> None:
                if by_slot:
                    assert stream.slots
                    # Of more than one slot, one pair waits with the daemon.
                    assert stream.slots.share().slots > 1
                    await stream.slots.feed_slots([0])
                else:
                    await stream.feed(*given)

            await feed_one(opened[0])
            waiting = asyncio.create_task(feed_one(opened[1]))
            await asyncio.sleep(0)
            with pytest.raises(BusyError, match="too many streams wait"):
                await feed_one(opened[2])
            await opened[0].close()
            await waiting  # until it has a place
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    asyncio.run(work())


def _as_matroska(path: Path, folder: Path) -> Path:
    """The same video in a container that can be read in order."""
    target = folder / path.with_suffix(".mkv").name
    with av.open(path) as read, av.open(target, "w") as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
    return target
