"""Which jobs are too old or too many, and deleting them."""

from sqlalchemy import Connection, exists, func, select
from sqlalchemy import delete as delete_from

from vmafx_daemon.jobs.schema import jobs, results

_AT_ONCE = 500


def limit(connection: Connection, before: float, most_bytes: int) -> float:
    """The time, of the store's, until which jobs that ended are to go.

    Args:
        connection: The database.
        before: What ended before it may go anyhow.
        most_bytes: How much all that stays may take up; the newest stay.
    """
    total = func.sum(jobs.c.bytes).over(order_by=(jobs.c.ended.desc(), jobs.c.seq.desc()))
    sums = select(jobs.c.ended, total.label("total")).where(jobs.c.ended.is_not(None)).subquery()
    over = connection.execute(select(func.max(sums.c.ended)).where(sums.c.total > most_bytes))
    return max(before, over.scalar() or 0.0)


def delete(connection: Connection, until: float) -> int:
    """Delete some of the jobs that ended until then, and results that no job has any more.

    Returns:
        How many jobs went.
    """
    old = select(jobs.c.seq).where(jobs.c.ended <= until).order_by(jobs.c.ended).limit(_AT_ONCE)
    seqs = list(connection.execute(old).scalars())
    if not seqs:
        return 0
    theirs = select(jobs.c.result).where(jobs.c.seq.in_(seqs), jobs.c.result.is_not(None))
    unused = list(connection.execute(theirs).scalars())
    connection.execute(delete_from(jobs).where(jobs.c.seq.in_(seqs)))
    wanted = exists().where(jobs.c.result == results.c.id)
    connection.execute(delete_from(results).where(results.c.id.in_(unused), ~wanted))
    return len(seqs)
