"""Jobs and results as they are stored."""

import time
import zlib
from dataclasses import dataclass

from google.protobuf.timestamp_pb2 import Timestamp

from vmafx_rpc import messages

Job = messages.controller.Job
JobResult = messages.controller.JobResult

PENDING = messages.controller.JOB_STATE_PENDING
RUNNING = messages.controller.JOB_STATE_RUNNING
COMPLETED = messages.controller.JOB_STATE_COMPLETED
FAILED = messages.controller.JOB_STATE_FAILED
CANCELLED = messages.controller.JOB_STATE_CANCELLED
NEW = messages.controller.JOB_STATE_UNSPECIFIED
"""The state before the first one."""
ENDED = frozenset({COMPLETED, FAILED, CANCELLED})

# Per-frame scores do not get much smaller by more effort.
_COMPRESSION = 1


@dataclass(frozen=True, slots=True)
class Change:
    """A job came into another state.

    Attributes:
        job: The job as it is from then on, without its result.
        number: Counts up over all changes of a store.
        before: The state before.
    """

    job: Job
    number: int
    before: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A job that was taken out of the queue, to be run.

    Attributes:
        job: The job, now running.
        ticket: What whoever runs it has to show to end it; no other attempt has the same.
        no_cache: Whether a result of an equal job will not do.
    """

    job: Job
    ticket: int
    no_cache: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job came to.

    Attributes:
        body: The result, packed.
        scores: The leading metric's pooled mean of each distorted video.
        fingerprint: What it is the result of; None where that cannot be told.
    """

    body: bytes
    scores: tuple[float, ...]
    fingerprint: bytes | None


def now() -> Timestamp:
    """The time of day, for people to read."""
    stamp = Timestamp()
    stamp.FromNanoseconds(time.time_ns())
    return stamp


def pack(result: JobResult, fingerprint: bytes | None) -> Outcome:
    """Make a result ready to be stored; takes a while where it is long."""
    pairs = result.score.pairs if result.HasField("score") else [result.encode]
    scores = tuple(pair.metrics[0].pooled.mean for pair in pairs if pair.metrics)
    return Outcome(zlib.compress(result.SerializeToString(), _COMPRESSION), scores, fingerprint)


def unpack(body: bytes) -> JobResult:
    """The result that was stored."""
    return JobResult.FromString(zlib.decompress(body))
