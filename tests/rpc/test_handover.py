"""Pairs are put into a daemon's memory only where it is that, and sent in messages otherwise."""

import fcntl
import os
import threading
import time
from collections.abc import Buffer, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest

from vmafx_core.errors import UsageError
from vmafx_rpc import handover
from vmafx_rpc.frame_pairs import FramePair, write_pair
from vmafx_rpc.handover import Handover, Pairs
from vmafx_rpc.messages import scoring
from vmafx_rpc.shared_slots import SharedSlots

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


def memory(name: str, seals: int = fcntl.F_SEAL_SHRINK, slots: int = SLOTS) -> Shared:
    file = os.memfd_create(name, os.MFD_ALLOW_SEALING)
    os.truncate(file, 2 * slots * SIZE)
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, seals)
    path = f"/proc/{os.getpid()}/fd/{file}"
    offer = scoring.SharedMemory(path=path, name=name, slots=slots, frame_bytes=SIZE)
    return Shared(file, offer)


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Iterator[Shared]:
    made = memory(NAME, slots=getattr(request, "param", SLOTS))
    yield made
    os.close(made.file)


def response(**fields: Any) -> scoring.ScoreStreamResponse:
    return scoring.ScoreStreamResponse(**fields)


def told(first: int, *slots: int) -> scoring.ScoreStreamRequest:
    filled = scoring.FilledSlots(first_index=first, slots=slots)
    return scoring.ScoreStreamRequest(filled=filled)


def free(*slots: int) -> scoring.ScoreStreamResponse:
    return response(free_slots=scoring.FreeSlots(slots=slots))


def made(*, near: bool = True) -> Handover:
    return Handover(near=near, failures=[])


def offered(shared: Shared, failures: list[BaseException] | None = None) -> Handover:
    hands = Handover(near=True, failures=[] if failures is None else failures)
    assert hands.asks
    assert hands.take(response(memory=shared.offer))
    return hands


class Asking:
    """A thread that asks for what is to be sent, as gRPC's does."""

    def __init__(self, hands: Handover, pairs: Pairs) -> None:
        self.requests: list[object] = []
        self._thread = threading.Thread(
            target=lambda: self.requests.extend(hands.requests(pairs)), daemon=True
        )
        self._thread.start()

    def until(self, count: int) -> list[object]:
        """Its requests, once there are so many."""
        latest = time.monotonic() + 10
        while len(self.requests) < count:
            assert time.monotonic() < latest, f"only {self.requests}"
            time.sleep(0.001)
        return self.requests

    def ended(self) -> list[object]:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.requests


def test_pairs_go_into_the_slots_that_are_free(shared: Shared) -> None:
    hands = offered(shared)
    asking = Asking(hands, [PICTURES, PICTURES[::-1], PICTURES])
    assert asking.until(2) == [told(0, 0), told(1, 1)]
    assert (shared.at(0), shared.at(1)) == (PICTURES, PICTURES[::-1])
    time.sleep(0.1)
    assert len(asking.requests) == 2  # there is no room for the third
    assert hands.take(free(1))
    assert asking.ended() == [told(0, 0), told(1, 1), told(2, 1)]
    assert shared.at(1) == PICTURES


@pytest.mark.parametrize("shared", [8], indirect=True)
def test_pairs_that_come_fast_are_told_of_together(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "_GATHERING_SECONDS", 60.0)
    hands = offered(shared)
    asking = Asking(hands, [PICTURES] * 10)
    assert asking.until(2) == [told(0, 0, 1, 2, 3), told(4, 4, 5, 6, 7)]
    hands.take(free(6, 2))
    assert asking.ended()[2:] == [told(8, 6, 2)]


@pytest.mark.parametrize("shared", [8], indirect=True)
def test_a_pair_waits_for_no_other_that_comes_later(shared: Shared) -> None:
    another = threading.Event()

    def pairs() -> Iterator[tuple[bytes, bytes]]:
        yield PICTURES
        another.wait(10)
        yield PICTURES

    asking = Asking(offered(shared), pairs())
    assert asking.until(1) == [told(0, 0)]
    another.set()
    assert asking.ended() == [told(0, 0), told(1, 1)]


@pytest.mark.parametrize("shared", [8], indirect=True)
@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize(
    "failure", [OSError("the camera is gone"), SystemExit(3), GeneratorExit("of its own")]
)
def test_what_the_pairs_raise_comes_behind_those_before(
    shared: Shared, failure: BaseException, *, near: bool
) -> None:
    class Raising:
        def __init__(self) -> None:
            self._left = [PICTURES]

        def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
            return self

        def __next__(self) -> tuple[bytes, bytes]:
            if self._left:
                return self._left.pop()
            raise failure

    failures: list[BaseException] = []
    hands = offered(shared, failures) if near else Handover(near=False, failures=failures)
    requests = hands.requests(Raising())
    next(requests)
    with pytest.raises(RuntimeError, match="no more pairs"):
        next(requests)
    assert failures == [failure]


@pytest.mark.parametrize("near", [True, False])
def test_pairs_may_raise_before_the_first(shared: Shared, *, near: bool) -> None:
    class Raising:
        def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
            raise OSError("there is no camera")

    failures: list[BaseException] = []
    hands = offered(shared, failures) if near else Handover(near=False, failures=failures)
    with pytest.raises(RuntimeError, match="no more pairs"):
        next(hands.requests(Raising()))
    assert [str(failure) for failure in failures] == ["there is no camera"]


