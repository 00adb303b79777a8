"""Pairs are put into a daemon's memory only where it is that, and sent in messages otherwise."""

import fcntl
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vmafx_rpc import handover
from vmafx_rpc.frame_pairs import FramePair, write_pair
from vmafx_rpc.handover import Handover, SharedSlots
from vmafx_rpc.messages import scoring

SLOTS, SIZE = 2, 5000
NAME = f"vmafx-frames-{'0f' * 16}"
PICTURES = os.urandom(SIZE), os.urandom(SIZE)

pytestmark = pytest.mark.skipif(
    not hasattr(os, "memfd_create"), reason="no memory is shared on this system"
)


@dataclass
class Shared:
    """Memory as a daemon shares it.

    Attributes:
        file: Its descriptor.
        offer: What a client is told of it.
    """

    file: int
    offer: scoring.SharedMemory

    def at(self, slot: int) -> tuple[bytes, bytes]:
        first, second = (os.pread(self.file, SIZE, (2 * slot + i) * SIZE) for i in range(2))
        return first, second


def memory(name: str, seals: int = fcntl.F_SEAL_SHRINK) -> Shared:
    file = os.memfd_create(name, os.MFD_ALLOW_SEALING)
    os.truncate(file, 2 * SLOTS * SIZE)
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, seals)
    path = f"/proc/{os.getpid()}/fd/{file}"
    offer = scoring.SharedMemory(path=path, name=name, slots=SLOTS, frame_bytes=SIZE)
    return Shared(file, offer)


@pytest.fixture
def shared() -> Iterator[Shared]:
    made = memory(NAME)
    yield made
    os.close(made.file)


def response(**fields: Any) -> scoring.ScoreStreamResponse:
    return scoring.ScoreStreamResponse(**fields)


def told(index: int, slot: int) -> scoring.ScoreStreamRequest:
    return scoring.ScoreStreamRequest(frame_pair=scoring.FramePair(frame_index=index, slot=slot))


def test_pairs_go_into_the_slots_that_are_free(shared: Shared) -> None:
    hands = Handover(near=True)
    assert hands.asks
    assert hands.take(response(memory=shared.offer))
    assert hands.request(0, *PICTURES) == told(0, 0)
    assert hands.request(1, *reversed(PICTURES)) == told(1, 1)
    assert (shared.at(0), shared.at(1)) == (PICTURES, PICTURES[::-1])

    requests: list[object] = []
    third = threading.Thread(target=lambda: requests.append(hands.request(2, *PICTURES)))
    third.start()
    third.join(0.1)
    assert not requests  # there is no room for it
    assert hands.take(response(free_slot=scoring.FreeSlot(slot=1)))
    third.join()
    assert requests == [told(2, 1)]
    assert shared.at(1) == PICTURES


def test_other_answers_are_for_others() -> None:
    assert not Handover(near=True).take(response(frame_score=scoring.FrameScore()))


def test_who_waits_for_room_is_let_go_at_the_end(shared: Shared) -> None:
    hands = Handover(near=True)
    hands.take(response(memory=shared.offer))
    for index in range(SLOTS):
        hands.request(index, *PICTURES)
    requests: list[object] = []
    third = threading.Thread(target=lambda: requests.append(hands.request(2, *PICTURES)))
    third.start()
    hands.end()
    third.join()
    assert requests == [None]


def test_pairs_of_other_sizes_are_sent_to_be_refused(shared: Shared) -> None:
    hands = Handover(near=True)
    hands.take(response(memory=shared.offer))
    for pictures in (PICTURES[0][1:], PICTURES[1]), (PICTURES[0], b""):
        assert hands.request(0, *pictures) == write_pair(FramePair(0, *pictures))


def test_where_nothing_is_offered_pairs_are_sent(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "_ANSWER_SECONDS", 0.01)
    message = write_pair(FramePair(0, *PICTURES))
    far = Handover(near=False)
    assert not far.asks
    assert far.request(0, *PICTURES) == message
    refused = Handover(near=True)
    refused.take(response(memory=scoring.SharedMemory()))
    assert refused.request(0, *PICTURES) == message
    silent = Handover(near=True)
    assert silent.request(0, *PICTURES) == message
    silent.take(response(memory=shared.offer))  # too late
    assert silent.request(1, *PICTURES) == write_pair(FramePair(1, *PICTURES))


def test_what_is_not_the_daemons_memory_is_not_touched(shared: Shared, tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_bytes(bytes(2 * SLOTS * SIZE))
    with file.open("r+b") as opened:
        descriptor = f"/proc/{os.getpid()}/fd/{opened.fileno()}"
        for wrong in (
            {"path": str(file)},
            {"path": descriptor},
            {"path": descriptor, "name": str(file)},
            {"path": f"/proc/{os.getpid()}/fd/../fd/{shared.file}"},
            {"path": "/proc/1/fd/999999"},
            {"path": ""},
            {"name": NAME.replace("0", "1")},
            {"name": ""},
            {"slots": SLOTS + 1},
            {"slots": 0},
            {"slots": -SLOTS, "frame_bytes": -SIZE},
            {"frame_bytes": SIZE - 1},
        ):
            offer = scoring.SharedMemory()
            offer.CopyFrom(shared.offer)
            for name, value in wrong.items():
                setattr(offer, name, value)
            assert SharedSlots.opened(offer) is None, wrong
    assert SharedSlots.opened(shared.offer)


@pytest.mark.parametrize(
    ("name", "seals"), [("pulseaudio", fcntl.F_SEAL_SHRINK), (NAME, fcntl.F_SEAL_GROW)]
)
def test_memory_that_no_daemon_has_made_is_not_touched(name: str, seals: int) -> None:
    made = memory(name, seals)
    try:
        assert SharedSlots.opened(made.offer) is None
    finally:
        os.close(made.file)


def test_what_nobody_asked_for_and_slots_that_are_not_there_are_let_be(shared: Shared) -> None:
    far = Handover(near=False)
    far.take(response(memory=shared.offer))
    assert far.request(0, *PICTURES) == write_pair(FramePair(0, *PICTURES))
    hands = Handover(near=True)
    for slot in (-1, SLOTS, 0):  # of which the last is told before there are any
        hands.take(response(free_slot=scoring.FreeSlot(slot=slot)))
    for _ in range(2):
        hands.take(response(memory=shared.offer))
    for slot in (-1, SLOTS):
        hands.take(response(free_slot=scoring.FreeSlot(slot=slot)))
    for index in range(SLOTS):
        assert hands.request(index, *PICTURES) == told(index, index)
    hands.end()
    assert hands.request(SLOTS, *PICTURES) is None
