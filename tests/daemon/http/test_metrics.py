"""What Prometheus is told."""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from support.daemon import Daemon
from support.data import ROOT
from support.http import done, score_body
from vmafx_rpc.messages import controller

_GUIDE = (ROOT / "docs" / "daemon.md").read_text()

type Sample = tuple[str, frozenset[tuple[str, str]]]


def told(http: httpx.Client) -> Mapping[Sample, float]:
    """All samples, by their name and labels."""
    text = http.get("/metrics").text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def rise(
    before: Mapping[Sample, float], after: Mapping[Sample, float], name: str, **labels: str
) -> float:
    """By how much a sample has risen."""
    key = (name, frozenset(labels.items()))
    return after[key] - before.get(key, 0.0)


def told_at_rest(http: httpx.Client) -> Mapping[Sample, float]:
    """All samples, once no job of another test waits or runs any more."""
    until = time.monotonic() + 60
    while True:
        samples = told(http)
        if not any(
            samples[f"vmafx_controller_jobs_{state}", frozenset()]
            for state in ("pending", "running")
        ):
            return samples
        assert time.monotonic() < until, "the jobs of other tests do not end"
        time.sleep(0.05)


def test_jobs_are_counted_and_measured(http: httpx.Client, root: Path) -> None:
    (root / "bad.mp4").write_bytes(b"no video")
    before = told_at_rest(http)
    assert done(http, score_body(root))["state"] == "completed"
    assert done(http, score_body(root, "bad.mp4"))["state"] == "failed"
    after = told(http)
    for outcome in ("completed", "failed"):
        assert rise(before, after, f"vmafx_controller_jobs_{outcome}_total") == 1
        name = "vmafx_controller_job_duration_seconds_count"
        assert rise(before, after, name, outcome=outcome) == 1
    assert rise(before, after, "vmafx_controller_jobs_submitted_total") == 2
    assert rise(before, after, "vmafx_controller_job_queue_wait_seconds_count") == 2
    assert rise(before, after, "vmafx_frames_scored_total") == 10
    assert rise(before, after, "vmafx_quality_score_count", model="vmaf_v0.6.1") == 1
    for name, value in (("pending", 0), ("running", 0)):
        assert after[f"vmafx_controller_jobs_{name}", frozenset()] == value
    assert after["vmafx_controller_queue_oldest_job_age_seconds", frozenset()] == 0
    assert after["vmafx_ready", frozenset()] == 1


def test_requests_of_both_doors_are_counted_by_what_they_ask(
    daemon: Daemon, http: httpx.Client
) -> None:
    before = told(http)
    http.get("/v1/jobs/none")
    http.get("/v1/jobs/none-either")
    http.post("/v1/score", content=b"{")
    for path in ("/a", "/b/c", "/%00"):
        http.get(path)
    client = daemon.client()
    client.call(client.controller.ListModels, controller.ListModelsRequest())
    after = told(http)
    requests = "vmafx_requests_total"
    shown = {"door": "http", "operation": "GET /v1/jobs/{id}", "code": "404"}
    assert rise(before, after, requests, **shown) == 2
    other = {"door": "http", "operation": "other", "code": "404"}
    assert rise(before, after, requests, **other) == 3
    listed = "/vmafx.controller.v1.VmafxController/ListModels"
    assert rise(before, after, requests, door="grpc", operation=listed, code="OK") == 1
    assert rise(before, after, "vmafx_server_score_requests_total") == 1
    assert rise(before, after, "vmafx_server_score_errors_total") == 1
    assert rise(before, after, "vmafx_server_score_duration_seconds_count") == 1


def named(pattern: str) -> Iterator[str]:
    """The names that a word such as "jobs_{pending,running}" stands for."""
    before, brace, rest = pattern.partition("{")
    inner, _, behind = rest.partition("}")
    for word in inner.split(","):
        yield from named(f"{before}{word}{behind}") if brace else [before]


def test_the_guide_names_all_metrics_and_no_others(http: httpx.Client) -> None:
    section = _GUIDE.partition("## Metrics")[2].partition("##")[0]
    guided = {
        name for pattern in re.findall(r"`(vmafx_[^`]+)`", section) for name in named(pattern)
    }
    types = re.findall(r"^# TYPE (vmafx_\S+)", http.get("/metrics").text, re.MULTILINE)
    assert guided == set(types)
