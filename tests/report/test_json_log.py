import dataclasses
import json
import math

import numpy as np

from support.results import metric, pair, result
from vmafx_core.report import json_log
from vmafx_core.scoring.result import MetricKind, ScoreResult


def text_of(scored: ScoreResult) -> str:
    return "".join(json_log.stream(scored))


def test_the_top_level_is_libvmafs_own_log_of_the_first_pair() -> None:
    first = pair()
    log = json.loads(text_of(result(first, pair("other.mp4", quality=50))))
    assert list(log) == [
        "version",
        "fps",
        "frames",
        "pooled_metrics",
        "aggregate_metrics",
        "vmafx",
    ]
    assert log["version"] == "3.2.0"
    assert log["fps"] == 50.0
    assert log["aggregate_metrics"] == {}
    assert [frame["frameNum"] for frame in log["frames"]] == list(range(100))
    vmaf = first.metrics["vmaf"]
    assert [frame["metrics"]["vmaf"] for frame in log["frames"]] == vmaf.values.tolist()
    assert log["pooled_metrics"]["vmaf"] == {
        "min": vmaf.pooled.min,
        "max": vmaf.pooled.max,
        "mean": vmaf.pooled.mean,
        "harmonic_mean": vmaf.pooled.harmonic_mean,
    }


def test_every_pair_is_complete_under_our_own_key() -> None:
    pairs = (pair(), pair("other.mp4", quality=50))
    ours = json.loads(text_of(result(*pairs)))["vmafx"]
    assert ours["schema_version"] == 1
    assert ours["requirements"] == []
    assert [p["distorted"]["location"] for p in ours["pairs"]] == ["dis.mp4", "other.mp4"]
    for written, scored in zip(ours["pairs"], pairs, strict=True):
        for name, one in scored.metrics.items():
            assert written["metrics"][name]["values"] == one.values.tolist()
            assert written["metrics"][name]["pooled"] == dataclasses.asdict(one.pooled)


def test_no_token_that_json_lacks_is_ever_written() -> None:
    with np.errstate(invalid="ignore"):
        broken = metric("vmaf", MetricKind.MODEL, np.array([math.nan, math.inf, 5.0]))
    text = text_of(result(pair(metrics={"vmaf": broken})))

    def refuse(token: str) -> None:
        raise AssertionError(token)

    log = json.loads(text, parse_constant=refuse)
    assert [frame["metrics"]["vmaf"] for frame in log["frames"]] == [None, None, 5.0]
    assert log["pooled_metrics"]["vmaf"]["mean"] is None


def test_a_frame_takes_one_line_and_an_array_takes_one_line() -> None:
    lines = text_of(result()).splitlines()
    assert sum('"frameNum"' in line for line in lines) == 100
    assert sum('"values": [' in line and line.endswith(("],", "]")) for line in lines) == 5
    assert len(lines) < 300
