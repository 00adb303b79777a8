import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.cli import PROGRAM, Ended, InProcess
from support.daemon import Daemon, running
from support.onnx_models import brightness
from vmafx_core.backends.installed import FOLDER_VARIABLE, remove_model
from vmafx_core.testing import write_clip

TIMED = {"seconds", "fps", "encode_seconds", "score_seconds", "encode_fps"}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with running(tmp_path_factory.mktemp("daemon")) as daemon:
        yield daemon


@pytest.fixture
def daemon(started: Daemon) -> str:
    """The address by which this user may name any file."""
    return started.addresses[0]


@pytest.fixture
def network(started: Daemon) -> str:
    """The address by which anybody on this machine may ask."""
    return started.addresses[1]


def timeless(document: str) -> Any:
    """JSON without what takes time, which is never the same."""
    return json.loads(
        document, object_hook=lambda data: {k: v for k, v in data.items() if k not in TIMED}
    )


def test_a_score_by_a_daemon_is_that_of_this_program(
    run: InProcess, daemon: str, reference: Path, good: Path, poor: Path
) -> None:
    words = ["score", reference, good, poor, "-f", "psnr", "--format", "json"]
    here, there = run(*words), run(*words, "--remote", daemon)
    assert (there.code, there.err) == (0, "")
    assert timeless(there.out) == timeless(here.out)


def test_a_stored_result_is_as_good_as_a_new_one(
    run: InProcess, daemon: str, reference: Path, good: Path
) -> None:
    words = ["score", reference, good, "--remote", daemon, "--format", "ndjson"]
    new, stored = run(*words, "--no-cache"), run(*words)

    def events(ended: Ended) -> list[Any]:
        read = [timeless(line) for line in ended.out.splitlines()]
        return [event for event in read if event["event"] != "progress"]

    assert events(stored) == events(new)
    assert [e["event"] for e in events(new)] == ["schema", "started", "frames", "finished"]


def test_relative_paths_are_those_of_the_caller(
    run: InProcess, daemon: str, reference: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reference.parent)
    ended = run("score", reference.name, good.name, "--remote", daemon, columns=120)
    assert ended.code == 0
    assert f" {reference.name}: 320x240" in ended.out
    missing = run("score", reference.name, "nowhere.mp4", "--remote", daemon)
    assert (missing.code, missing.out) == (3, "")
    assert "error: nowhere.mp4: no such file" in missing.err


