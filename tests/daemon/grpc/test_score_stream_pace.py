"""When scores of a stream come, and what happens to those who are slow."""

from itertools import cycle, islice

import pytest

from support.daemon import Daemon
from support.streams import Talk, config, frames, made_pairs

PAIRS = made_pairs(10)
LATEST = 256


@pytest.mark.parametrize("model", ["vmaf_v0.6.1", "vmaf_v1.0.16_hfr_3d0h"])
def test_no_score_waits_for_more_than_256_frames_behind_its_own(daemon: Daemon, model: str) -> None:
    width, height = 224, 160
    pairs = cycle(made_pairs(5, "yuv420p", width, height))
    talk = Talk(daemon.client(remote=True), config(width=width, height=height, model=model))
    sent = 0
    for index in range(2 * LATEST):
        while sent <= index + LATEST:
            talk.say(*frames(islice(pairs, 1), sent))
            sent += 1
        assert talk.answer().frame_score.frame_index == index
    *_, last = talk.answers()
    assert last.aggregate.frames_processed == sent
