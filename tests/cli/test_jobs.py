import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support import results
from support.cli import InProcess
from support.stub_daemon import Job, JobEvent, StubDaemon, serving, watched
from vmafx_cli.rendering.jobs import state_line
from vmafx_core.errors import InputError
from vmafx_rpc import jobs, messages
from vmafx_rpc.convert import to_message
from vmafx_rpc.failures import error_to_message

RESULT = results.result()
STOPPED = InputError("that is all")


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubDaemon]:
    """A daemon that is found by the environment."""
    stub = StubDaemon()
    with serving(stub) as address:
        monkeypatch.setenv("VMAFX_CONTROLLER", str(address))
        yield stub


def scored(job_id: str = "4f2a91", state: messages.controller.JobState = jobs.COMPLETED) -> Job:
    job = Job(id=job_id, state=state, attempts=1, max_attempts=3, labels={"title": "heron"})
    job.spec.score.reference.location = "/media/ref.mp4"
    job.spec.score.distorted.add().location = "/media/dis.mp4"
    job.spec.score.models.add().version = "vmaf_v0.6.1"
    job.created_at.FromJsonString("2026-01-02T03:04:05Z")
    if state == jobs.COMPLETED:
        job.scores.append(RESULT.pairs[0].lead.pooled.mean)
    return job


def answers(stub: StubDaemon, job: Job) -> None:
    """Let the daemon have this job."""
    stub.answers["GetJob"] = [messages.controller.GetJobResponse(job=job)]
    stub.answers["ListJobs"] = [messages.controller.ListJobsResponse(jobs=[job])]


