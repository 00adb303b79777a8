"""Scoring what a client sends, while it is still being sent."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import Any

from vmafx_core.errors import UsageError
from vmafx_daemon.access.caller import Caller
from vmafx_daemon.controller import Controller
from vmafx_daemon.engine.contract import (
    PairStream,
    SharedSlots,
    Stream,
    StreamEvent,
    UploadStream,
)
from vmafx_daemon.grpc.reading import MOST_SECONDS
from vmafx_daemon.scoring.pairs import pooled_means, provenance_of
from vmafx_rpc import messages
from vmafx_rpc.events import one_by_one
from vmafx_rpc.frame_pairs import FramePair
from vmafx_rpc.messages import scoring as wire

Response = wire.ScoreStreamResponse
Requests = AsyncIterator[wire.ScoreStreamRequest | FramePair]


async def score_stream(
    controller: Controller, requests: Requests, caller: Caller
) -> AsyncGenerator[Response]:
    """Score a stream of pairs, or videos that are read through the client.

    Args:
        controller: Opens streams.
        requests: What the client sends.
        caller: Who it is.

    Raises:
        UsageError: What is sent is not in order, or not of the size that was said.
        VmafxError: It is not allowed, or scoring failed.
    """
    try:
        async with asyncio.timeout(MOST_SECONDS):
            first = await anext(requests, None)
    except TimeoutError:
        raise UsageError(f"no config came within {MOST_SECONDS:g} s", "Send it first.") from None
    if not isinstance(first, wire.ScoreStreamRequest) or _kind(first) not in {"config", "task"}:
        raise UsageError(f"the stream begins with {_kind(first)}", "Send config first.")
    stream: Stream
    answer: Callable[[StreamEvent], list[Response]]
    slots: SharedSlots | None = None
    if first.HasField("config"):
        stream = pairs = await controller.open_stream(first.config, caller)
        slots, send = pairs.slots, partial(_feed, pairs)
        answer = partial(_in_short, in_runs=first.config.scores_in_runs)
    else:
        stream = upload = await controller.open_upload(first.task, caller)
        send, answer = partial(_supply, upload), _as_is
    try:
        if first.config.shared_memory:
            yield Response(memory=slots.share() if slots else wire.SharedMemory())
        async with aclosing(_beside(stream.events(), send(requests))) as events:
            async for event in events:
                for response in answer(event):
                    yield response
    finally:
        await stream.close()


async def _feed(stream: PairStream, requests: Requests) -> None:
    """Hand over the pairs that come."""
    expected = 0
    async for request in requests:
        if isinstance(request, FramePair):
            _check_index("frame_index", request.frame_index, expected)
            reference, distorted = request.raw_reference, request.raw_distorted
            await stream.feed(memoryview(reference), memoryview(distorted))
            expected += 1
        elif request.HasField("filled"):
            slots = request.filled.slots
            if not slots:
                raise UsageError("filled names no slots", "Name those that pairs lie in.")
            if not stream.slots:
                raise UsageError("filled names slots, of which there are none", "Send frame pairs.")
            _check_index("first_index", request.filled.first_index, expected)
            await stream.slots.feed_slots(slots)
            expected += len(slots)
        else:
            raise UsageError(f"after config came {_kind(request)}", "Send frame pairs.")
    if not expected:
        raise UsageError("no frame pair was sent", "Send at least one before half-closing.")
    await stream.finish()


def _check_index(name: str, value: int, expected: int) -> None:
    """Refuse pairs that are not the next ones.

    Raises:
        UsageError: They are others.
    """
    if value != expected:
        raise UsageError(f"{name} is {value}, not {expected}", "It counts up from 0 by one.")


async def _supply(stream: UploadStream, requests: Requests) -> None:
    """Hand over the pieces that come."""
    async for request in requests:
        if isinstance(request, FramePair) or not request.HasField("chunk"):
            raise UsageError(f"after task came {_kind(request)}", "Send chunks.")
        await stream.supply(request.chunk)
    await stream.finish()


def _kind(request: wire.ScoreStreamRequest | FramePair | None) -> str:
    """What to call a message of a client in words."""
    if isinstance(request, FramePair):
        return "frame_pair"
    return request.WhichOneof("message") or "an empty message" if request else "nothing"


async def _beside(
    events: AsyncGenerator[StreamEvent], sending: Coroutine[Any, Any, None]
) -> AsyncGenerator[StreamEvent]:
    """Pass events on while something is sent; what goes wrong with that ends them."""
    feeding = asyncio.ensure_future(sending)
    upcoming: asyncio.Future[StreamEvent] | None = None
    async with aclosing(events):
        try:
            while True:
                upcoming = upcoming or asyncio.ensure_future(anext(events))
                waited: set[asyncio.Future[Any]] = {upcoming}
                if feeding.done():
                    feeding.result()
                else:
                    waited.add(feeding)
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                if upcoming.done():
                    event, upcoming = upcoming, None
                    if isinstance(event.exception(), StopAsyncIteration):
                        return
                    yield event.result()
        finally:
            # Events can only be closed when nobody waits for one any more.
            both: list[asyncio.Future[Any]] = [feeding, *filter(None, [upcoming])]
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)


def _as_is(event: StreamEvent) -> list[Response]:
    """What is answered to videos that are read through the client: events as they are."""
    if isinstance(event, messages.result.ScoreEvent):
        return [Response(event=event)]
    return [Response(read=event)] if isinstance(event, wire.Read) else []


def _in_short(event: StreamEvent, *, in_runs: bool) -> list[Response]:
    """What is answered to pairs: each frame's scores, then what they come to."""
    if isinstance(event, wire.FreeSlots):
        return [Response(free_slots=event)]
    if not isinstance(event, messages.result.ScoreEvent):
        return []
    if event.HasField("frame_scores"):
        run = event.frame_scores
        if in_runs:
            run.ClearField("times")  # nobody said when the frames are
            return [Response(frame_scores=run)]
        return [Response(frame_score=score) for score in one_by_one(run)]
    if event.HasField("finished"):
        result = event.finished.result
        features = pooled_means(result)
        aggregate = wire.AggregateScore(
            frames_processed=result.pairs[0].frames.scored,
            score=next(iter(features.values())),
            features=features,
            elapsed_ms=round(1000 * result.seconds),
            provenance=provenance_of(result),
        )
        return [Response(aggregate=aggregate)]
    return []
