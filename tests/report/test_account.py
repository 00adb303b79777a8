import dataclasses
from fractions import Fraction

import pytest

from support.results import pair, video
from vmafx_core.report.account import (
    clock,
    common_lines,
    describe_frames,
    describe_pairing,
    describe_video,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0:00.000"),
        (2.04, "0:02.040"),
        (59.9996, "1:00.000"),
        (3725.5, "1:02:05.500"),
        (-0.04, "-0:00.040"),
    ],
)
def test_times_are_written_as_players_show_them(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_a_video_is_described_by_what_is_known_of_it() -> None:
    full = dataclasses.replace(video("x.mp4"), frame_rate=Fraction(30000, 1001), variable_rate=True)
    assert describe_video(full) == "1920x1080, yuv420p, 29.97 fps (variable), h264, 2500 kb/s"
    bare = dataclasses.replace(full, frame_rate=None, bit_rate=None)
    assert describe_video(bare) == "1920x1080, yuv420p, h264"


@pytest.mark.parametrize(
    ("offset", "source", "text"),
    [
        (0, "none", "by index"),
        (0, "found", "by index, no offset found"),
        (1, "given", "by index, distorted 1 frame later (given)"),
        (-3, "found", "by index, distorted 3 frames earlier (found)"),
    ],
)
def test_the_offset_is_told_with_where_it_came_from(offset: int, source: str, text: str) -> None:
    shifted = dataclasses.replace(pair(), offset=offset, offset_source=source)
    assert describe_pairing(shifted) == text


def test_frames_left_over_are_told() -> None:
    one = pair()
    account = dataclasses.replace(one.frames, distorted_read=103, distorted_left=3)
    assert describe_frames(dataclasses.replace(one, frames=account)) == (
        "100 scored of 100 reference and 103 distorted; 3 distorted left over"
    )


def test_what_all_pairs_share_is_told_apart_from_what_is_their_own() -> None:
    other = dataclasses.replace(pair("b.mp4"), offset=2, offset_source="given")
    shared, own = common_lines([pair(), other])
    assert "pairing" not in dict(shared)
    assert "model" in dict(shared)
    assert own == [
        [("pairing", "by index")],
        [("pairing", "by index, distorted 2 frames later (given)")],
    ]
