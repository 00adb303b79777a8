"""Streams that do not keep to the order, or to what they said."""

from typing import Any

import grpc
import pytest

from support.daemon import Daemon
from support.streams import Request, Talk, config, frames, made_pairs
from vmafx_rpc.messages import controller, scoring, task
from vmafx_rpc.stubs.vmafx.v1.scoring_pb2_grpc import VmafxScoringStub

PAIRS = made_pairs(3)
REFERENCE, DISTORTED = PAIRS[0]


def framed(index: int, reference: bytes = REFERENCE, distorted: bytes = DISTORTED) -> Request:
    (request,) = frames([(reference, distorted)], index)
    return request


NOTHING = Request()
CHUNK = Request(chunk=scoring.Chunk(input=0, data=b"abc"))
TASK = Request(task=task.ScoreTask())


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ([], "begins with nothing"),
        ([NOTHING], "begins with an empty message"),
        ([framed(0)], "begins with frame_pair"),
        ([CHUNK], "begins with chunk"),
        ([config()], "no frame pair was sent"),
        ([config(), config()], "after config came config"),
        ([config(), framed(0), config()], "after config came config"),
        ([config(), framed(0), NOTHING], "after config came an empty message"),
        ([config(), framed(0), TASK], "after config came task"),
        ([config(), framed(0), CHUNK], "after config came chunk"),
        ([config(), framed(1)], "frame_index is 1, not 0"),
        ([config(), framed(-1)], "frame_index is -1, not 0"),
        ([config(), framed(0), framed(0)], "frame_index is 0, not 1"),
        ([config(), framed(0), framed(2)], "frame_index is 2, not 1"),
        ([config(), framed(0), framed((1 << 63) - 1)], "frame_index is 9223372036854775807"),
        ([config(), framed(0, b"")], "raw_reference has 0 bytes, not 28800"),
        ([config(), framed(0), framed(1, REFERENCE, b"abc")], "raw_distorted has 3 bytes"),
        ([config(), framed(0, REFERENCE + b"x")], "raw_reference has 28801 bytes"),
        ([config(pixel_format=4), framed(0)], "raw_reference has 28800 bytes, not 57600"),
        ([config(width=0)], "0x120"),
        ([config(width=0, height=0)], "0x0"),
        ([config(height=-1)], "160x-1"),
        ([config(width=100_000, height=100_000)], "100000x100000"),
        ([config(pixel_format=77)], "pixel_format is 77"),
        ([config(model="vmaf_v9")], "vmaf_v9"),
        ([config(options={"feature": ["psmr"]})], "psmr"),
        ([config(options={"subsample": 5})], "subsample"),
        ([config(options={"bitdepth": 9})], "bitdepth is 9"),
        ([config(options={"threads": 1000})], "threads is 1000"),
        ([config(options={"frame_cnt": 0})], "frames is 0"),
        ([config(options={"feature": ["psnr"] * 1000})], "1000 features"),
        ([config(frame_rate={"numerator": 25})], "25/0"),
        ([config(frame_rate={"numerator": 1, "denominator": 1 << 62})], "frame_rate"),
        ([config(model=f"vmaf_{'9' * 20_000}")], "unknown model"),
    ],
)  # fmt: skip
def test_what_is_not_in_order_is_a_wrong_request_that_says_why(
    daemon: Daemon, said: list[Request], complaint: str
) -> None:
    talk = Talk(daemon.client(remote=True), *said)
    if not said or said[-1].HasField("config"):
        talk.end()
    code, error = talk.failure()
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert complaint in error.message
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({"width": 16_384, "height": 16_384}, "at most 67108864 samples"),
        ({"width": 8192, "height": 8192, "pixel_format": 12}, "at most 256 MiB"),
    ],
)
def test_pictures_over_a_limit_are_refused_by_its_name(
    daemon: Daemon, fields: dict[str, int], limit: str
) -> None:
    code, error = Talk(daemon.client(remote=True), config(**fields)).failure()
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert limit in error.hint


def test_only_pictures_and_pieces_of_videos_may_be_long(daemon: Daemon) -> None:
    filled = scoring.FilledSlots(slots=[0] * (5 << 20))  # of which each takes a byte
    client = daemon.client(remote=True)
    code, error = Talk(client, config(shared_memory=True), Request(filled=filled)).failure()
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "more than 4 MiB" in error.message
    listing = controller.ListJobsRequest(page_token="x" * (5 << 20))
    with pytest.raises(grpc.RpcError) as refused:
        client.controller.ListJobs(listing)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_message_over_the_limit_ends_its_stream_alone(daemon: Daemon) -> None:
    beside = Talk(daemon.client(remote=True), config(), framed(0))
    unbounded = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(daemon.addresses[1], unbounded) as channel:
        stub: Any = VmafxScoringStub(channel)  # type: ignore[no-untyped-call]
        said = iter([config(), framed(0, bytes(257 << 20))])
        with pytest.raises(grpc.RpcError) as refused:
            list(stub.ScoreStream(said))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max" in refused.value.details()
    assert beside.answers()[-1].aggregate.frames_processed == 1
