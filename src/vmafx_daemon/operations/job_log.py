"""What becomes of jobs, in the log."""

import logging
from typing import Any, override

from vmafx_daemon.observers import Job, Observer
from vmafx_rpc import messages

_log = logging.getLogger(__name__)


class JobLog(Observer):
    """Logs each change of a job's state."""

    @override
    def on_submitted(self, job: Job) -> None:
        _tell("job submitted", job)

    @override
    def on_started(self, job: Job) -> None:
        _tell("job started", job, attempt=job.attempts)

    @override
    def on_requeued(self, job: Job, reason: str) -> None:
        _tell("job queued again", job, reason=reason, **_error(job))

    @override
    def on_ended(self, job: Job, seconds: float) -> None:
        if not _log.isEnabledFor(logging.INFO):
            return
        state = messages.controller.JobState.Name(job.state).removeprefix("JOB_STATE_").lower()
        _tell(f"job {state}", job, seconds=round(seconds, 3), cached=job.cached, **_error(job))


def _tell(words: str, job: Job, **values: Any) -> None:
    _log.info(words, extra={"event": {"job_id": job.id, **values}})


def _error(job: Job) -> dict[str, str]:
    if not job.HasField("error"):
        return {}
    return {"error_class": job.error.error_class, "error": job.error.message}