def test_a_submitted_job_is_told_by_its_id(
    run: InProcess, stub: StubDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stub.answers["SubmitJob"] = [messages.controller.SubmitJobResponse(job_id="4f2a91")]
    ended = run(
        "jobs", "submit", "ref.mp4", "dis.mp4", "--priority", 5, "--label", "title=heron",
        "--timeout", 90, "--attempts", 2, "--key", "k1", "--no-cache", "-f", "psnr",
    )  # fmt: skip
    assert (ended.code, ended.out, ended.err) == (0, "4f2a91\n", "")
    (asked,) = stub.asked
    assert asked.spec.score.reference.location == str(tmp_path / "ref.mp4")
    assert [feature.name for feature in asked.spec.score.features] == ["psnr"]
    assert (asked.priority, asked.max_attempts, asked.timeout.seconds) == (5, 2, 90)
    assert (asked.idempotency_key, asked.no_cache) == ("k1", True)
    assert dict(asked.labels) == {"title": "heron"}


def test_a_pipe_cannot_be_queued(run: InProcess, stub: StubDaemon, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    ended = run("jobs", "submit", "ref.mp4", pipe)
    assert ended.code == 2
    assert "cannot wait in a queue" in ended.err
    assert not stub.asked


def test_jobs_are_listed_for_people_and_for_programs(run: InProcess, stub: StubDaemon) -> None:
    answers(stub, scored())
    table = run("jobs", "list", "--state", "completed", "--label", "title=heron", columns=100)
    for word in ["4f2a91", "completed", "ref.mp4: dis.mp4"]:
        assert word in table.out
    (asked,) = stub.asked
    assert list(asked.states) == [jobs.COMPLETED]
    assert dict(asked.labels) == {"title": "heron"}
    document: Any = json.loads(run("jobs", "list", "--format", "json").out)
    (job,) = document["jobs"]
    assert (job["id"], job["state"], job["labels"]) == ("4f2a91", "completed", {"title": "heron"})
    assert job["created_at"] == "2026-01-02T03:04:05.000+00:00"
    assert job["error"] is None


@pytest.mark.parametrize(
    ("words", "said"), [([], "no jobs yet"), (["--state", "failed"], "no such jobs")]
)
def test_a_list_of_no_jobs_says_so(
    run: InProcess, stub: StubDaemon, words: list[str], said: str
) -> None:
    stub.answers["ListJobs"] = [messages.controller.ListJobsResponse()]
    ended = run("jobs", "list", *words)
    assert (ended.code, ended.out, ended.err) == (0, "", f"vmafx: {said}\n")


def test_the_secrets_of_a_url_are_not_listed(run: InProcess, stub: StubDaemon) -> None:
    job = scored()
    job.spec.score.distorted[0].location = "https://me:pass@cdn.example/b.mp4?key=secret"
    answers(stub, job)
    for words in (["list"], ["list", "--format", "json"], ["show", "4f2a91", "--format", "json"]):
        printed = run("jobs", *words).out
        assert "b.mp4" in printed
        assert "secret" not in printed
        assert "pass" not in printed


def test_a_job_is_shown_with_its_result(run: InProcess, stub: StubDaemon) -> None:
    job = scored()
    job.result.score.CopyFrom(to_message(RESULT, messages.result.ScoreResult))
    answers(stub, job)
    shown = run("jobs", "show", "4f2a91")
    for word in ["4f2a91", "title=heron", "1 of 3", "vmaf", "What was done"]:
        assert word in shown.out
    document: Any = json.loads(run("jobs", "show", "4f2a91", "--format", "json").out)["job"]
    pooled = document["result"]["score"]["pairs"][0]["metrics"]["vmaf"]["pooled"]
    assert pooled["mean"] == RESULT.pairs[0].lead.pooled.mean


def test_a_watched_job_ends_as_its_score_would_have(run: InProcess, stub: StubDaemon) -> None:
    answers(stub, scored())
    said = to_message(RESULT, messages.result.ScoreResult)
    stub.answers["WatchJob"] = [
        watched(JobEvent(number=1, result=messages.controller.JobResult(score=said)))
    ]
    ended = run("jobs", "watch", "4f2a91", "--format", "json", "--require", "vmaf>=99")
    assert ended.code == 1
    assert "pooled_metrics" in json.loads(ended.out)
    error = error_to_message(InputError("/media/dis.mp4: no such file"))
    failed = JobEvent(number=1, state=Job(id="4f2a91", state=jobs.FAILED, error=error))
    stub.answers["WatchJob"] = [watched(failed)]
    ended = run("jobs", "watch", "4f2a91")
    assert (ended.code, ended.out) == (3, "")
    assert "/media/dis.mp4: no such file" in ended.err


def test_watching_all_jobs_tells_their_states(run: InProcess, stub: StubDaemon) -> None:
    event = JobEvent(number=7, job_id="4f2a91", state=scored())
    stub.answers["WatchJobs"] = [[messages.controller.WatchJobsResponse(events=[event]), STOPPED]]
    ended = run("jobs", "watch")
    assert (ended.code, ended.out) == (3, "4f2a91 completed\n")
    ended = run("jobs", "watch", "--format", "ndjson")
    line: Any = json.loads(ended.out)
    assert (line["number"], line["state"]["state"]) == (7, "completed")
    assert "progress" not in line


@pytest.mark.parametrize(
    ("command", "method", "state"),
    [("cancel", "CancelJob", jobs.CANCELLED), ("retry", "RetryJob", jobs.COMPLETED)],
)
def test_jobs_are_cancelled_and_retried_by_the_beginnings_of_their_ids(
    run: InProcess,
    stub: StubDaemon,
    command: str,
    method: str,
    state: messages.controller.JobState,
) -> None:
    answers(stub, scored())
    job = scored(state=state)
    kind = getattr(messages.controller, f"{method}Response")
    stub.answers[method] = [kind(job=job)]
    ended = run("jobs", command, "4f2")
    assert (ended.code, ended.out) == (0, f"{state_line(job)}\n")
    assert stub.asked[-1].job_id == "4f2a91"


def test_without_a_daemon_a_command_says_how_to_start_one(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_STATE_DIR", str(tmp_path))
    ended = run("jobs", "list")
    assert (ended.code, ended.out) == (6, "")
    assert f"unix:{tmp_path}/daemon.sock" in ended.err
    assert "vmafx daemon start" in ended.err
