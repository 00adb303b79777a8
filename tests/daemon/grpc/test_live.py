"""Pairs of pictures that a program of Python has scored as it makes them."""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import pytest

from support.daemon import Daemon
from support.streams import HEIGHT, WIDTH, Pair, made_pairs, scored_here
from vmafx_core.errors import UsageError
from vmafx_rpc import handover, messages
from vmafx_rpc.client import Client
from vmafx_rpc.frame_pairs import FramePair, write_pair
from vmafx_rpc.live import score_pairs
from vmafx_rpc.messages import scoring
from vmafx_rpc.shared_slots import SharedSlots

pytestmark = pytest.mark.usefixtures("way")
CONFIG = scoring.StreamConfig(width=WIDTH, height=HEIGHT)
PAIRS = made_pairs(12)


@pytest.fixture(params=["memory", "messages"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How pictures get to the daemon; the other way is closed."""
    if request.param == "messages":
        monkeypatch.setattr(SharedSlots, "opened", lambda _: None)
    elif not hasattr(os, "memfd_create"):
        pytest.skip("no memory is shared on this system")
    else:
        # What the daemon is to refuse, it is sent in messages.
        most = len(write_pair(FramePair(0, *PAIRS[0])))

        def refused(pair: FramePair) -> bytes:
            data = write_pair(pair)
            assert len(data) < most
            return data

        monkeypatch.setattr(handover, "write_pair", refused)


def open_streams(client: Client) -> int:
    status = client.call(client.controller.GetStatus, messages.controller.GetStatusRequest())
    streams: int = status.streams
    return streams


def until_none_is_open(client: Client) -> None:
    until = time.monotonic() + 20
    while open_streams(client):
        assert time.monotonic() < until, "the stream goes on"
        time.sleep(0.05)


def test_it_yields_what_scoring_here_gives(daemon: Daemon, tmp_path: Path) -> None:
    here = scored_here(tmp_path, PAIRS, models=["vmaf_v0.6.1"]).metrics["vmaf"]
    with daemon.client(remote=True) as client:
        *frames, last = score_pairs(client, CONFIG, PAIRS)
    told = [(one.frame_index, one.score) for one in frames if isinstance(one, scoring.FrameScore)]
    assert told == [*enumerate(here.values)]
    assert isinstance(last, scoring.AggregateScore)
    assert last.score == here.pooled.mean


def test_a_server_may_know_nothing_of_scores_in_runs(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    with daemon.client(remote=True) as client:
        stream = client.scoring.ScoreStream

        def unasked(requests: Iterator[Any], **others: Any) -> Any:
            first = next(requests)
            first.config.scores_in_runs = False
            return stream(chain([first], requests), **others)

        monkeypatch.setattr(client.scoring, "ScoreStream", unasked)
        *frames, last = score_pairs(client, CONFIG, PAIRS)
    told = [one.frame_index for one in frames if isinstance(one, scoring.FrameScore)]
    assert told == list(range(len(PAIRS)))
    assert isinstance(last, scoring.AggregateScore)


def test_a_stream_that_fails_leaves_no_memory_of_the_daemon(daemon: Daemon) -> None:
    def pairs() -> Iterator[Pair]:
        yield from PAIRS
        raise OSError("the camera is gone")

    gc.disable()
    try:
        with daemon.client(remote=True) as client:
            with pytest.raises(OSError, match="camera"):
                list(score_pairs(client, CONFIG, pairs()))
            until = time.monotonic() + 10
            maps = Path("/proc/self/maps")
            while maps.exists() and "vmafx-frames" in maps.read_text(encoding="ascii"):
                assert time.monotonic() < until, "it is still there"
                time.sleep(0.01)
    finally:
        gc.enable()


@pytest.mark.parametrize("failure", [OSError("the camera is gone"), SystemExit(3)])
def test_what_the_pairs_raise_is_raised(daemon: Daemon, failure: BaseException) -> None:
    def pairs() -> Iterator[Pair]:
        yield from PAIRS
        raise failure

    with daemon.client(remote=True) as client:
        with pytest.raises(type(failure)) as raised:
            list(score_pairs(client, CONFIG, pairs()))
        assert raised.value is failure
        until_none_is_open(client)


def test_what_is_no_picture_is_said_to_be_none(daemon: Daemon) -> None:
    pairs: Any = [PAIRS[0], ("a picture", PAIRS[0][1])]
    with daemon.client(remote=True) as client, pytest.raises(TypeError, match="bytes-like"):
        list(score_pairs(client, CONFIG, pairs))


def test_what_the_daemon_refuses_is_raised(daemon: Daemon) -> None:
    pairs = [(PAIRS[0][0], PAIRS[0][1][1:])]
    with daemon.client(remote=True) as client, pytest.raises(UsageError, match="raw_distorted has"):
        list(score_pairs(client, CONFIG, pairs))


def test_it_is_broken_off_by_closing_it(daemon: Daemon) -> None:
    with daemon.client(remote=True) as client:
        until_none_is_open(client)  # of an earlier test
        scores = score_pairs(client, CONFIG, cycle(PAIRS))
        assert isinstance(next(scores), scoring.FrameScore)
        assert open_streams(client) == 1
        scores.close()
        until_none_is_open(client)


def test_who_iterates_slowly_is_sent_on_for_a_while(daemon: Daemon) -> None:
    taken, total = 0, 300
    options = scoring.ScoreOptions(no_prediction=True, feature=["psnr"])
    config = scoring.StreamConfig(width=WIDTH, height=HEIGHT, options=options)

    def pairs() -> Iterator[Pair]:
        nonlocal taken
        for pair in islice(cycle(PAIRS), total):
            yield pair
            taken += 1

    with daemon.client(remote=True) as client:
        scores = score_pairs(client, config, pairs())
        first = next(scores)
        until = time.monotonic() + 60
        while taken < total:
            assert time.monotonic() < until, f"it stands still after {taken} pairs"
            time.sleep(0.01)
        *others, last = scores
    told = [one.frame_index for one in (first, *others) if isinstance(one, scoring.FrameScore)]
    assert told == list(range(total))
    assert isinstance(last, scoring.AggregateScore)


@pytest.mark.parametrize("last", ["", "raise SystemExit(3)", "client.close()", "del client"])
def test_a_program_ends_that_has_not_read_all_scores(daemon: Daemon, last: str) -> None:
    program = f"""
from itertools import repeat
from vmafx_rpc.addresses import parse_address
from vmafx_rpc.client import Client
from vmafx_rpc.live import score_pairs
from vmafx_rpc.messages import scoring

config = scoring.StreamConfig(width={WIDTH}, height={HEIGHT})
picture = bytes({WIDTH * HEIGHT * 3 // 2})
client = Client(parse_address("{daemon.addresses[1]}"))
scores = score_pairs(client, config, repeat((picture, picture)))
next(scores)
{last}
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert done.returncode == (3 if "SystemExit" in last else 0)
