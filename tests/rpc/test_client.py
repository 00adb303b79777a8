import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from support.stub_daemon import Gone, Job, JobEvent, StubDaemon, watched
from vmafx_core.errors import InputError, RemoteError, UnknownNameError, UsageError
from vmafx_daemon.errors import NotFoundError
from vmafx_rpc import jobs, messages
from vmafx_rpc.addresses import Address
from vmafx_rpc.client import Client, Identity

SubmitJobRequest = messages.controller.SubmitJobRequest
SubmitJobResponse = messages.controller.SubmitJobResponse
GetJobResponse = messages.controller.GetJobResponse


def state(number: int, state: messages.controller.JobState) -> JobEvent:
    return JobEvent(number=number, job_id="j1", state=Job(id="j1", state=state))


def progress(number: int) -> JobEvent:
    return JobEvent(number=number, job_id="j1", progress=messages.controller.JobProgress(done=1))


def test_a_daemon_that_is_not_there_is_given_up_at_once_with_how_to_start_one(
    tmp_path: Path,
) -> None:
    address = Address(f"unix:{tmp_path}/daemon.sock", local=True)
    began = time.monotonic()
    with Client(address) as client, pytest.raises(RemoteError) as failed:
        jobs.get(client, "j1")
    assert time.monotonic() - began < 20
    assert str(address) in failed.value.message
    assert "vmafx daemon start" in failed.value.hint
    assert failed.value.exit_code == 6


def test_a_port_that_speaks_http_is_told_of_as_such() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        Thread(target=server.serve_forever).start()
        try:
            address = Address(f"127.0.0.1:{server.server_port}", local=True)
            with Client(address) as client, pytest.raises(RemoteError) as failed:
                jobs.get(client, "j1")
        finally:
            server.shutdown()
    assert "does not speak gRPC" in failed.value.message
    assert "another port" in failed.value.hint


def test_an_error_of_the_daemon_is_raised_as_what_it_is(stub: StubDaemon, client: Client) -> None:
    stub.answers["SubmitJob"] = [UnknownNameError("unknown model 'x'", "Did you mean 'y'?")]
    with pytest.raises(UnknownNameError) as failed:
        jobs.submit(client, SubmitJobRequest())
    assert (failed.value.message, failed.value.hint) == ("unknown model 'x'", "Did you mean 'y'?")
    assert len(stub.asked) == 1


def test_the_token_is_shown_with_every_call(stub: StubDaemon, client: Client) -> None:
    stub.answers["SubmitJob"] = [SubmitJobResponse(job_id="j1")]
    jobs.submit(client, SubmitJobRequest())
    assert stub.metadata["authorization"] == "Bearer t0"


def test_a_submission_whose_answer_was_lost_is_repeated_with_the_same_key(
    stub: StubDaemon, client: Client
) -> None:
    stub.answers["SubmitJob"] = [
        SubmitJobResponse(job_id="j0"),
        Gone(),
        SubmitJobResponse(job_id="j1"),
    ]
    assert jobs.submit(client, SubmitJobRequest()) == "j0"
    assert jobs.submit(client, SubmitJobRequest()) == "j1"
    first, lost, repeated = (request.idempotency_key for request in stub.asked)
    assert lost == repeated
    assert first
    assert first != lost


def test_what_may_not_be_done_twice_is_not_repeated(stub: StubDaemon, client: Client) -> None:
    stub.answers["SubmitJob"] = [SubmitJobResponse(job_id="j1")]
    stub.answers["RetryJob"] = [Gone()]
    jobs.submit(client, SubmitJobRequest())
    with pytest.raises(RemoteError):
        jobs.retry(client, "j1")
    assert len(stub.asked) == 2


def test_a_daemon_that_stays_away_is_given_up_in_the_end(stub: StubDaemon, client: Client) -> None:
    stub.answers["GetJob"] = [GetJobResponse(job=Job(id="j1")), Gone()]
    jobs.get(client, "j1")
    with pytest.raises(RemoteError, match="went away"):
        client.call(client.controller.GetJob, messages.controller.GetJobRequest(job_id="j1"))
    assert len(stub.asked) > 2


def test_a_watched_job_goes_on_where_the_connection_was_lost(
    stub: StubDaemon, client: Client
) -> None:
    completed = JobEvent(number=9, job_id="j1", result=messages.controller.JobResult())
    stub.answers["WatchJob"] = [
        [*watched(state(3, messages.controller.JOB_STATE_RUNNING), progress(4)), Gone()],
        watched(progress(6)),
        watched(state(8, jobs.COMPLETED), completed),
    ]
    told = list(jobs.watch(client, "j1"))
    assert [event.number for event in told] == [3, 4, 6, 8, 9]
    assert [request.after for request in stub.asked] == [0, 4, 6]


@pytest.mark.parametrize("end", [jobs.FAILED, jobs.CANCELLED])
def test_watching_ends_with_a_job_that_has_no_result(
    stub: StubDaemon, client: Client, end: messages.controller.JobState
) -> None:
    stub.answers["WatchJob"] = [watched(state(1, end), progress(2))]
    assert [event.number for event in jobs.watch(client, "j1")] == [1]


def test_a_watched_job_is_given_up_where_nothing_more_is_told(
    stub: StubDaemon, client: Client
) -> None:
    stub.answers["WatchJob"] = [watched(progress(1)), []]
    told: list[JobEvent] = []
    with pytest.raises(RemoteError, match="tells no more"):
        told.extend(jobs.watch(client, "j1"))


def test_an_id_may_be_shortened(stub: StubDaemon, client: Client) -> None:
    stub.answers["GetJob"] = [NotFoundError("no job 'ab'"), GetJobResponse(job=Job(id="abc"))]
    stub.answers["ListJobs"] = [
        messages.controller.ListJobsResponse(jobs=[Job(id="xab")], next_page_token="2"),
        messages.controller.ListJobsResponse(jobs=[Job(id="abc")]),
    ]
    assert jobs.get(client, "ab").id == "abc"
    assert [r.job_id for r in stub.asked if "job_id" in r.DESCRIPTOR.fields_by_name] == [
        "ab",
        "abc",
    ]


def test_an_id_that_several_jobs_begin_with_is_refused(stub: StubDaemon, client: Client) -> None:
    stub.answers["GetJob"] = [NotFoundError("no job 'a'")]
    stub.answers["ListJobs"] = [
        messages.controller.ListJobsResponse(jobs=[Job(id="ab"), Job(id="ac")])
    ]
    with pytest.raises(UsageError, match="2 jobs begin with 'a'"):
        jobs.get(client, "a")


def test_a_job_that_failed_raises_its_error() -> None:
    failed = Job(id="j1", state=jobs.FAILED)
    failed.error.error_class, failed.error.message, failed.error.exit_code = "InputError", "x", 3
    with pytest.raises(InputError, match="x"):
        jobs.raise_failure(failed)


def test_a_certificate_without_its_key_is_refused() -> None:
    address = Address("localhost:1", local=True, tls=True)
    with pytest.raises(UsageError, match="belong together"):
        Client(address, Identity(certificate=b"x"))