@pytest.mark.parametrize("near", [True, False])
def test_memory_of_pairs_may_be_used_again_when_the_next_is_asked_for(
    shared: Shared, *, near: bool
) -> None:
    def pairs() -> Iterator[tuple[Buffer, Buffer]]:
        both = bytearray(PICTURES[0]), bytearray(PICTURES[1])
        yield memoryview(both[0]), memoryview(both[1])
        for each in both:
            each.clear()  # which fails while somebody looks at it
            each.extend(bytes(SIZE))
        yield both

    failures: list[BaseException] = []
    hands = offered(shared, failures) if near else Handover(near=False, failures=failures)
    requests = Asking(hands, pairs()).ended()
    assert not failures
    if near:
        assert (shared.at(0), shared.at(1)) == (PICTURES, (bytes(SIZE), bytes(SIZE)))
    else:
        again = write_pair(FramePair(1, bytes(SIZE), bytes(SIZE)))
        assert requests == [write_pair(FramePair(0, *PICTURES)), again]


def filling() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "vmafx-pairs"]


@pytest.mark.parametrize("near", [True, False])
def test_who_is_refused_at_once_is_asked_for_no_pairs(shared: Shared, *, near: bool) -> None:
    asked = []

    def pairs() -> Iterator[tuple[bytes, bytes]]:
        asked.append(0)
        yield PICTURES

    hands = offered(shared) if near else made()  # of which the latter waits for an offer
    hands.end()
    assert list(hands.requests(pairs())) == []
    for thread in filling():
        thread.join(10)
    assert not asked


@pytest.mark.parametrize("shared", [8], indirect=True)
def test_after_the_end_no_pairs_are_asked_for(shared: Shared) -> None:
    asked, another = [0], threading.Event()

    def pairs() -> Iterator[tuple[bytes, bytes]]:
        for number in count(1):
            asked[0] = number
            yield PICTURES
            another.wait(10)

    hands = offered(shared)
    asking = Asking(hands, pairs())
    asking.until(1)
    (thread,) = filling()
    hands.end()
    asking.ended()
    another.set()
    thread.join(10)
    assert not thread.is_alive()
    assert asked == [2]  # which was being made


def test_other_answers_are_for_others() -> None:
    assert not made().take(response(frame_score=scoring.FrameScore()))


def test_who_waits_for_room_is_let_go_at_the_end(shared: Shared) -> None:
    hands = offered(shared)
    asking = Asking(hands, cycle([PICTURES]))
    asking.until(SLOTS)
    (thread,) = filling()
    hands.end()
    assert asking.ended() == [told(index, index) for index in range(SLOTS)]
    thread.join(10)
    assert not thread.is_alive()


def test_who_waits_for_pairs_is_let_go_at_the_end(shared: Shared) -> None:
    never = threading.Event()

    def pairs() -> Iterator[tuple[bytes, bytes]]:
        yield PICTURES
        never.wait(10)

    hands = offered(shared)
    asking = Asking(hands, pairs())
    asking.until(1)
    hands.end()
    assert asking.ended() == [told(0, 0)]
    never.set()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ((PICTURES[0][1:], PICTURES[1]), f"raw_reference has {SIZE - 1} bytes, not {SIZE}"),
        ((PICTURES[0], b""), f"raw_distorted has 0 bytes, not {SIZE}"),
    ],
)
def test_pairs_of_other_sizes_are_refused(
    shared: Shared, wrong: tuple[bytes, bytes], complaint: str
) -> None:
    failures: list[BaseException] = []
    requests = offered(shared, failures).requests([PICTURES, wrong, PICTURES])
    assert next(requests) == told(0, 0)
    with pytest.raises(RuntimeError):
        next(requests)
    (failure,) = failures
    assert isinstance(failure, UsageError)
    assert complaint in failure.message


def test_where_nothing_is_offered_pairs_are_sent(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "_ANSWER_SECONDS", 0.01)
    sent = [write_pair(FramePair(index, *PICTURES)) for index in range(2)]
    far = made(near=False)
    assert not far.asks
    assert list(far.requests([PICTURES] * 2)) == sent
    refused = made()
    refused.take(response(memory=scoring.SharedMemory()))
    assert list(refused.requests([PICTURES] * 2)) == sent
    silent = made()
    requests = silent.requests([PICTURES] * 2)
    assert next(requests) == sent[0]
    silent.take(response(memory=shared.offer))  # too late
    assert list(requests) == sent[1:]


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
            {"slots": SLOTS * SIZE, "frame_bytes": 1},  # more than any daemon has
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
    far = made(near=False)
    far.take(response(memory=shared.offer))
    assert list(far.requests([PICTURES])) == [write_pair(FramePair(0, *PICTURES))]
    hands = made()
    hands.take(free(-1, SLOTS, 0))  # of which the last is told before there are any
    for _ in range(2):
        hands.take(response(memory=shared.offer))
    hands.take(free(-1, SLOTS))
    asking = Asking(hands, cycle([PICTURES]))
    assert asking.until(SLOTS) == [told(index, index) for index in range(SLOTS)]
    time.sleep(0.05)
    hands.end()
    assert len(asking.ended()) == SLOTS
