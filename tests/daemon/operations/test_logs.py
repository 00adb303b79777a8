"""The log: what is in it, what is not, and how it is read."""

import json
import signal
from pathlib import Path

import pytest

from support.background import Home
from support.daemon import LOG, running
from support.submissions import done, score_of
from vmafx_core.errors import VmafxError
from vmafx_core.testing import write_clip
from vmafx_rpc import jobs
from vmafx_rpc.addresses import parse_address
from vmafx_rpc.client import Client, Identity

_FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("media") / "clip.mp4", frames=3, width=64, height=64)


def test_each_line_is_an_event_with_the_ids_of_its_job_and_request(
    tmp_path: Path, clip: Path
) -> None:
    with running(tmp_path / "state") as daemon:
        job, again = (done(daemon.client(), score_of(clip, clip)) for _ in range(2))
        events = daemon.log()
        lines = (daemon.state / LOG).read_text().splitlines()
    assert len(events) == len(lines)
    assert all(list(event)[:3] == ["time", "level", "event"] for event in events)
    of_job = [event["event"] for event in events if event.get("job_id") == job.id]
    assert of_job == ["job submitted", "job started", "job completed"]
    of_equal = [event for event in events if event.get("job_id") == again.id]
    assert [event["event"] for event in of_equal] == ["job submitted", "job completed"]
    assert len({event["request_id"] for event in of_equal}) == 1
    calls = {event["request_id"]: event for event in events if event["event"] == "call"}
    submitted = next(event for event in events if event["event"] == "job submitted")
    call = calls[submitted["request_id"]]
    assert call["method"] == "/vmafx.controller.v1.VmafxController/SubmitJob"
    assert call["status"] == "OK"
    assert len(calls) > 1


def test_secrets_are_not_in_it(tmp_path: Path, clip: Path) -> None:
    state = tmp_path / "state"
    url = "https://user:hunter2@127.0.0.1/ref.mp4?signature=hunter2"
    with running(state, "--log-level", "debug") as daemon:
        client = daemon.client()
        done(client, score_of(url, clip))
        identity = Identity(token="vmafx_hunter2")
        with (
            Client(parse_address(daemon.addresses[1]), identity, patience=5) as other,
            pytest.raises(VmafxError),
        ):
            jobs.submit(other, score_of(url, clip))
        daemon.close()
        log = (state / LOG).read_text()
    assert "127.0.0.1" in log
    assert "hunter2" not in log


def test_the_last_lines_are_shown_to_people_and_to_programs(home: Home) -> None:
    home.start()
    for _ in range(3):
        home.vmafx("jobs", "list")
    lines = home.vmafx("daemon", "logs", "-n", "2").out.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["call", "call"]
    everything = home.vmafx("daemon", "logs").out.splitlines()
    assert json.loads(everything[0])["event"] == "started"
    assert everything[-2:] == lines
    text = home.vmafx("daemon", "logs", "-n", "1", "--format", "text").out
    assert "info    call  request_id=" in text
    assert home.vmafx("daemon", "logs", "-n", "0").out == ""


def test_what_is_added_is_shown_even_when_the_log_is_begun_anew(home: Home) -> None:
    home.start()
    following = home.begin("daemon", "logs", "--follow", "-n", "1")
    assert following.stdout
    assert json.loads(following.stdout.readline())["event"] == "started"
    home.vmafx("jobs", "list")
    assert json.loads(following.stdout.readline())["event"] == "call"
    (home.state / "daemon.log").rename(home.state / "daemon.log.1")
    (home.state / "daemon.log").write_text('{"event": "anew"}\n')
    assert json.loads(following.stdout.readline())["event"] == "anew"
    following.send_signal(signal.SIGINT)
    _, err = following.communicate(timeout=30)
    assert (following.returncode, err) == (130, "")


def test_that_there_is_none_is_told(home: Home) -> None:
    ended = home.vmafx("daemon", "logs")
    assert (ended.code, ended.out) == (3, "")
    assert f"there is no log in the state folder {home.state}" in ended.err


def test_one_that_cannot_be_written_is_told_at_the_start(home: Home) -> None:
    (home.state / "daemon.log").mkdir(parents=True)
    ended = home.start()
    assert ended.code == 7
    assert f"the log {home.state}/daemon.log cannot be written to: Is a directory" in ended.err


@pytest.mark.skipif(not _FULL.exists(), reason="needs a disk that is full")
def test_work_goes_on_when_the_disk_of_the_log_is_full(home: Home, clip: Path) -> None:
    home.state.mkdir()
    (home.state / "daemon.log").symlink_to(_FULL)
    assert home.start().code == 0
    scored = home.vmafx("score", clip, clip, "--remote", "--format", "json")
    assert scored.code == 0
    assert json.loads(scored.out)["pooled_metrics"]
    assert home.vmafx("daemon", "stop").code == 0
