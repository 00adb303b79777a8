import json
import math
from fractions import Fraction

import numpy as np
import pytest

from support.results import pair, result
from vmafx_core.report.naming import short_names
from vmafx_core.report.plain import plain, plain_result


def test_a_result_becomes_strict_json_with_the_fields_of_the_dataclasses() -> None:
    data = plain_result(result(), frames=True)
    text = json.dumps(plain(data), allow_nan=False)
    assert json.loads(text) == plain(data)
    first = data["pairs"][0]
    assert first["distorted"]["frame_rate"] == "25/1"
    assert first["picture"] == {"width": 1920, "height": 1080, "chroma": "4:2:0", "depth": 8}
    assert first["models"][0]["overrides"] == {"adm.adm_enhn_gain_limit": "1.2"}
    assert len(first["times"]) == len(first["metrics"]["vmaf"]["values"]) == 100


def test_without_frames_the_values_a_frame_are_left_out_and_the_pools_stay() -> None:
    one = pair()
    data = plain_result(result(one), frames=False)["pairs"][0]
    assert "times" not in data
    assert data["metrics"]["vmaf"] == {
        "kind": "model",
        "pooled": plain(one.metrics["vmaf"].pooled),
    }


def test_numbers_that_json_lacks_become_none() -> None:
    assert plain(np.array([1.5, math.nan, math.inf])) == [1.5, None, None]
    assert plain({"a": -math.inf, "b": Fraction(30000, 1001)}) == {"a": None, "b": "30000/1001"}


def test_file_names_that_are_not_utf8_stay_readable() -> None:
    assert plain("caf\udce9.mp4") == "caf\N{REPLACEMENT CHARACTER}.mp4"


@pytest.mark.parametrize(
    ("locations", "names"),
    [
        (["a/x.mp4", "a/y.mp4"], ["x.mp4", "y.mp4"]),
        (["a/x.mp4", "b/x.mp4", "b/y.mp4"], ["a/x.mp4", "b/x.mp4", "y.mp4"]),
        (["https://cdn.example/v/x.mp4?token=secret"], ["x.mp4"]),
        (["https://cdn.example/"], ["https://cdn.example/"]),
        (["https://me:pw@cdn.example/?token=secret"], ["https://***@cdn.example/?***"]),
        (["-"], ["stdin"]),
    ],
)
def test_videos_are_called_by_the_shortest_name_that_tells_them_apart(
    locations: list[str], names: list[str]
) -> None:
    assert short_names(locations) == names
