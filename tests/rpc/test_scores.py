from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support import results
from support.stub_daemon import Gone, Job, JobEvent, StubDaemon, watched
from vmafx_core.errors import InputError, WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.report.plain import plain_result
from vmafx_core.scoring import events
from vmafx_core.scoring.replay import replay
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import ScoreResult
from vmafx_rpc import jobs, messages
from vmafx_rpc.client import Client
from vmafx_rpc.convert import to_message
from vmafx_rpc.failures import error_to_message
from vmafx_rpc.scores import score_there
from vmafx_rpc.uploads import score_sent

REQUEST = ScoreRequest(
    reference=InputSpec(location="ref.mp4"), distorted=(InputSpec(location="dis.mp4"),)
)
NAMES = {
    events.Started: "started",
    events.Told: "told",
    events.Progress: "progress",
    events.FrameScores: "frame_scores",
    events.Finished: "finished",
}


@pytest.fixture(autouse=True)
def submitted(stub: StubDaemon) -> None:
    stub.answers["SubmitJob"] = [messages.controller.SubmitJobResponse(job_id="j1")]
    stub.answers["CancelJob"] = [messages.controller.CancelJobResponse()]


def message(event: events.Event) -> messages.result.ScoreEvent:
    said = messages.result.ScoreEvent()
    field = getattr(said, NAMES[type(event)])
    field.CopyFrom(to_message(event, type(field)))
    return said


def told_by(result: ScoreResult, number: int = 1) -> list[JobEvent]:
    """The events of a job with that result, but for the result itself."""
    happened = [e for e in replay(result) if not isinstance(e, events.Finished)]
    return [
        JobEvent(number=number + i, job_id="j1", score=message(event))
        for i, event in enumerate(happened)
    ]


def completed(result: ScoreResult, number: int = 100) -> list[JobEvent]:
    said = to_message(result, messages.result.ScoreResult)
    return [
        JobEvent(number=number, job_id="j1", state=Job(id="j1", state=jobs.COMPLETED)),
        JobEvent(number=number + 1, job_id="j1", result=messages.controller.JobResult(score=said)),
    ]


def shape(told: list[events.Event]) -> list[Any]:
    """Which events, and of which frames."""
    return [
        (e.pair, e.first, len(e.times)) if isinstance(e, events.FrameScores) else type(e)
        for e in told
    ]


def test_a_job_is_told_as_a_run_here(stub: StubDaemon, client: Client) -> None:
    result = results.result(results.pair(), results.pair("b.mp4"))
    progress = messages.controller.JobProgress(done=5, total=9, fps=2.5, seconds=2.0)
    begun = JobEvent(number=90, job_id="j1", progress=progress)
    stub.answers["WatchJob"] = [watched(*told_by(result), begun, *completed(result))]
    run = score_there(client, REQUEST)
    told = []
    for event in run:
        told.append(event)
        if isinstance(event, events.Finished):
            run.close()
    assert told.pop(-2) == events.Progress(5, 9, 2.5, 2.0)
    assert shape(told) == shape(list(replay(result)))
    assert messages.controller.CancelJobRequest(job_id="j1") not in stub.asked
    assert isinstance(told[-1], events.Finished)
    there, here = (plain_result(r, frames=True) for r in (told[-1].result, result))
    np.testing.assert_equal(there, here)


def test_a_stored_result_is_told_as_if_it_were_made_now(stub: StubDaemon, client: Client) -> None:
    result = results.result(results.pair(frames=1200))
    stub.answers["WatchJob"] = [watched(*completed(result))]
    assert shape(list(score_there(client, REQUEST))) == shape(list(replay(result)))


def test_a_job_that_is_begun_anew_tells_nothing_twice(stub: StubDaemon, client: Client) -> None:
    result = results.result()
    first = [JobEvent(number=1, score=message(part_of(result, 0, 60)))]
    again = [
        *told_by(result, number=10)[:-1],
        JobEvent(number=30, score=message(part_of(result, 0, 40))),
        JobEvent(number=31, score=message(part_of(result, 40, 100))),
    ]
    stub.answers["WatchJob"] = [watched(*first, *again, *completed(result))]
    told = list(score_there(client, REQUEST))
    frames = [e for e in told if isinstance(e, events.FrameScores)]
    assert shape(list(frames)) == [(0, 0, 60), (0, 60, 40)]
    joined = np.concatenate([e.metrics["vmaf"] for e in frames])
    assert joined.tolist() == result.pairs[0].lead.values.tolist()
    assert sum(isinstance(e, events.Started) for e in told) == 1


