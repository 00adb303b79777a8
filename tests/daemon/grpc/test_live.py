"""Pairs of pictures that a program of Python has scored as it makes them."""

import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from support.daemon import Daemon
from support.streams import HEIGHT, WIDTH, Pair, made_pairs, scored_here
from vmafx_core.errors import UsageError
from vmafx_rpc import messages
from vmafx_rpc.client import Client
from vmafx_rpc.live import score_pairs
from vmafx_rpc.messages import scoring

CONFIG = scoring.StreamConfig(width=WIDTH, height=HEIGHT)
PAIRS = made_pairs(12)


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
