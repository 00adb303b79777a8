"""Changes of jobs in the database: what may become of what, and what is written then."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    insert,
    select,
    update,
)

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.jobs import pruning
from vmafx_daemon.jobs.records import (
    CANCELLED,
    COMPLETED,
    ENDED,
    FAILED,
    NEW,
    PENDING,
    RUNNING,
    Begun,
    Change,
    Job,
    Outcome,
    now,
)
from vmafx_daemon.jobs.schema import jobs, labels, results
from vmafx_rpc.failures import error_to_message

_JOBS = select(jobs.c.seq, jobs.c.record, jobs.c.changed, jobs.c.no_cache)
_WITH_TICKET = _JOBS.where(jobs.c.changed == bindparam("ticket"))
_WITH_ID = _JOBS.where(jobs.c.id == bindparam("job_id"))
_RUNNING = _JOBS.where(jobs.c.state == RUNNING)
_RESTING = _JOBS.where(jobs.c.state == PENDING, jobs.c.turn.is_(None))
_QUEUE = (
    _JOBS.where(jobs.c.turn.is_not(None))
    .order_by(jobs.c.turn, jobs.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_WITH_KEY = select(jobs.c.id).where(jobs.c.idempotency_key == bindparam("key"))
_EQUAL = (
    select(jobs.c.record, results.c.id, func.length(results.c.body).label("size"))
    .select_from(results.join(jobs, jobs.c.result == results.c.id))
    .where(results.c.fingerprint == bindparam("wanted"))
    .order_by(results.c.id.desc())
    .limit(1)
)
# As many results as are remembered of those that were looked for.
_MOST_EQUALS = 1000
# What jobs have that wait, all of them, as those that are put down together have the same.
_WAITING = {"result": None, "ended": None, "bytes": None}
_SUBMIT = insert(jobs)
_LABEL = insert(labels)
_KEEP = insert(results).returning(results.c.id)
_CHANGE = update(jobs).where(jobs.c.seq == bindparam("of"))


class Numbers:
    """Numbers of changes; they are only ever counted up, in the writer's thread.

    Args:
        last: The last one that was given.
    """

    def __init__(self, last: int) -> None:
        self.last = last

    def next(self) -> int:
        """The next one; it is lost if the transaction is."""
        self.last += 1
        return self.last


@dataclass(frozen=True, slots=True)
class _Equal:
    """A result that an equal job has as well.

    Attributes:
        result: Its number.
        size: How many bytes it has.
        scores: Those that a job with it shows.
    """

    result: int
    size: int
    scores: tuple[float, ...]

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        return cls(row.id, row.size, tuple(Job.FromString(row.record).scores))


class Transaction:
    """Changes of jobs that are written together.

    A job is begun with a ticket, the number of that change: what comes of an attempt is only taken
    with the ticket of the latest change, so that each job ends once.

    Args:
        connection: The database, in a transaction.
        numbers: Numbers for the changes.
        clock: The store's time.

    Attributes:
        changes: What has been changed, in order.
    """

    def __init__(
        self, connection: Connection, numbers: Numbers, clock: Callable[[], float]
    ) -> None:
        self.changes: list[Change] = []
        self._numbers = numbers
        self._clock = clock
        self._open = connection
        # New jobs and their labels, which are put down together.
        self._new: list[dict[str, Any]] = []
        self._labels: list[dict[str, Any]] = []
        # Nobody else writes what a connection has read, and it is given up when a commit fails.
        self._equals: dict[bytes, _Equal | None] = connection.info.setdefault("equals", {})

    def put_down(self) -> Connection:
        """Put down what is new; returns the connection, to be used for what it is not to miss."""
        if self._new:
            self._open.execute(_SUBMIT, self._new)
            self._new = []
        if self._labels:
            self._open.execute(_LABEL, self._labels)
            self._labels = []
        return self._open

    def submit(
        self,
        job: Job,
        idempotency_key: str,
        *,
        no_cache: bool,
        fingerprint: bytes | None,
        room: bool = True,
    ) -> tuple[str, bool] | None:
        """Store a new job.

        Where there is the result of an equal job, it ends with that before it begins.

        Args:
            job: The job.
            idempotency_key: What nobody gives two jobs; empty for none.
            no_cache: Whether a result of an equal job will not do.
            fingerprint: What equal jobs have in common; None where that cannot be told.
            room: Whether it may wait in the queue.

        Returns:
            Its id, or that of the job with the same key, and which; None where it would have to
            wait, and may not.
        """
        # No key is stored as null, which equals nothing.
        key = idempotency_key or None
        if existing := key and self.put_down().scalar(_WITH_KEY, {"key": key}):
            return existing, True
        # A copy: this may be done again, and then there may be no such result.
        job = Job.FromString(job.SerializeToString())
        equal = self._equal(fingerprint) if fingerprint else None
        if equal:
            job.state, columns = COMPLETED, self._reused(job, equal)
        elif not room:
            return None
        else:
            job.state, columns = PENDING, _WAITING | {"turn": -job.priority}
        change = Change(job, self._numbers.next(), NEW)
        row = columns | {
            # Numbers grow in the order of submissions.
            "seq": change.number,
            "id": job.id,
            "idempotency_key": key,
            "state": job.state,
            "changed": change.number,
            "no_cache": no_cache,
            "record": job.SerializeToString(),
        }
        self._new.append(row)
        labels_ = [{"name": n, "value": v, "seq": row["seq"]} for n, v in job.labels.items()]
        self._labels.extend(labels_)
        self.changes.append(change)
        return job.id, False

    def begin(self, most: int, worker: str) -> list[Begun]:
        """Take the next jobs out of the queue."""
        begun = []
        for row in self._rows(_QUEUE, most=most):
            job = Job.FromString(row.record)
            job.attempts += 1
            job.worker = worker
            job.started_at.CopyFrom(now())
            job.ClearField("error")
            ticket = self._change(row, job, RUNNING, turn=None)
            begun.append(Begun(job, ticket, bool(row.no_cache)))
        return begun

    def complete(self, ticket: int, outcome: Outcome) -> None:
        """End an attempt with what it came to."""
        for row in self._with_ticket(ticket):
            stored = {"fingerprint": outcome.fingerprint, "body": outcome.body}
            result = self._open.scalar(_KEEP, stored)
            self._equals.clear()
            job = Job.FromString(row.record)
            job.scores[:] = outcome.scores
            ending = self._ending(job, len(outcome.body))
            self._change(row, job, COMPLETED, result=result, **ending)

    def reuse(self, ticket: int, fingerprint: bytes) -> bool:
        """End an attempt with the result of an equal job; returns whether there is one."""
        equal = self._equal(fingerprint)
        if equal is None:
            return False
        for row in self._with_ticket(ticket):
            job = Job.FromString(row.record)
            self._change(row, job, COMPLETED, **self._reused(job, equal))
        return True

    def fail(self, ticket: int, error: VmafxError) -> None:
        """End an attempt with an error, and the job with it."""
        for row in self._with_ticket(ticket):
            self._fail(row, Job.FromString(row.record), error)

    def rest(self, ticket: int, error: VmafxError) -> int | None:
        """End an attempt with an error that the next may not have.

        Returns:
            The ticket to queue the job with when it is time; None if the job goes no further.
        """
        for row in self._with_ticket(ticket):
            job = Job.FromString(row.record)
            if job.attempts < job.max_attempts:
                job.error.CopyFrom(error_to_message(error))
                return self._change(row, job, PENDING)
            self._fail(row, job, error)
        return None

    def queue(self, ticket: int) -> None:
        """Queue a job that has rested."""
        for row in self._with_ticket(ticket):
            turn = -Job.FromString(row.record).priority
            self._open.execute(_CHANGE, {"of": row.seq, "turn": turn})

    def release(self, ticket: int) -> None:
        """Queue a job whose attempt was ended through no fault of its own; it does not count."""
        for row in self._with_ticket(ticket):
            job = Job.FromString(row.record)
            job.attempts -= 1
            self._change(row, job, PENDING, turn=-job.priority)

    def recover(self) -> None:
        """Queue what a daemon that was killed has left behind."""
        for row in self._rows(_RUNNING):
            job = Job.FromString(row.record)
            if job.attempts < job.max_attempts:
                self._change(row, job, PENDING, turn=-job.priority)
            else:
                self._fail(row, job, _stopped(job))
        for row in self._rows(_RESTING):
            self.queue(row.changed)

    def cancel(self, job_id: str) -> None:
        """End a job, unless it has ended already."""
        for row in self._rows(_WITH_ID, job_id=job_id):
            job = Job.FromString(row.record)
            if job.state not in ENDED:
                self._change(row, job, CANCELLED, **self._ending(job))

    def retry(self, job_id: str) -> bool:
        """Queue a failed or cancelled job again; returns whether it was one."""
        for row in self._rows(_WITH_ID, job_id=job_id):
            job = Job.FromString(row.record)
            if job.state in {FAILED, CANCELLED}:
                for field in ("attempts", "started_at", "ended_at", "error"):
                    job.ClearField(field)
                self._change(row, job, PENDING, turn=-job.priority, ended=None, bytes=None)
                return True
        return False

    def prune(self, until: float) -> int:
        """Delete some of the jobs that ended until then; returns how many went."""
        self._equals.clear()
        return pruning.delete(self.put_down(), until)

    def _rows(self, query: Select[Any], **wanted: Any) -> list[Row[Any]]:
        return list(self.put_down().execute(query, wanted))

    def _with_ticket(self, ticket: int) -> Iterator[Row[Any]]:
        """The job whose latest change has that number; none where another came after it."""
        yield from self._rows(_WITH_TICKET, ticket=ticket)

    def _equal(self, fingerprint: bytes) -> _Equal | None:
        """The latest result with a fingerprint."""
        if fingerprint not in self._equals:
            if len(self._equals) >= _MOST_EQUALS:
                self._equals.clear()
            rows = self._rows(_EQUAL, wanted=fingerprint)
            self._equals[fingerprint] = _Equal.of(rows[0]) if rows else None
        return self._equals[fingerprint]

    def _reused(self, job: Job, equal: _Equal) -> dict[str, Any]:
        """Note in a job that it ends with the result of an equal one; returns its columns."""
        job.cached = True
        job.scores[:] = equal.scores
        return self._ending(job, equal.size) | {"result": equal.result}

    def _fail(self, row: Row[Any], job: Job, error: VmafxError) -> None:
        job.error.CopyFrom(error_to_message(error))
        self._change(row, job, FAILED, **self._ending(job))

    def _ending(self, job: Job, size: int = 0) -> dict[str, Any]:
        """Note in a job that it ends, with a result of so many bytes; returns its columns."""
        job.ended_at.CopyFrom(now())
        return {"turn": None, "ended": self._clock(), "bytes": size + job.ByteSize()}

    def _change(self, row: Row[Any], job: Job, state: Any, **columns: Any) -> int:
        change = Change(job, self._numbers.next(), job.state)
        job.state = state
        columns |= {"state": state, "changed": change.number, "record": job.SerializeToString()}
        self._open.execute(_CHANGE, {"of": row.seq} | columns)
        self.changes.append(change)
        return change.number


def _stopped(job: Job) -> WorkError:
    times = "time" if job.attempts == 1 else "times"
    return WorkError(
        f"the server was stopped while the job ran, {job.attempts} {times}",
        "If nobody stopped it, the job may need more memory than there is.",
    )
