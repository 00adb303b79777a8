"""Scoring raw pictures at a daemon while they are made."""

import queue
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any

import grpc

from vmafx_rpc.client import Client
from vmafx_rpc.events import one_by_one
from vmafx_rpc.handover import Handover, Pairs
from vmafx_rpc.messages import scoring

# Answers that wait for whoever iterates; each tells the scores of up to some hundred frames.
_MOST_WAITING = 64


def score_pairs(
    client: Client, config: scoring.StreamConfig, pairs: Pairs
) -> Generator[scoring.FrameScore | scoring.AggregateScore]:
    """Have pairs of pictures scored as they come; closing the generator breaks it off.

    A daemon of this machine and user is handed them in memory, others in messages.

    Args:
        client: The daemon.
        config: What the pictures are, and what is measured.
        pairs: Of each frame the reference and the distorted picture: planes Y, U and V one after
            the other, tightly packed. They are asked for in a thread of their own, no faster than
            the daemon takes them.

    Yields:
        Each frame's scores, in order, then what they come to.

    Raises:
        RemoteError: The daemon cannot be reached, or goes away.
        VmafxError: It refuses what is sent, or cannot score it.
        TypeError: A picture is not in memory.
        BaseException: What the pairs raise.
    """
    failures: list[BaseException] = []
    handover = Handover(near=client.address.local, failures=failures)
    requests = _requests(config, pairs, handover)
    call = client.scoring.ScoreStream(requests, metadata=client.metadata)
    answers = _Answers(call, client, handover, failures)
    try:
        for answer in answers:
            match answer.WhichOneof("message"):
                case "frame_scores":
                    yield from one_by_one(answer.frame_scores)
                case "frame_score":  # of a server that knows nothing of runs
                    yield answer.frame_score
                case "aggregate":
                    yield answer.aggregate
    finally:
        # Of a program that ends, the other threads are gone already, and hold their locks for ever.
        if not sys.is_finalizing():
            call.cancel()
            handover.end()
            answers.end()
    if failures:
        try:
            raise failures[0]
        finally:
            failures.clear()  # which hold this frame by their tracebacks


def _requests(
    config: scoring.StreamConfig, pairs: Pairs, handover: Handover
) -> Iterator[scoring.ScoreStreamRequest | bytes]:
    """What the daemon is told."""
    begin = scoring.ScoreStreamRequest(config=config)
    begin.config.shared_memory = handover.asks
    begin.config.scores_in_runs = True
    yield begin
    yield from handover.requests(pairs)


class _Answers:
    """What the daemon answers, but for what is about the handing over.

    It is taken in a thread of its own, so that memory is filled again while whoever iterates is at
    something else.

    Args:
        call: Where it answers.
        client: The daemon.
        handover: Takes what is about the handing over.
        failures: Takes what goes wrong.
    """

    def __init__(
        self, call: Any, client: Client, handover: Handover, failures: list[BaseException]
    ) -> None:
        self._call = call
        self._client = client
        self._handover = handover
        self._failures = failures
        self._waiting: queue.Queue[scoring.ScoreStreamResponse | None] = queue.Queue(_MOST_WAITING)
        self._ended = threading.Event()
        threading.Thread(target=self._listen, name="vmafx-answers", daemon=True).start()

    def __iter__(self) -> Iterator[scoring.ScoreStreamResponse]:
        while (answer := self._waiting.get()) is not None:
            yield answer

    def end(self) -> None:
        """Take no more; waits for nobody."""
        self._ended.set()
        with suppress(queue.Empty):
            while True:  # so that the thread does not wait for room
                self._waiting.get_nowait()

    def _listen(self) -> None:
        try:
            for answer in self._call:
                self._client.meet()
                if not self._handover.take(answer):
                    self._waiting.put(answer)
                if self._ended.is_set():
                    return
        except grpc.RpcError as failure:
            self._failures.append(self._client.error(failure))
        except BaseException as failure:  # noqa: BLE001 - raised where somebody hears of it
            self._failures.append(failure)
        finally:
            if not self._ended.is_set():
                self._waiting.put(None)
