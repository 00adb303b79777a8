"""The tables of the store.

A job's record is the message `Job` without result and progress, as bytes: what clients see is what
is stored. Columns beside it hold what is searched for, and are written together with it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

VERSION = 1

metadata = MetaData()

# SQLite counts up by itself only what it calls INTEGER, which has 64 bits there.
_Count = BigInteger().with_variant(Integer, "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    # No change of state has a number beyond it; grows for as long as the store exists.
    Column("changes", BigInteger, nullable=False),
    # The store's own time, and the wall clock's when that was written; see `clock`.
    Column("clock", Float(53), nullable=False),
    Column("wall", Float(53), nullable=False),
)

results = Table(
    "results",
    metadata,
    Column("id", _Count, primary_key=True),
    # What it is the result of; null where that cannot be told.
    Column("fingerprint", LargeBinary),
    # The message `JobResult`, compressed by zlib.
    Column("body", LargeBinary, nullable=False),
    Index("results_fingerprint", "fingerprint"),
)

jobs = Table(
    "jobs",
    metadata,
    # In the order of their submission, which no clock can confuse.
    Column("seq", _Count, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("idempotency_key", String(255), unique=True),
    Column("state", Integer, nullable=False),
    # The place in the queue, lowest first; null for what is not to be begun now.
    Column("turn", Integer),
    # The number of its last change of state: what whoever runs it has to know to end it.
    Column("changed", BigInteger, nullable=False),
    # Whether a result of an equal job will not do.
    Column("no_cache", Integer, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("result", _Count, ForeignKey("results.id")),
    # When it ended, by the store's own time, and what it takes up from then on.
    Column("ended", Float(53)),
    Column("bytes", BigInteger),
    Index("jobs_turn", "turn", "seq"),
    Index("jobs_state", "state", "seq"),
    Index("jobs_changed", "changed"),
    Index("jobs_ended", "ended", "bytes"),
    Index("jobs_result", "result"),
)

labels = Table(
    "labels",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("value", String(255), primary_key=True),
    Column("seq", _Count, ForeignKey("jobs.seq", ondelete="CASCADE"), primary_key=True),
    Index("labels_seq", "seq"),
    sqlite_with_rowid=False,
)
