import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import results
from support.cli import PROGRAM, InProcess
from support.stub_daemon import JobEvent, Silent, StubDaemon, serving, watched
from vmafx_core.scoring.result import ScoreResult
from vmafx_rpc import messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.convert import to_message


@pytest.fixture
def stub() -> StubDaemon:
    stub = StubDaemon()
    stub.answers["SubmitJob"] = [messages.controller.SubmitJobResponse(job_id="j1")]
    stub.answers["CancelJob"] = [messages.controller.CancelJobResponse()]
    return stub


@pytest.fixture
def address(stub: StubDaemon) -> Iterator[Address]:
    with serving(stub) as address:
        yield address


def completed(result: ScoreResult) -> JobEvent:
    said = to_message(result, messages.result.ScoreResult)
    return JobEvent(number=9, result=messages.controller.JobResult(score=said))


def test_an_interrupted_run_is_cancelled_at_the_daemon(stub: StubDaemon, address: Address) -> None:
    progress = messages.controller.JobProgress(done=1, phase="scoring")
    stub.answers["WatchJob"] = [[*watched(JobEvent(number=1, progress=progress)), Silent()]]
    command = [PROGRAM, "score", "a.mp4", "b.mp4", "--remote", str(address), "--format", "ndjson"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert "schema" in process.stdout.readline()
        assert "progress" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert stub.asked[-1] == messages.controller.CancelJobRequest(job_id="j1")


def test_the_address_may_be_in_the_environment(
    run: InProcess, stub: StubDaemon, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.answers["WatchJob"] = [watched(completed(results.result()))]
    monkeypatch.setenv("VMAFX_CONTROLLER", str(address))
    ended = run("score", "ref.mp4", "dis.mp4", "--no-cache")
    assert ended.code == 0
    assert "vmaf" in ended.out
    assert stub.asked[0].no_cache


def test_a_page_says_why_it_has_no_pictures_where_the_videos_are_not_here(
    run: InProcess, stub: StubDaemon, address: Address, tmp_path: Path
) -> None:
    stub.answers["WatchJob"] = [watched(completed(results.result()))]
    page = tmp_path / "page.html"
    ended = run("score", "/far/ref.mp4", "/far/dis.mp4", "--remote", address, "--report", page)
    assert ended.code == 0
    assert "There are no pictures: /far/ref.mp4: no such file" in page.read_text()


def test_a_pipe_is_sent(run: InProcess, stub: StubDaemon, address: Address, tmp_path: Path) -> None:
    video, pipe = tmp_path / "ref.mp4", tmp_path / "pipe"
    video.write_bytes(b"0123456789")
    os.mkfifo(pipe)
    chunks = []

    def stream(requests: Iterator[messages.scoring.ScoreStreamRequest]) -> Iterator[object]:
        next(requests)
        for number, offset, length in [(1, 0, 3), (1, 3, 4), (1, 7, 4), (0, 2, 3)]:
            read = messages.scoring.Read(input=number, offset=offset, length=length)
            yield messages.scoring.ScoreStreamResponse(read=read)
            chunks.append(next(requests).chunk)
        said = to_message(results.result(), messages.result.ScoreResult)
        finished = messages.result.ScoreEvent(finished=messages.result.Finished(result=said))
        yield messages.scoring.ScoreStreamResponse(event=finished)

    stub.stream = stream
    with subprocess.Popen(["/bin/sh", "-c", f"printf abcdefghi > {pipe}"]):
        ended = run("score", video, pipe, "--remote", address)
    assert ended.code == 0
    assert [bytes(chunk.data) for chunk in chunks] == [b"abc", b"defg", b"hi", b"234"]
    assert [chunk.HasField("size") for chunk in chunks] == [False, False, False, True]


def test_a_url_is_not_sent(run: InProcess, address: Address, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"a")
    url = "https://cdn.example/b.mp4?key=secret"
    ended = run("score", tmp_path / "a.mp4", url, "--remote", address, "--upload")
    assert ended.code == 2
    assert "https://cdn.example/b.mp4?***: a URL is not sent" in ended.err
    assert "secret" not in ended.err


def test_numbered_pictures_are_not_sent(run: InProcess, address: Address, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"a")
    numbered = tmp_path / "%03d.png"
    ended = run("score", tmp_path / "a.mp4", numbered, "--remote", address, "--upload")
    assert ended.code == 2
    assert f"{numbered}: numbered pictures are not sent" in ended.err


@pytest.mark.parametrize("wrong", ["missing.mp4", "empty.mp4", "folder"])
def test_a_file_that_cannot_be_sent_is_told_of_as_in_a_score_here(
    run: InProcess, address: Address, tmp_path: Path, wrong: str
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"a")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "folder").mkdir()
    words = ["score", tmp_path / wrong, tmp_path / "a.mp4"]
    here, there = run(*words), run(*words, "--remote", address, "--upload")
    assert here.code == 3
    assert (there.code, there.err) == (here.code, here.err)