def part_of(result: ScoreResult, first: int, end: int) -> events.FrameScores:
    pair = result.pairs[0]
    values = {name: metric.values[first:end] for name, metric in pair.metrics.items()}
    return events.FrameScores(0, first, pair.times[first:end], values)


def test_files_are_named_to_the_daemon_by_whole_paths_and_told_as_they_were_given(
    stub: StubDaemon, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = results.result(results.pair(f"{tmp_path}/dis.mp4"), reference=f"{tmp_path}/ref.mp4")
    stub.answers["WatchJob"] = [watched(*completed(whole))]
    *_, last = score_there(client, REQUEST)
    task = stub.asked[0].spec.score
    assert task.reference.location == f"{tmp_path}/ref.mp4"
    assert isinstance(last, events.Finished)
    assert last.result.reference.location == "ref.mp4"
    assert last.result.pairs[0].distorted.location == "dis.mp4"
    assert last.result.pairs[0].notices[0].text.startswith("dis.mp4 was scaled")


def test_a_failure_there_is_the_failure_of_the_run(
    stub: StubDaemon, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = error_to_message(InputError(f"{tmp_path}/dis.mp4: no such file", "Check the path."))
    failed = JobEvent(number=3, state=Job(id="j1", state=jobs.FAILED, error=error))
    stub.answers["WatchJob"] = [watched(failed)]
    with pytest.raises(InputError) as raised:
        list(score_there(client, REQUEST))
    assert raised.value.message == "dis.mp4: no such file"


def test_a_job_that_somebody_cancels_ends_the_run(stub: StubDaemon, client: Client) -> None:
    ended = JobEvent(number=3, state=Job(id="j1", state=jobs.CANCELLED))
    stub.answers["WatchJob"] = [watched(ended)]
    with pytest.raises(WorkError, match="j1 was cancelled"):
        list(score_there(client, REQUEST))


def test_a_run_that_is_given_up_is_cancelled_there(stub: StubDaemon, client: Client) -> None:
    stub.answers["WatchJob"] = [watched(*told_by(results.result()))]
    run = score_there(client, REQUEST)
    next(run)
    run.close()
    assert stub.asked[-1] == messages.controller.CancelJobRequest(job_id="j1")


def test_a_job_is_not_cancelled_because_its_daemon_went_away(
    stub: StubDaemon, client: Client
) -> None:
    stub.answers["WatchJob"] = [[Gone()]]
    with pytest.raises(Exception, match="went away"):
        list(score_there(client, REQUEST))
    assert messages.controller.CancelJobRequest(job_id="j1") not in stub.asked


def test_files_are_read_through_the_client(
    stub: StubDaemon, client: Client, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("ref.mp4", "dis.mp4")]
    for i, file in enumerate(files):
        file.write_bytes(bytes(range(10 * i, 10 * i + 10)))
    request = ScoreRequest(
        reference=InputSpec(location=str(files[0])),
        distorted=(InputSpec(location=str(files[1])),),
    )
    chunks: list[messages.scoring.Chunk] = []

    def stream(requests: Iterator[Any]) -> Iterator[Any]:
        assert next(requests).HasField("task")
        for number, offset, length in [(0, 0, 4), (1, 8, 4), (1, 10, 4)]:
            read = messages.scoring.Read(input=number, offset=offset, length=length)
            yield messages.scoring.ScoreStreamResponse(read=read)
            chunks.append(next(requests).chunk)
        finished = message(events.Finished(results.result()))
        yield messages.scoring.ScoreStreamResponse(event=finished)

    stub.stream = stream
    (told,) = score_sent(client, request)
    assert isinstance(told, events.Finished)
    assert [bytes(chunk.data) for chunk in chunks] == [bytes([0, 1, 2, 3]), bytes([18, 19]), b""]
    assert {chunk.size for chunk in chunks} == {10}


def test_an_upload_that_is_refused_raises_the_error(
    stub: StubDaemon, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"a")
    spec = InputSpec(location=str(tmp_path / "a.mp4"))

    def stream(requests: Iterator[Any]) -> Iterator[Any]:
        next(requests)
        yield InputError("it is broken")

    stub.stream = stream
    with pytest.raises(InputError, match="it is broken"):
        list(score_sent(client, ScoreRequest(reference=spec, distorted=(spec,))))
