"""Frame pairs are read and written as any reader and writer of messages would do it."""

import random

import numpy as np
import pytest
from google.protobuf.message import DecodeError

from support.nonsense import Nonsense
from vmafx_rpc.frame_pairs import FramePair, is_bulk, read_request, write_pair
from vmafx_rpc.messages import scoring


def plainly(data: bytes) -> object:
    """What a general reader makes of it; None where it is no message."""
    try:
        request = scoring.ScoreStreamRequest.FromString(data)
    except DecodeError:
        return None
    pair = request.frame_pair
    if request.WhichOneof("message") == "frame_pair":
        return pair.frame_index, pair.raw_reference, pair.raw_distorted
    return request


def read(data: bytes) -> object:
    try:
        request = read_request(data)
    except DecodeError:
        return None
    if isinstance(request, FramePair):
        pictures = request.raw_reference, request.raw_distorted
        return request.frame_index, *map(bytes, pictures)
    return request


@pytest.mark.parametrize("index", [0, 1, 127, 128, 300, (1 << 63) - 1, -1])
@pytest.mark.parametrize("sizes", [(0, 0), (1, 0), (0, 1), (127, 128), (20_000, 3)])
def test_pairs_are_read_whatever_their_index_and_their_sizes(
    index: int, sizes: tuple[int, int]
) -> None:
    pictures = [random.Random(size).randbytes(size) for size in sizes]
    pair = scoring.FramePair(
        frame_index=index, raw_reference=pictures[0], raw_distorted=pictures[1]
    )
    data = scoring.ScoreStreamRequest(frame_pair=pair).SerializeToString()
    assert read(data) == (index, *pictures)
    if index >= 0:
        assert read(write_pair(FramePair(index, pictures[0], pictures[1]))) == (index, *pictures)


def test_damaged_pairs_are_read_likewise() -> None:
    nonsense, chance = Nonsense(3), random.Random(5)
    pair = scoring.FramePair(frame_index=77, raw_reference=b"r" * 9, raw_distorted=b"d" * 200)
    whole = scoring.ScoreStreamRequest(frame_pair=pair).SerializeToString()
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 2)):
            damaged[chance.randrange(18)] = chance.randrange(256)
        for data in (
            bytes(damaged),
            nonsense.damaged(whole),
            whole[: chance.randrange(len(whole))],
        ):
            assert read(data) == plainly(data)
    for data in (b"", whole + whole, whole + b"\x1a\x00", whole + b"x"):
        assert read(data) == plainly(data)


def test_only_one_pair_or_one_chunk_may_be_long() -> None:
    pair = write_pair(FramePair(0, b"abc", b"def"))
    without_index = scoring.ScoreStreamRequest(frame_pair=scoring.FramePair(raw_reference=b"abc"))
    chunk = scoring.ScoreStreamRequest(chunk=scoring.Chunk(data=b"abc"))
    bulk = [pair, without_index.SerializeToString(), chunk.SerializeToString()]
    assert all(map(is_bulk, bulk))
    filled = scoring.ScoreStreamRequest(filled=scoring.FilledSlots(slots=[1, 2]))
    config = scoring.ScoreStreamRequest(config=scoring.StreamConfig(model="x"))
    others = [filled.SerializeToString(), config.SerializeToString()]
    broken = [b"", b"\x12", bulk[0][:-1], *(each + other for each in bulk for other in others)]
    assert not any(map(is_bulk, others + broken))


def test_pictures_are_written_whatever_holds_them() -> None:
    array = np.arange(12, dtype=np.uint16).reshape(2, 6)
    for held in (array, array[:, ::2], array.T, np.asfortranarray(array), array[:, :0]):
        data = write_pair(FramePair(300, held, memoryview(bytearray(b"abc"))))
        assert plainly(data) == (300, held.tobytes(), b"abc")
