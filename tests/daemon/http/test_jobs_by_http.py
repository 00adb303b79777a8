"""Jobs, submitted, looked at and changed by HTTP."""

from pathlib import Path

import httpx

from support.daemon import Daemon
from support.http import done, score_body, standing_still, submit, watched
from vmafx_rpc import jobs
from vmafx_rpc.plain import plain_message


def test_a_job_is_stored_run_and_shown_as_grpc_shows_it(
    daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    answer = http.post("/v1/jobs", json=score_body(root, labels={"title": "a"}, priority=3))
    assert answer.status_code == 201
    job_id = answer.json()["job_id"]
    assert answer.json()["existing"] is False
    watched(http, job_id)
    shown = http.get(answer.headers["location"]).json()
    assert (shown["state"], shown["labels"], shown["priority"]) == ("completed", {"title": "a"}, 3)
    assert shown["result"] is None
    whole = http.get(f"/v1/jobs/{job_id}", params={"result": "true"}).json()
    assert whole == plain_message(jobs.get(daemon.client(), job_id, with_result=True))
    assert len(whole["result"]["score"]["pairs"][0]["metrics"][0]["values"]) == 10


def test_an_encode_is_a_job_too(http: httpx.Client, root: Path) -> None:
    task = {
        "source": {"location": str(root / "ref.mp4")},
        "setting": {"encoder": "libx264", "quality": 30, "preset": "ultrafast"},
        "measuring": {"models": [{"version": "vmaf_v0.6.1"}], "sampling": {"whole": True}},
    }
    job = done(http, {"spec": {"encode": task}, "timeout": 60})
    assert job["state"] == "completed", job
    assert job["timeout"] == 60
    assert job["result"]["encode"]["frames"] == 10


def test_the_same_key_gives_the_same_job(http: httpx.Client, root: Path) -> None:
    body = score_body(root, idempotency_key="k1")
    first, second = (http.post("/v1/jobs", json=body) for _ in range(2))
    assert first.json()["job_id"] == second.json()["job_id"]
    assert second.json()["existing"] is True
    watched(http, first.json()["job_id"])


def test_the_list_is_filtered_and_comes_in_pages(http: httpx.Client, root: Path) -> None:
    made = [
        done(http, score_body(root, labels={"list": "x", "n": str(n)}))["id"] for n in (1, 2, 3)
    ]
    found, token = [], ""
    while True:
        query = {"label": "list=x", "state": "completed", "page_size": "2", "page_token": token}
        page = http.get("/v1/jobs", params=query).json()
        found.append([job["id"] for job in page["jobs"]])
        if not (token := page["next_page_token"]):
            break
    assert found == [[made[2], made[1]], [made[0]]]
    both = http.get("/v1/jobs", params={"label": ["list=x", "n=2"]}).json()["jobs"]
    assert [job["id"] for job in both] == [made[1]]
    none = http.get("/v1/jobs", params={"label": "list=x", "state": ["failed", "cancelled"]})
    assert none.json()["jobs"] == []
    assert http.get("/v1/jobs", params={"page_size": "1001"}).status_code == 422
    assert http.get("/v1/jobs", params={"label": "list"}).status_code == 422


def test_a_cancelled_job_can_be_queued_again(
    daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    with standing_still(daemon, http, root):
        job_id = submit(http, score_body(root))
        gone = http.delete(f"/v1/jobs/{job_id}")
        assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
        assert http.delete(f"/v1/jobs/{job_id}").json()["state"] == "cancelled"
    again = http.post(f"/v1/jobs/{job_id}/retry")
    assert again.status_code == 200
    assert again.json()["state"] in {"pending", "running"}
    assert watched(http, job_id)[-1][1]["result"]["score"]
    answer = http.post(f"/v1/jobs/{job_id}/retry")
    assert answer.status_code == 422
    assert "is completed" in answer.json()["message"]


def test_jobs_that_are_not_there_are_not_found(http: httpx.Client) -> None:
    for method, path in (
        ("GET", "/v1/jobs/none"),
        ("DELETE", "/v1/jobs/none"),
        ("POST", "/v1/jobs/none/retry"),
        ("GET", "/v1/jobs/none/events"),
        ("GET", "/v1/jobs/%2e%2e%2fetc"),
        ("GET", "/v1/jobs/"),
        ("GET", "/nothing"),
    ):
        answer = http.request(method, path)
        assert answer.status_code == 404, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 404


def test_files_elsewhere_are_refused(http: httpx.Client, root: Path, tmp_path: Path) -> None:
    for place in (tmp_path / "x.mp4", "/etc/passwd", f"file://{root}/ref.mp4", "http://10.0.0.1/x"):
        body = score_body(root)
        body["spec"]["score"]["reference"]["location"] = str(place)
        answer = http.post("/v1/jobs", json=body)
        assert answer.status_code == 403, answer.text
        assert answer.json()["class"] == "DeniedError"
