"""Scoring raw pictures at a daemon while they are made."""

import queue
import threading
from collections.abc import Buffer, Generator, Iterable, Iterator
from typing import Any

import grpc

from vmafx_rpc.client import Client
from vmafx_rpc.handover import Handover
from vmafx_rpc.messages import scoring

# Answers that wait for whoever iterates.
_MOST_WAITING = 1024

_Answers = queue.Queue[scoring.ScoreStreamResponse | None]


def score_pairs(
    client: Client, config: scoring.StreamConfig, pairs: Iterable[tuple[Buffer, Buffer]]
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
    handover = Handover(near=client.address.local)
    requests = _requests(config, pairs, handover, failures)
    call = client.scoring.ScoreStream(requests, metadata=client.metadata)
    answers: _Answers = queue.Queue(_MOST_WAITING)
    # Memory is filled again while whoever iterates is at something else.
    listening = (call, client, handover, answers, failures)
    threading.Thread(target=_listen, args=listening, name="vmafx-answers", daemon=True).start()
    answer: scoring.ScoreStreamResponse | None = scoring.ScoreStreamResponse()
    try:
        while (answer := answers.get()) is not None:
            yield getattr(answer, answer.WhichOneof("message"))
    finally:
        call.cancel()
        handover.end()
        while answer is not None:  # so that nobody waits for room
            answer = answers.get()
    if failures:
        raise failures[0] from None


def _requests(
    config: scoring.StreamConfig,
    pairs: Iterable[tuple[Buffer, Buffer]],
    handover: Handover,
    failures: list[BaseException],
) -> Iterator[scoring.ScoreStreamRequest | bytes]:
    """What the daemon is told."""
    begin = scoring.ScoreStreamRequest(config=config)
    begin.config.shared_memory = handover.asks
    yield begin
    try:
        for index, (reference, distorted) in enumerate(pairs):
            request = handover.request(index, reference, distorted)
            if request is None:
                return
            yield request
    except GeneratorExit:
        raise
    except BaseException as failure:  # of which gRPC would tell nobody
        failures.append(failure)
        raise RuntimeError("there are no more pairs") from failure


def _listen(
    call: Any, client: Client, handover: Handover, answers: _Answers, failures: list[BaseException]
) -> None:
    """Take what the daemon answers, until the end."""
    try:
        for response in call:
            client.meet()
            if not handover.take(response):
                answers.put(response)
    except grpc.RpcError as failure:
        failures.append(client.error(failure))
    except BaseException as failure:  # noqa: BLE001 - raised where somebody hears of it
        failures.append(failure)
    finally:
        answers.put(None)
