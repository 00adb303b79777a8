"""The job that a request asks for."""

import secrets
from math import ceil

from vmafx_core.errors import UsageError
from vmafx_daemon.jobs.records import Job, now
from vmafx_daemon.settings import LimitSettings
from vmafx_rpc import messages

_HIGHEST_PRIORITY = 100
_LONGEST_KEY = 255
_MOST_LABELS = 32
_LONGEST_NAME = 63
_LONGEST_VALUE = 255


def job_of(request: messages.controller.SubmitJobRequest, limits: LimitSettings) -> Job:
    """Make a job of a request, whose spec has been checked.

    Raises:
        UsageError: Something about it is out of bounds.
    """
    if abs(request.priority) > _HIGHEST_PRIORITY:
        raise UsageError(
            f"priority is {request.priority}", f"Use {-_HIGHEST_PRIORITY} to {_HIGHEST_PRIORITY}."
        )
    if len(request.idempotency_key) > _LONGEST_KEY or "\0" in request.idempotency_key:
        raise UsageError(
            f"the idempotency_key {request.idempotency_key[:_LONGEST_NAME]!r} cannot be stored",
            f"Use at most {_LONGEST_KEY} characters, none of them null.",
        )
    _check_labels(dict(request.labels))
    job = Job(
        id=secrets.token_hex(8),
        spec=request.spec,
        priority=request.priority,
        labels=request.labels,
        created_at=now(),
        max_attempts=_attempts(request.max_attempts, limits.attempts),
    )
    job.timeout.FromMilliseconds(ceil(1000 * _seconds(request, limits.job_seconds)))
    return job


def _check_labels(labels: dict[str, str]) -> None:
    if len(labels) > _MOST_LABELS:
        raise UsageError(f"there are {len(labels)} labels", f"Use at most {_MOST_LABELS}.")
    for name, value in labels.items():
        if (
            not 0 < len(name) <= _LONGEST_NAME
            or len(value) > _LONGEST_VALUE
            or "\0" in name + value
        ):
            raise UsageError(
                f"the label {name[:_LONGEST_NAME]!r} cannot be stored",
                f"A name has 1 to {_LONGEST_NAME} characters, a value at most {_LONGEST_VALUE}, "
                "none of them null.",
            )


def _attempts(wanted: int, most: int) -> int:
    if not 0 <= wanted <= most:
        raise UsageError(f"max_attempts is {wanted}", f"Use 1 to {most}.")
    return wanted or most


def _seconds(request: messages.controller.SubmitJobRequest, most: float) -> float:
    if not request.HasField("timeout"):
        return most
    seconds = request.timeout.seconds + request.timeout.nanos / 1e9
    if not 0 < seconds <= most:
        raise UsageError(f"timeout is {seconds:g} s", f"Use more than 0 and at most {most:g} s.")
    return seconds
