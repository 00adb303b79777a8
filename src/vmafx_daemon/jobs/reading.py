"""Questions to the store; each takes about as long with many jobs as with few."""

from collections.abc import Mapping

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    exists,
    func,
    select,
    union_all,
)

from vmafx_core.errors import UsageError
from vmafx_daemon.jobs.records import NEW, PENDING, RUNNING, Change, Job, JobResult, unpack
from vmafx_daemon.jobs.schema import jobs, labels, results
from vmafx_rpc import messages

_USUAL_PAGE = 100
_LONGEST_PAGE = 1000
_MOST_LABELS = 32
_FEW = 1000


def get(connection: Connection, job_id: str) -> Change | None:
    """A job and its latest change."""
    row = connection.execute(
        select(jobs.c.record, jobs.c.changed).where(jobs.c.id == job_id)
    ).first()
    return Change(Job.FromString(row.record), row.changed, NEW) if row else None


def result(connection: Connection, job_id: str) -> JobResult | None:
    """The result of a completed job."""
    query = select(results.c.body).join(jobs, jobs.c.result == results.c.id)
    body = connection.execute(query.where(jobs.c.id == job_id)).scalar()
    return unpack(body) if body else None


def changed_after(connection: Connection, number: int, most: int) -> list[Change]:
    """The latest change of each job that came after one, in their order."""
    query = select(jobs.c.record, jobs.c.changed).where(jobs.c.changed > number)
    rows = connection.execute(query.order_by(jobs.c.changed).limit(most))
    return [Change(Job.FromString(row.record), row.changed, NEW) for row in rows]


def counts(connection: Connection) -> dict[int, int]:
    """How many jobs wait and run, by state."""
    query = select(jobs.c.state, func.count()).where(jobs.c.state.in_((PENDING, RUNNING)))
    return {row[0]: row[1] for row in connection.execute(query.group_by(jobs.c.state))}


def oldest_pending(connection: Connection) -> Job | None:
    """The job that waits longest."""
    query = select(jobs.c.record).where(jobs.c.state == PENDING).order_by(jobs.c.seq).limit(1)
    record = connection.execute(query).scalar()
    return Job.FromString(record) if record else None


def page(
    connection: Connection, request: messages.controller.ListJobsRequest
) -> messages.controller.ListJobsResponse:
    """A page of jobs, the newest first.

    Raises:
        UsageError: The size of the page is none, its token is of no other page, or what is looked
            for cannot be.
    """
    if not 0 <= request.page_size <= _LONGEST_PAGE:
        raise UsageError(
            f"page_size {request.page_size} is out of range", f"Use 1 to {_LONGEST_PAGE}."
        )
    size = request.page_size or _USUAL_PAGE
    before = _page_start(request.page_token)
    for state in request.states:
        if state not in messages.controller.JobState.values():
            raise UsageError(f"there is no state {state}", "See the list of JobState.")
    if len(request.labels) > _MOST_LABELS:
        raise UsageError(f"there are {len(request.labels)} labels", f"Use at most {_MOST_LABELS}.")
    # Each state by itself, for only so does an index give them in order.
    states: list[int | None] = [*set(request.states)] or [None]
    few = _rare_label(connection, request.labels)
    parts = [
        select(_wanted(state, request.labels, few, before).limit(size + 1).subquery())
        for state in states
    ]
    wanted = union_all(*parts).subquery()
    query = select(jobs.c.seq, jobs.c.record).where(jobs.c.seq.in_(select(wanted.c.seq)))
    rows = connection.execute(query.order_by(jobs.c.seq.desc()).limit(size + 1)).all()
    more = str(rows[size - 1].seq) if len(rows) > size else ""
    return messages.controller.ListJobsResponse(
        jobs=[Job.FromString(row.record) for row in rows[:size]], next_page_token=more
    )


def _page_start(token: str) -> int | None:
    if token and not (token.isascii() and token.isdigit() and len(token) < 19):
        raise UsageError(
            f"page_token {token[:40]!r} is of no page",
            "Use the next_page_token of the page before.",
        )
    return int(token) if token else None


def _rare_label(connection: Connection, wanted: Mapping[str, str]) -> str | None:
    """The name of a label that only few jobs have as it is wanted, if there is one."""
    for name, value in wanted.items():
        some = select(labels.c.seq).where(*_is(labels, name, value)).limit(_FEW).subquery()
        if (connection.scalar(select(func.count()).select_from(some)) or 0) < _FEW:
            return name
    return None


def _wanted(
    state: int | None, wanted: Mapping[str, str], few: str | None, before: int | None
) -> Select[tuple[int]]:
    """The jobs of a state with all labels, the newest first.

    They are looked for among those with the label of which there are few, or else among all of the
    state: one of them is a short way, unless they are many and meet seldom.
    """
    conditions = []
    seq = labels.c.seq if few is not None else jobs.c.seq
    if few is not None:
        conditions += _is(labels, few, wanted[few])
        if state is not None:
            conditions.append(exists().where(jobs.c.seq == seq, jobs.c.state == state))
    elif state is not None:
        conditions.append(jobs.c.state == state)
    for name, value in wanted.items():
        if name != few:
            other = labels.alias()
            conditions.append(exists().where(*_is(other, name, value), other.c.seq == seq))
    if before is not None:
        conditions.append(seq < before)
    return select(seq).where(*conditions).order_by(seq.desc())


def _is(table: FromClause, name: str, value: str) -> list[ColumnElement[bool]]:
    return [table.c.name == name, table.c.value == value]
