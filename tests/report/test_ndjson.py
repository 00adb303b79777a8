import json

import numpy as np

from support.results import pair, result, video
from vmafx_core.errors import InputError
from vmafx_core.notice import warning
from vmafx_core.report import ndjson
from vmafx_core.scoring import requirements
from vmafx_core.scoring.events import Event, Finished, FrameScores, Progress, Started, Told


def test_the_first_line_names_schema_and_version() -> None:
    assert json.loads(ndjson.header_line()) == {
        "event": "schema",
        "schema": "vmafx.score",
        "version": 1,
    }


def test_every_event_is_one_line_of_strict_json_that_begins_with_its_name() -> None:
    one = pair()
    events: dict[str, Event] = {
        "started": Started(
            reference=video("ref.mp4"),
            distorted=(one.distorted,),
            pictures=(one.picture,),
            expected_frames=None,
            threads=2,
        ),
        "notice": Told(warning("scaled", "It was\nscaled."), 0),
        "progress": Progress(frames=10, expected_frames=100, fps=25.0, seconds=0.4),
        "frames": FrameScores(
            pair=0, first=10, times=np.array([0.4]), metrics={"vmaf": np.array([np.nan])}
        ),
        "finished": Finished(result(one)),
    }
    for name, event in events.items():
        line = ndjson.event_line(event)
        assert "\n" not in line
        assert next(iter(json.loads(line).items())) == ("event", name)


def test_frame_scores_are_columns_with_null_for_what_is_no_number() -> None:
    event = FrameScores(
        pair=1, first=250, times=np.array([10.0, 10.04]), metrics={"vmaf": np.array([90.5, np.nan])}
    )
    assert json.loads(ndjson.event_line(event)) == {
        "event": "frames",
        "pair": 1,
        "first": 250,
        "times": [10.0, 10.04],
        "metrics": {"vmaf": [90.5, None]},
    }


def test_the_last_line_has_every_pool_and_no_value_a_frame() -> None:
    scored = result()
    data = json.loads(ndjson.event_line(Finished(scored)))
    written = data["pairs"][0]["metrics"]["vmaf"]
    assert written["pooled"]["p5"] == scored.pairs[0].lead.pooled.p5
    assert "values" not in written
    assert "times" not in data["pairs"][0]


def test_a_failure_is_a_line_with_the_exit_code() -> None:
    line = ndjson.failed_line(InputError("x.mp4 is empty", "Give a video."))
    assert json.loads(line) == {
        "event": "failed",
        "exit_code": 3,
        "message": "x.mp4 is empty",
        "hint": "Give a video.",
    }


def test_requirements_follow_the_result() -> None:
    scored = result()
    outcomes = requirements.check_requirements([requirements.parse_requirement("vmaf>=99")], scored)
    last = json.loads(list(ndjson.stream(scored, outcomes))[-1])
    assert last["event"] == "requirements"
    assert last["met"] is False
    assert last["outcomes"][0]["requirement"]["text"] == "vmaf>=99"
