"""Requests that no well-behaved client sends."""

from pathlib import Path

import grpc
import pytest

from support.daemon import Daemon
from support.nonsense import Nonsense
from support.submissions import done, score_of
from vmafx_core.errors import UsageError
from vmafx_daemon.errors import DeniedError
from vmafx_rpc import jobs
from vmafx_rpc.client import Client
from vmafx_rpc.messages import controller, scoring

CONTROLLER = controller.DESCRIPTOR.services_by_name["VmafxController"]
SCORING = scoring.DESCRIPTOR.services_by_name["VmafxScoring"]
# What a client may be told of a bad request; INTERNAL and UNKNOWN are the server's own faults.
TOLD = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
}


def faults(daemon: Daemon) -> list[object]:
    """What it logged as its own faults."""
    return [event for event in daemon.log() if event["level"] == "error"]


def say(
    client: Client, service: str, method: str, data: bytes, seconds: float = 5
) -> grpc.StatusCode:
    """Send bytes to a method, whatever they are; how that ended."""
    call = client._channel.stream_stream(f"/{service}/{method}")  # the channel of all stubs
    answers = call(iter([data]), timeout=seconds)
    try:
        for _ in answers:
            break
    except grpc.RpcError as error:
        code: grpc.StatusCode = error.code()
        return code
    answers.cancel()
    return grpc.StatusCode.OK


@pytest.mark.parametrize(
    "data", [b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x0b", b"\x0a\x02\x08", b"\x80" * 20]
)
def test_bytes_that_are_no_message_are_refused_as_such(daemon: Daemon, data: bytes) -> None:
    client = daemon.client(remote=True)
    for service, method in (
        (CONTROLLER.full_name, "SubmitJob"),
        (CONTROLLER.full_name, "WatchJob"),
        (SCORING.full_name, "ScoreStream"),
    ):
        assert say(client, service, method, data) is grpc.StatusCode.INVALID_ARGUMENT


def test_a_long_error_fits_into_what_clients_take_of_one(daemon: Daemon, root: Path) -> None:
    client = daemon.client(remote=True)
    with pytest.raises(DeniedError, match="is in no folder that may be read here"):
        jobs.submit(client, score_of(f"/{'é' * 4000}", root / "dis.mp4"))
    with pytest.raises(UsageError, match="unknown model"):
        jobs.submit(client, score_of("/a", "/b", models=[{"version": "v" * 500_000}]))


@pytest.mark.parametrize("method", [m.name for m in CONTROLLER.methods])
def test_the_controller_survives_random_messages(daemon: Daemon, method: str) -> None:
    client, nonsense = daemon.client(remote=True), Nonsense(7)
    takes = CONTROLLER.methods_by_name[method].input_type
    for _ in range(20):
        whole = nonsense.message(takes).SerializeToString()
        for data in (whole, nonsense.damaged(whole)):
            # Watching lasts as long as its client wants.
            assert say(client, CONTROLLER.full_name, method, data, seconds=0.1) in TOLD
    assert not faults(daemon)


@pytest.mark.parametrize("method", [m.name for m in SCORING.methods])
def test_scoring_survives_random_messages(daemon: Daemon, method: str) -> None:
    client, nonsense = daemon.client(remote=True), Nonsense(11)
    takes = SCORING.methods_by_name[method].input_type
    for _ in range(40):
        whole = nonsense.message(takes).SerializeToString()
        for data in (whole, nonsense.damaged(whole)):
            assert say(client, SCORING.full_name, method, data) in TOLD
    assert not faults(daemon)


@pytest.mark.parametrize("seed", range(2))
def test_jobs_with_one_odd_field_end_in_a_plain_error_or_well(
    daemon: Daemon, root: Path, seed: int
) -> None:
    client, nonsense = daemon.client(remote=True), Nonsense(seed)
    good = score_of(
        root / "ref.mp4",
        root / "dis.mp4",
        features=[{"name": "psnr"}],
        sync={"auto": True, "window": 0.1},
        size={"width": 160, "height": 120},
    )
    ended_so = set()
    for _ in range(40):
        request = nonsense.altered(good)
        request.no_cache, request.idempotency_key = False, ""
        try:
            job = done(client, request)
        except (UsageError, DeniedError):
            continue
        ended_so.add(job.state)
        assert "internal" not in job.error.message
        assert job.error.error_class != "WorkError", job.error
    assert controller.JOB_STATE_COMPLETED in ended_so
    assert not faults(daemon)
    assert done(client, good).state == controller.JOB_STATE_COMPLETED