def test_requirements_warnings_and_pages_are_as_in_a_score_here(
    run: InProcess, daemon: str, reference: Path, short: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    words = ["score", reference, short, "--require", "vmaf>=99.9", "--allow-mismatch"]
    here = run(*words, "--format", "csv")
    there = run(*words, "--format", "csv", "--remote", daemon, "--report", page)
    assert here.code == 1
    assert there == here
    assert "data:image/jpeg" in page.read_text()


def test_a_wrong_request_is_refused_as_here(
    run: InProcess, daemon: str, reference: Path, good: Path
) -> None:
    words = ["score", reference, good, "-m", f"path={good}"]
    here, there = run(*words), run(*words, "--remote", daemon)
    assert here.code != 0
    assert (there.code, there.err) == (here.code, here.err)


def test_videos_can_be_sent(run: InProcess, daemon: str, reference: Path, good: Path) -> None:
    words = ["score", reference, good, "--format", "json"]
    here, there = run(*words), run(*words, "--remote", daemon, "--upload")
    assert (there.code, there.err) == (0, "")
    assert timeless(there.out) == timeless(here.out)


def test_a_pipe_is_sent_as_it_comes(daemon: str, reference: Path, good: Path) -> None:
    words = [PROGRAM, "score", "-", str(good), "--format", "json"]
    outputs = []
    for options in ([], ["--remote", daemon]):
        with reference.open("rb") as video:
            done = subprocess.run([*words, *options], stdin=video, capture_output=True, check=True)
        outputs.append(timeless(done.stdout.decode()))
    assert outputs[0] == outputs[1]


def test_a_broken_video_that_is_sent_is_told_as_what_it_is(
    run: InProcess, daemon: str, reference: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 100)
    ended = run("score", reference, broken, "--remote", daemon, "--upload")
    assert (ended.code, ended.out) == (3, "")
    assert str(broken) in ended.err


def test_a_queued_job_is_watched_to_the_same_scores(
    run: InProcess, daemon: str, reference: Path, good: Path
) -> None:
    queued = run("jobs", "submit", reference, good, "--label", "for=watching", "--remote", daemon)
    job_id = queued.out.strip()
    watched = run("jobs", "watch", job_id[:10], "--format", "csv", "--remote", daemon)
    assert watched.out == run("score", reference, good, "--format", "csv").out
    listed = run("jobs", "list", "--label", "for=watching", "--format", "json", "--remote", daemon)
    (job,) = json.loads(listed.out)["jobs"]
    assert (job["id"], job["state"]) == (job_id, "completed")
    shown = run("jobs", "show", job_id, "--remote", daemon)
    assert "What was done" in shown.out
    again = run("jobs", "retry", job_id, "--remote", daemon)
    assert again.code == 6
    assert f"job {job_id} is completed" in again.err


def test_a_search_by_a_daemon_finds_what_one_here_does(
    run: InProcess, daemon: str, reference: Path
) -> None:
    words = ["tune", "crf", reference, "--preset", "ultrafast", "-t", 80, "--no-cache"]
    here = run(*words, "--format", "json")
    there = run(*words, "--format", "json", "--remote", daemon)
    assert (there.code, there.err) == (0, "")
    assert timeless(there.out) == timeless(here.out)


def test_shots_are_measured_by_a_daemon_and_encoded_here(
    run: InProcess, daemon: str, reference: Path, tmp_path: Path
) -> None:
    video = tmp_path / "out.mp4"
    ended = run(
        "tune", "shots", reference, video, "--preset", "ultrafast", "-t", 70, "--no-cache",
        "--format", "json", "--remote", daemon,
    )  # fmt: skip
    assert ended.code == 0
    assert video.exists()


def test_the_models_and_the_state_of_a_daemon_are_told(run: InProcess, daemon: str) -> None:
    assert "vmaf_v0.6.1" in run("models", "--remote", daemon).out
    document = json.loads(run("doctor", "--remote", daemon, "--format", "json").out)
    assert document["findings"][-1]["status"] == "ok"


def test_by_the_network_only_folders_that_were_named_are_read_but_videos_can_be_sent(
    run: InProcess, network: str, reference: Path, good: Path
) -> None:
    refused = run("score", reference, good, "--remote", network)
    assert refused.code == 6
    assert f"{reference}: is in no folder that may be read here" in refused.err
    sent = run("score", reference, good, "--remote", network, "--upload", "--format", "csv")
    assert sent.out == run("score", reference, good, "--format", "csv").out


def test_a_run_goes_on_when_its_daemon_is_killed_and_started_anew(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", frames=300, options={"preset": "ultrafast"})
    state = tmp_path / "state"
    words = [PROGRAM, "score", str(clip), str(clip), "-m", "auto", "--format", "ndjson"]
    with running(state) as first:
        words += ["--remote", first.addresses[0]]
        # Without a buffer, in which lines would be lost to `communicate`.
        process = subprocess.Popen(words, stdout=subprocess.PIPE, bufsize=0)
        assert process.stdout
        assert [json.loads(process.stdout.readline())["event"] for _ in range(2)] == [
            "schema",
            "started",
        ]
        first.kill()
    with running(state):
        out, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    read = [json.loads(line) for line in out.splitlines()]
    frames = [event for event in read if event["event"] == "frames"]
    # Once each, in as many pieces as it was still there to hear.
    told = [event["first"] + i for event in frames for i in range(len(event["times"]))]
    assert told == list(range(300))
    assert read[-1]["event"] == "finished"


def test_neural_models_of_a_daemon_give_what_they_give_here(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: Path
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "models"))
    path = brightness(tmp_path / "bright.onnx")
    assert run("models", "add", path, "--kind", "nr").code == 0
    words = ["score", good, "--no-reference", "-m", "bright", "--format", "json"]
    with running(tmp_path / "state") as daemon:
        there = run(*words, "--remote", daemon.addresses[0])
        listed = run("models", "--remote", daemon.addresses[0]).out
        remove_model("bright")
        path.with_name("other").mkdir()
        monkeypatch.setenv(FOLDER_VARIABLE, str(path.with_name("other")))
        assert run("models", "add", path, "--kind", "nr").code == 0
        missing = run(*words, "--remote", daemon.addresses[0])
    here = run(*words)
    assert (there.code, there.err) == (0, "")
    assert timeless(there.out) == timeless(here.out)
    assert "bright" in listed
    assert missing.code == 2
    assert "where it is to run" in missing.err
