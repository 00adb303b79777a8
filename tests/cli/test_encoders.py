"""`vmafx encoders`."""

import json

import pytest

from support.cli import InProcess


def test_encoders_that_work_are_listed_with_their_knobs(run: InProcess) -> None:
    ended = run("encoders")
    assert ended.code == 0
    assert "libx264" in ended.out
    assert "crf 1-51" in ended.out


@pytest.mark.parametrize("name", ["libx264", "h264_nvenc"])
def test_programs_learn_whether_an_encoder_works(run: InProcess, name: str) -> None:
    document = json.loads(run("encoders", "--format", "json").out)
    row = next(e for e in document["encoders"] if e["name"] == name)
    assert row["usable"] is (row["unusable_because"] == "")
    assert row["knob"]["name"]
