"""What a video is, asked of a real daemon by both doors."""

from pathlib import Path

import httpx
import pytest

from support.daemon import Daemon
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.probe import probe
from vmafx_core.testing import write_clip
from vmafx_daemon.errors import DeniedError
from vmafx_rpc import messages
from vmafx_rpc.convert import to_message
from vmafx_rpc.plain import plain_message
from vmafx_rpc.probe import probe_there


def asked(path: Path, **more: object) -> dict[str, object]:
    return {"input": {"location": str(path), **more}}


def test_both_doors_say_what_is_said_here(daemon: Daemon, http: httpx.Client, root: Path) -> None:
    spec = InputSpec(location=str(root / "ref.mp4"), start=0.2, confined=True)
    here = probe(spec)
    answer = http.post("/v1/probe", json=asked(root / "ref.mp4", start=0.2))
    assert answer.status_code == 200, answer.text
    assert answer.json() == plain_message(to_message(here, messages.result.Probe))
    assert probe_there(daemon.client(remote=True), spec) == here
    assert probe_there(daemon.client(), spec) == here


def test_nothing_outside_the_roots_is_looked_at(
    daemon: Daemon, http: httpx.Client, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=2)
    answer = http.post("/v1/probe", json=asked(clip))
    assert answer.status_code == 403
    assert answer.json()["class"] == "DeniedError"
    request = messages.controller.ProbeRequest(input=messages.task.Input(location=str(clip)))
    client = daemon.client(remote=True)
    with pytest.raises(Exception, match="is in no folder that may be read here") as refused:
        client.call(client.controller.Probe, request)
    assert refused.type is DeniedError
    assert probe_there(daemon.client(), InputSpec(location=str(clip))).info.width == 320


def test_what_leads_to_other_files_is_not_followed(http: httpx.Client, root: Path) -> None:
    listed = root / "list.ffconcat"
    listed.write_text("ffconcat version 1.0\nfile /etc/hostname\n")
    answer = http.post("/v1/probe", json=asked(listed))
    assert answer.status_code == 422
    assert answer.json()["class"] == "InputError"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "input names no video"),
        ({"input": {"location": "ref.mp4"}}, "is neither an absolute path nor a URL"),
        ({"input": {"location": "/a", "skip": -1}}, "input.skip is -1"),
    ],
)
def test_wrong_requests_are_told_what_is_wrong(
    http: httpx.Client, body: dict[str, object], said: str
) -> None:
    answer = http.post("/v1/probe", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["message"]


def test_probes_are_counted_and_logged(daemon: Daemon, http: httpx.Client, root: Path) -> None:
    def counted() -> float:
        series = 'vmafx_requests_total{code="200",door="http",operation="POST /v1/probe"}'
        lines = http.get("/metrics").text.splitlines()
        found = [line.rpartition(" ")[2] for line in lines if line.startswith(series)]
        return float(found[0]) if found else 0.0

    before = counted()
    http.post("/v1/probe", json=asked(root / "ref.mp4"), headers={"X-Request-Id": "look-1"})
    assert counted() == before + 1
    (event,) = (each for each in daemon.log() if each.get("request_id") == "look-1")
    assert (event["method"], event["status"]) == ("POST /v1/probe", 200)
