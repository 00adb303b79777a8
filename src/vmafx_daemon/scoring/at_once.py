"""Scoring one pair and waiting for it: a job that lives no longer than whoever waits."""

import asyncio
from contextlib import aclosing, suppress

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.access.caller import Caller
from vmafx_daemon.controller import Controller
from vmafx_daemon.scoring.pairs import response_of
from vmafx_rpc.failures import error_from_message
from vmafx_rpc.messages import controller as wire
from vmafx_rpc.messages import scoring

# What goes on though nobody waits for it; a loop by itself would let it go.
_abandoned: set["asyncio.Future[None]"] = set()


async def score_at_once(
    controller: Controller, request: scoring.ScoreRequest, caller: Caller
) -> scoring.ScoreResponse:
    """Score a pair; where the waiting is cancelled, the job is, too.

    Raises:
        VmafxError: It is wrong, not allowed, or has failed.
    """
    submission = wire.SubmitJobRequest(spec=wire.JobSpec(pair=request))
    submitting = asyncio.ensure_future(controller.submit(submission, caller))
    try:
        # It goes on if this is cancelled, for a job that is being stored is there all the same.
        job_id, _ = await asyncio.shield(submitting)
        job = await _ended(controller, job_id)
    except BaseException:
        abandoning = asyncio.ensure_future(_abandon(controller, submitting))
        _abandoned.add(abandoning)
        abandoning.add_done_callback(_abandoned.discard)
        await asyncio.shield(abandoning)
        raise
    if job.state == wire.JOB_STATE_FAILED:
        raise error_from_message(job.error)
    if job.state == wire.JOB_STATE_CANCELLED:
        raise WorkError(f"job {job_id} was cancelled", "Somebody else did that; ask again.")
    return response_of(job)


async def _abandon(controller: Controller, submitting: "asyncio.Future[tuple[str, bool]]") -> None:
    """Cancel a job that nobody waits for any more, as soon as it is stored."""
    with suppress(VmafxError):
        job_id, _ = await submitting
        await controller.cancel(job_id)


async def _ended(controller: Controller, job_id: str) -> wire.Job:
    """The job once it has ended, with its result."""
    job = wire.Job()
    async with aclosing(controller.watch(job_id)) as events:
        async for event in events:
            if event.HasField("state"):
                job.CopyFrom(event.state)
            elif event.HasField("result"):
                job.result.CopyFrom(event.result)
    return job
