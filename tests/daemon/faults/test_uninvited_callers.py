"""What callers without a token can do to a daemon that asks for one: nothing."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest

from support.daemon import Daemon, running
from vmafx_daemon.access.caller import Role
from vmafx_daemon.access.tokens import add_token
from vmafx_daemon.grpc.status import MOST_WATCHERS
from vmafx_rpc.messages import controller

SUBMIT = "/vmafx.controller.v1.VmafxController/SubmitJob"
_LARGE = 50 << 20


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Daemon]:
    """A daemon that asks for tokens."""
    tokens = tmp_path / "tokens"
    add_token(tokens, "somebody", Role.WRITE)
    with running(tmp_path / "state", "--token-file", tokens) as daemon:
        yield daemon


@pytest.fixture
def channel(guarded: Daemon) -> Iterator[grpc.Channel]:
    """A connection to it, by nobody."""
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(guarded.addresses[1], options) as opened:
        yield opened


def code(call: Any) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as refused:
        call.result()
    found: grpc.StatusCode = refused.value.code()
    return found


def test_their_messages_are_not_read(guarded: Daemon, channel: grpc.Channel) -> None:
    process = psutil.Process(guarded.pid)
    before = process.memory_info().rss
    submit: Any = channel.unary_unary(SUBMIT)
    calls = [submit.future(bytes(_LARGE), timeout=30) for _ in range(4)]
    assert {code(call) for call in calls} == {grpc.StatusCode.UNAUTHENTICATED}
    assert process.memory_info().rss - before < _LARGE


def test_calls_of_theirs_that_send_nothing_keep_nobody_out(
    guarded: Daemon, channel: grpc.Channel
) -> None:
    submit: Any = channel.stream_unary(SUBMIT)
    over = threading.Event()

    def nothing() -> Iterator[bytes]:
        over.wait()
        yield from ()

    try:
        call = submit.future(nothing(), timeout=30)
        assert code(call) is grpc.StatusCode.UNAUTHENTICATED
    finally:
        over.set()
    client = guarded.client()
    status = client.call(client.controller.GetStatus, controller.GetStatusRequest())
    assert status.ready


def first(call: Any) -> grpc.StatusCode | None:
    """How a stream of messages ended, or None if a message came first."""
    try:
        return None if next(call) else grpc.StatusCode.OK
    except grpc.RpcError as error:
        status: grpc.StatusCode = error.code()
        return status


def test_not_many_of_them_can_watch_its_health(channel: grpc.Channel) -> None:
    watch: Any = channel.unary_stream("/grpc.health.v1.Health/Watch")
    watching = [watch(b"", timeout=30) for _ in range(MOST_WATCHERS + 1)]
    # Which of them comes last is not said: calls made at once overtake each other.
    ended = [answer for call in watching if (answer := first(call)) is not None]
    assert ended == [grpc.StatusCode.RESOURCE_EXHAUSTED]
    for call in watching:
        call.cancel()
