"""Scoring a pair and waiting for it."""

import json
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx

from support.daemon import Daemon, running
from support.data import program
from support.http import standing_still
from vmafx_rpc.messages import scoring


def pair(root: Path, **options: Any) -> dict[str, Any]:
    return {
        "reference": str(root / "ref.mp4"),
        "distorted": str(root / "dis.mp4"),
        "options": options,
    }


def test_one_line_of_curl_scores_a_pair_as_grpc_does(daemon: Daemon, root: Path) -> None:
    body = json.dumps(pair(root) | {"options": None})
    words = [program("curl"), "--silent", "--fail", f"{daemon.url}/v1/score", "-d", body]
    said = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    client = daemon.client()
    request = scoring.ScoreRequest(reference=str(root / "ref.mp4"), distorted=str(root / "dis.mp4"))
    same = client.call(client.scoring.Score, request)
    assert said["score"] == same.score
    assert said["features"] == dict(same.features)
    assert said["provenance"]["frames"] == 10
    assert said["provenance"]["model"] == "vmaf_v0.6.1"


def test_options_say_how(http: httpx.Client, root: Path) -> None:
    answer = http.post("/v1/score", json=pair(root, feature=["psnr"], no_prediction=True))
    assert "vmaf" not in answer.json()["features"]
    assert answer.json()["features"]["psnr_y"] == answer.json()["score"]
    answer = http.post("/v1/score", json=pair(root, frame_cnt=3, no_cache=True))
    assert answer.json()["provenance"]["frames"] == 3


def test_what_fails_is_told_in_the_words_of_the_request(
    http: httpx.Client, root: Path, daemon: Daemon
) -> None:
    (root / "broken.mp4").write_bytes(b"no video")
    body = pair(root) | {"distorted": str(root / "broken.mp4")}
    answer = http.post("/v1/score", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["class"] == "InputError"
    assert body["distorted"] in answer.json()["message"]
    assert str(daemon.state) not in answer.text


def test_a_client_that_goes_away_cancels(daemon: Daemon, http: httpx.Client, root: Path) -> None:
    def newest() -> dict[str, Any]:
        job: dict[str, Any] = http.get("/v1/jobs", params={"page_size": 1}).json()["jobs"][0]
        return job

    with standing_still(daemon, http, root):
        before, body = newest(), json.dumps(pair(root, no_cache=True))
        until = time.monotonic() + 40
        with closing(HTTPConnection(http.base_url.netloc.decode())) as client:
            client.request("POST", "/v1/score", body)
            while newest()["id"] == before["id"]:
                assert time.monotonic() < until, "there is no job"
                time.sleep(0.02)
        while newest()["state"] != "cancelled":
            assert time.monotonic() < until, "the job goes on"
            time.sleep(0.02)


def test_whoever_waits_is_told_that_the_daemon_stops(root: Path, tmp_path: Path) -> None:
    with (
        running(tmp_path / "state", "--root", root, "--drain", "0") as daemon,
        httpx.Client(base_url=daemon.url, timeout=60) as http,
        ThreadPoolExecutor(1) as pool,
    ):
        with standing_still(daemon, http, root):
            answer = pool.submit(http.post, "/v1/score", json=pair(root, no_cache=True))
            while not http.get("/v1/jobs", params={"state": "running"}).json()["jobs"]:
                time.sleep(0.02)
            daemon.signal(signal.SIGTERM)
            assert answer.result(60).status_code == 503
            assert answer.result().json()["message"] == "the server is stopping"
        assert daemon.wait() == 0
