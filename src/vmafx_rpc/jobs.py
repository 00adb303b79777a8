"""Jobs at a daemon: submitting, finding, and following them to their end."""

import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import grpc

from vmafx_core.errors import RemoteError, UsageError, VmafxError, WorkError
from vmafx_rpc import messages
from vmafx_rpc.client import Client
from vmafx_rpc.failures import error_from_message

Job = messages.controller.Job
JobEvent = messages.controller.JobEvent

COMPLETED = messages.controller.JOB_STATE_COMPLETED
FAILED = messages.controller.JOB_STATE_FAILED
CANCELLED = messages.controller.JOB_STATE_CANCELLED

_CANCEL_SECONDS = 2.0
_PAGE = 1000
# Jobs among which a shortened id is looked for, the newest ones.
_MOST_PAGES = 10


def submit(client: Client, request: messages.controller.SubmitJobRequest) -> str:
    """Submit a job; returns its id.

    Args:
        client: The daemon.
        request: The job; it gets an idempotency key if it has none, so that a lost answer does
            not make two of it.

    Raises:
        VmafxError: The daemon cannot be reached, or refuses.
    """
    request.idempotency_key = request.idempotency_key or uuid.uuid4().hex
    job_id: str = client.call(client.controller.SubmitJob, request).job_id
    return job_id


def watch(client: Client, job_id: str, after: int = 0) -> Generator[JobEvent]:
    """What happens to a job until it has ended, each event once.

    A lost connection is made anew, and the watching goes on where it was.

    Args:
        client: The daemon.
        job_id: The job.
        after: The number of the event to begin behind.

    Raises:
        VmafxError: The daemon cannot be reached any more, or refuses.
    """
    request = messages.controller.WatchJobRequest(job_id=job_id, after=after)
    asked = client.controller.WatchJob, request, lambda told: (told.event,)
    with closing(_told(client, *asked)) as events:
        for event in events:
            yield event
            if _is_last(event):
                return


def watch_all(client: Client, after: int = 0) -> Generator[JobEvent]:
    """What happens to all jobs from now on; does not end by itself.

    Args:
        client: The daemon.
        after: The number of the event to begin behind; 0 for now.

    Raises:
        VmafxError: The daemon cannot be reached any more, or refuses.
    """
    request = messages.controller.WatchJobsRequest(after=after)
    return _told(client, client.controller.WatchJobs, request, lambda told: told.events)


def _told(
    client: Client,
    method: Callable[..., Any],
    request: Any,
    events_of: Callable[[Any], Iterable[JobEvent]],
) -> Generator[JobEvent]:
    """The events that a method tells; where it ends or is cut off, those that come after them.

    Args:
        client: The daemon.
        method: What tells them, of the daemon.
        request: What it is asked.
        events_of: The events of one response.
    """
    patience = client.patience()
    while True:
        call = method(request, metadata=client.metadata)
        error: VmafxError = RemoteError(
            f"the daemon at {client.address} tells no more of what happens",
            "See 'vmafx jobs list' and 'vmafx daemon status'.",
        )
        try:
            for response in call:
                client.meet()
                patience.renew()
                for event in events_of(response):
                    request.after = event.number
                    yield event
        except grpc.RpcError as failure:
            error = client.error(failure)
            if not client.is_passing(failure):
                raise error from None
        finally:
            call.cancel()
        patience.wait(error)


def _is_last(event: JobEvent) -> bool:
    """Whether nothing comes behind an event: a result, or the end of a job without one."""
    ended = event.HasField("state") and event.state.state in {FAILED, CANCELLED}
    return ended or event.HasField("result")


def raise_failure(job: Job) -> None:
    """Raise what a failed or cancelled job ended with; return for any other one."""
    if job.state == FAILED:
        raise error_from_message(job.error)
    if job.state == CANCELLED:
        raise WorkError(
            f"job {job.id} was cancelled", f"Queue it again with 'vmafx jobs retry {job.id}'."
        )


@contextmanager
def cancelling(client: Client, job_id: str) -> Iterator[None]:
    """Cancel a job where nobody waits for its end any more.

    A job that the daemon could not be asked about to the end goes on there.
    """
    try:
        yield
    except VmafxError:
        raise
    except BaseException:
        with suppress(VmafxError):
            cancel(client, job_id, deadline=_CANCEL_SECONDS)
        raise


def cancel(client: Client, job_id: str, *, deadline: float | None = None) -> Job:
    """Cancel a job; returns it as it is then.

    Raises:
        VmafxError: The daemon cannot be reached, or refuses.
    """
    request = messages.controller.CancelJobRequest(job_id=job_id)
    limits: dict[str, Any] = {"deadline": deadline, "repeatable": False} if deadline else {}
    job: Job = client.call(client.controller.CancelJob, request, **limits).job
    return job


def retry(client: Client, job_id: str) -> Job:
    """Queue a failed or cancelled job again; returns it as it is then.

    Raises:
        VmafxError: The daemon cannot be reached, or refuses.
    """
    request = messages.controller.RetryJobRequest(job_id=job_id)
    job: Job = client.call(client.controller.RetryJob, request, repeatable=False).job
    return job


def get(client: Client, job_id: str, *, with_result: bool = False) -> Job:
    """A job.

    Args:
        client: The daemon.
        job_id: Its id, which may be shortened to a beginning that no other job has.
        with_result: Whether its result is wanted too.

    Raises:
        UsageError: More than one job begins so.
        VmafxError: The daemon cannot be reached, or refuses.
    """
    request = messages.controller.GetJobRequest(job_id=job_id, with_result=with_result)
    try:
        job: Job = client.call(client.controller.GetJob, request).job
    except RemoteError:
        request.job_id = _completed(client, job_id)
        if request.job_id == job_id:
            raise
        job = client.call(client.controller.GetJob, request).job
    return job


def _completed(client: Client, beginning: str) -> str:
    """The id that begins so; what was given, where none does."""
    found = [job.id for job in newest(client, _MOST_PAGES * _PAGE) if job.id.startswith(beginning)]
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} jobs begin with {beginning!r}",
            "Write more of the id: see 'vmafx jobs list'.",
        )
    return found[0] if found else beginning


def newest(
    client: Client, most: int, request: messages.controller.ListJobsRequest | None = None
) -> Iterator[Job]:
    """The newest jobs, the newest first.

    Args:
        client: The daemon.
        most: How many at most.
        request: Which; None for all.

    Raises:
        VmafxError: The daemon cannot be reached, or refuses.
    """
    request = request or messages.controller.ListJobsRequest()
    while most > 0:
        request.page_size = min(most, _PAGE)
        page = client.call(client.controller.ListJobs, request)
        yield from page.jobs
        most -= len(page.jobs)
        request.page_token = page.next_page_token
        if not page.next_page_token:
            return
