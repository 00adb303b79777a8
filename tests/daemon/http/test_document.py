"""The OpenAPI document, and whether the daemon does what it says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis

from support.daemon import Daemon
from support.http import done, score_body
from vmafx_daemon.http.reading import read_message
from vmafx_rpc import messages
from vmafx_rpc.plain import plain_message


@pytest.fixture
def document(http: httpx.Client) -> dict[str, Any]:
    made: dict[str, Any] = http.get("/openapi.json").json()
    return made


def test_it_is_valid_and_everything_in_it_is_described(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        assert schema["description"], name
        for field, described in schema["properties"].items():
            assert described["description"], (name, field)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert {"400", "500"} <= operation["responses"].keys()
    text = json.dumps(document)
    used = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used == schemas.keys()


def test_what_is_answered_is_as_it_says(
    document: dict[str, Any], http: httpx.Client, root: Path
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    job = done(http, score_body(root))
    probe = {
        "source": {"location": str(root / "ref.mp4")},
        "setting": {"encoder": "libx264", "quality": 30, "preset": "ultrafast"},
        "measuring": {"models": [{"version": "vmaf_v0.6.1"}], "sampling": {"whole": True}},
    }
    encode = done(http, {"spec": {"encode": probe}})
    pair = {"reference": str(root / "ref.mp4"), "distorted": str(root / "dis.mp4")}
    for operation, answer in (
        ("getJob", http.get(f"/v1/jobs/{job['id']}?result=true")),
        ("getJob", http.get(f"/v1/jobs/{encode['id']}?result=true")),
        ("listJobs", http.get("/v1/jobs")),
        ("cancelJob", http.delete(f"/v1/jobs/{job['id']}")),
        ("listModels", http.get("/v1/models")),
        ("getStatus", http.get("/v1/status")),
        ("getMetrics", http.get("/metrics")),
        ("score", http.post("/v1/score", json=pair)),
        ("probe", http.post("/v1/probe", json={"input": probe["source"]})),
        # Equal pictures have no PSNR, as JSON lacks infinity.
        (
            "score",
            http.post(
                "/v1/score",
                json=pair | {"distorted": pair["reference"], "options": {"feature": ["psnr"]}},
            ),
        ),
    ):
        assert answer.status_code == 200, answer.text
        schema.find_operation_by_id(operation).validate_response(answer)


def test_what_is_answered_of_a_job_can_be_asked_again(http: httpx.Client, root: Path) -> None:
    body = score_body(root, labels={"a": "b"}, timeout=2.5, priority=-1)
    request = read_message(body, messages.controller.SubmitJobRequest)
    assert read_message(plain_message(request), messages.controller.SubmitJobRequest) == request
    job = done(http, body)
    again = done(http, {"spec": job["spec"], "no_cache": True})
    assert again["scores"] == job["scores"]


def test_the_daemon_survives_whatever_the_document_allows_and_forbids(
    daemon: Daemon, tmp_path: Path
) -> None:
    words = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{daemon.url}/openapi.json"),
        *("--phases", "coverage,fuzzing", "--max-examples", "5", "--seed", "1"),
        *("--generation-database", "none", "--no-color", "--request-timeout", "20"),
        # It does not end; and what is rightly formed may still name what is not there.
        *("--exclude-operation-id", "watchJobs"),
        *("--exclude-checks", "positive_data_acceptance"),
    ]
    done_ = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done_.returncode == 0, done_.stdout
    assert not [event for event in daemon.log() if event["level"] == "error"]
