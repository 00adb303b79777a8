"""When scores of a stream come, and what happens to those who are slow."""

import threading
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import grpc
import pytest

from support.daemon import Daemon
from support.streams import Request, Talk, config, frames, made_pairs
from vmafx_daemon.engine.live import SEGMENT_FRAMES
from vmafx_rpc.stubs.vmafx.v1.scoring_pb2_grpc import VmafxScoringStub

PAIRS = made_pairs(10)
LATEST = 256


@pytest.mark.parametrize("model", ["vmaf_v0.6.1", "vmaf_v1.0.16_hfr_3d0h"])
def test_no_score_waits_for_more_than_256_frames_behind_its_own(daemon: Daemon, model: str) -> None:
    width, height = 224, 160
    pairs = cycle(made_pairs(5, "yuv420p", width, height))
    begin = config(width=width, height=height, model=model)
    talk = Talk(daemon.client(remote=True), begin, seconds=240)
    sent = 0
    for index in range(2 * LATEST):
        while sent <= index + LATEST:
            talk.say(*frames(islice(pairs, 1), sent))
            sent += 1
        assert talk.answer().frame_score.frame_index == index
    *_, last = talk.answers()
    assert last.aggregate.frames_processed == sent


def test_who_does_not_read_cannot_send_on_and_gets_everything_later(daemon: Daemon) -> None:
    most, total, sent = 3000, 4000, 0
    measured = config(options={"no_prediction": True, "feature": ["psnr"]})

    def said() -> Iterator[Request]:
        nonlocal sent
        yield measured
        for request in frames(islice(cycle(made_pairs(2)), total)):
            sent += 1
            yield request

    # Little enough room on the way that it is soon full.
    narrow = [("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 16_384)]
    with grpc.insecure_channel(daemon.addresses[1], narrow) as channel:
        stub: Any = VmafxScoringStub(channel)  # type: ignore[no-untyped-call]
        call = stub.ScoreStream(said())
        before = -1
        while before < sent or not sent:
            before = sent
            time.sleep(0.5)
        assert sent < most
        *scores, last = call
    assert [answer.frame_score.frame_index for answer in scores] == list(range(total))
    assert last.aggregate.frames_processed == total


def test_who_sends_slowly_gets_the_scores_of_what_has_come(daemon: Daemon) -> None:
    talk = Talk(daemon.client(remote=True), config(), seconds=240)
    told: list[int] = []

    def listen() -> None:
        told.extend(talk.answer().frame_score.frame_index for _ in range(5))

    listening = threading.Thread(target=listen)
    listening.start()
    sent = 0
    while listening.is_alive():
        # Otherwise it may be for their number, and not for their time, that scores come.
        assert sent < SEGMENT_FRAMES
        talk.say(*frames([PAIRS[sent % len(PAIRS)]], sent))
        sent += 1
        listening.join(0.2)
    assert told == list(range(5))
    assert talk.answers()[-1].aggregate.frames_processed == sent
