"""Pairs that a client puts into memory of the daemon instead of messages."""

import os
import time
from itertools import cycle
from pathlib import Path

import grpc
import pytest

from support.daemon import Daemon, running
from support.streams import HEIGHT, WIDTH, Request, Talk, config, frames, made_pairs, scored_here
from vmafx_core.errors import VmafxError
from vmafx_rpc.live import score_pairs
from vmafx_rpc.messages import scoring
from vmafx_rpc.shared_slots import SharedSlots

PAIRS = made_pairs(12)
CONFIG = scoring.StreamConfig(width=WIDTH, height=HEIGHT)
ASKING = config(shared_memory=True)

pytestmark = pytest.mark.skipif(
    not hasattr(os, "memfd_create"), reason="no memory is shared on this system"
)


def at(index: int, *slots: int) -> Request:
    return Request(filled=scoring.FilledSlots(first_index=index, slots=slots))


def in_message(index: int) -> Request:
    (request,) = frames(PAIRS[:1], index)
    return request


def test_a_slot_is_told_to_be_free_and_filled_again(daemon: Daemon, tmp_path: Path) -> None:
    talk = Talk(daemon.client(remote=True), ASKING)
    offer = talk.answer().memory
    slots = SharedSlots.opened(offer)
    assert slots
    scores = []
    for index, pair in enumerate(PAIRS):
        slots.fill(0, *pair)
        talk.say(at(index, 0))
        while not (answer := talk.answer()).HasField("free_slots"):
            scores.append(answer.frame_score.score)
        assert answer.free_slots.slots == [0]
    *others, last = talk.answers()
    scores += [answer.frame_score.score for answer in others]
    here = scored_here(tmp_path, PAIRS, models=["vmaf_v0.6.1"]).metrics["vmaf"]
    assert scores == here.values.tolist()
    assert last.aggregate.score == here.pooled.mean


def test_several_slots_are_told_of_at_once_and_scored_in_their_order(
    daemon: Daemon, tmp_path: Path
) -> None:
    talk = Talk(daemon.client(remote=True), ASKING)
    slots = SharedSlots.opened(talk.answer().memory)
    assert slots
    for index, pair in enumerate(PAIRS):
        slots.fill(len(PAIRS) - index, *pair)
    talk.say(at(0, 12, 11, 10, 9, 8), at(5, 7, 6, 5, 4, 3, 2, 1))
    *answers, last = talk.answers()
    freed = [list(a.free_slots.slots) for a in answers if a.HasField("free_slots")]
    assert freed == [[12, 11, 10, 9, 8], [7, 6, 5, 4, 3, 2, 1]]
    scores = [a.frame_score.score for a in answers if a.HasField("frame_score")]
    here = scored_here(tmp_path, PAIRS, models=["vmaf_v0.6.1"]).metrics["vmaf"]
    assert scores == here.values.tolist()
    assert last.aggregate.score == here.pooled.mean


def test_who_is_offered_memory_may_send_messages(daemon: Daemon) -> None:
    talk = Talk(daemon.client(remote=True), ASKING, *frames(PAIRS))
    first, *others = talk.answers()
    assert first.memory.slots
    kinds = {answer.WhichOneof("message") for answer in others}
    assert kinds == {"frame_score", "aggregate"}


def test_who_does_not_ask_is_offered_none(daemon: Daemon) -> None:
    answers = Talk(daemon.client(remote=True), config(), *frames(PAIRS)).answers()
    assert not any(answer.HasField("memory") for answer in answers)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ([config(), at(0, 0)], "slot is 0, which is not free"),
        ([ASKING, at(0, -1)], "slot is -1"),
        ([ASKING, at(0, 1 << 30)], "slot is 1073741824"),
        ([ASKING, at(0, 0, 1, 0)], "slot is 0, which is not free"),
        ([ASKING, at(0)], "filled names no slots"),
        ([ASKING, in_message(0), at(1, 0)], "slot is 0, which is not free"),
        ([ASKING, at(0, 0), in_message(1)], "came in a message after others in slots"),
        ([ASKING, at(1, 0)], "first_index is 1, not 0"),
        ([ASKING, at(0, 0, 1), at(1, 2)], "first_index is 1, not 2"),
        ([ASKING], "no frame pair was sent"),
    ],
)  # fmt: skip
def test_what_is_not_in_order_is_a_wrong_request_that_says_why(
    daemon: Daemon, said: list[Request], complaint: str
) -> None:
    talk = Talk(daemon.client(remote=True), *said)
    talk.end()
    code, error = talk.failure()
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert complaint in error.message


def test_a_slot_that_is_not_free_yet_is_refused(daemon: Daemon) -> None:
    # All that the worker holds is given back only when it has been read, which takes a worker.
    talk = Talk(daemon.client(remote=True), ASKING, *(at(index, 0) for index in range(50)))
    code, error = talk.failure()
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "slot is 0, which is not free" in error.message


def test_the_memory_cannot_be_made_shorter(daemon: Daemon) -> None:
    talk = Talk(daemon.client(remote=True), ASKING)
    offer = talk.answer().memory
    file = os.open(offer.path, os.O_RDWR)
    try:
        for size in (0, 2 * offer.slots * offer.frame_bytes + 1):
            with pytest.raises(PermissionError):
                os.ftruncate(file, size)
    finally:
        os.close(file)
        talk.cancel()


def test_a_worker_that_is_killed_ends_the_stream_and_lets_go_who_waits(tmp_path: Path) -> None:
    with running(tmp_path) as daemon:
        scores = score_pairs(daemon.client(remote=True), CONFIG, cycle(PAIRS))
        next(scores)
        for worker in daemon.workers():
            worker.kill()
        with pytest.raises(VmafxError, match="SIGKILL"):
            list(scores)


def test_nothing_of_it_is_left(tmp_path: Path) -> None:
    with running(tmp_path) as daemon:
        descriptors = Path(f"/proc/{daemon.pid}/fd")

        def shared() -> int:
            links = list(descriptors.iterdir())
            return sum(
                "vmafx-frames" in str(link.readlink()) for link in links if link.is_symlink()
            )

        client = daemon.client(remote=True)
        talks = [Talk(client, ASKING) for _ in range(20)]
        for talk in talks:
            assert talk.answer().memory.path
        assert shared() == len(talks)
        talks[0].say(at(0, 0))
        for talk in talks:
            talk.cancel()
        list(score_pairs(client, CONFIG, PAIRS))
        until = time.monotonic() + 20
        while shared():
            assert time.monotonic() < until, "memory is left"
            time.sleep(0.05)
