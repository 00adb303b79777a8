"""Connecting to the database: SQLite, or whatever else SQLAlchemy can speak to."""

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from vmafx_core.errors import ComponentError, UsageError, VmafxError, WorkError
from vmafx_core.extras import remedy
from vmafx_core.locking import hold
from vmafx_daemon.errors import BusyError
from vmafx_daemon.jobs.schema import VERSION, meta, metadata
from vmafx_daemon.settings import Settings

_BUSY_SECONDS = 10
_READERS = 4
# Any number will do, as long as every daemon takes the same.
_POSTGRESQL_LOCK = 0x766D616678
_LOCK_SECONDS, _LOCK_PAUSE = 1.0, 0.05
_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC)
_POSTGRESQL_NO_ROOM = ("53100", "53200")


def database_url(settings: Settings) -> str:
    """Where a daemon with these settings keeps its jobs, as an SQLAlchemy URL."""
    return settings.database or f"sqlite:///{settings.state / 'jobs.db'}"


def connect(url: str) -> Engine:
    """Open a database, and make its tables where there are none.

    Raises:
        UsageError: The URL is none, or names a database that SQLAlchemy does not know.
        ComponentError: The database's driver is not installed.
        WorkError: It cannot be opened, or is of another version of this program.
    """
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            version = connection.execute(select(meta.c.version)).scalar()
            if version is None:
                first = {"id": 1, "version": VERSION, "changes": 0, "clock": 0.0, "wall": 0.0}
                connection.execute(insert(meta), first)
    except DBAPIError as error:
        engine.dispose()
        raise WorkError(
            f"the database of jobs cannot be opened: {error.orig}",
            "Check that it is there, and that this user may write to it.",
        ) from error
    if version not in {None, VERSION}:
        engine.dispose()
        raise WorkError(
            f"the database of jobs has version {version}; this program reads version {VERSION}",
            "Use the program that made it, or another state folder.",
        )
    return engine


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        if sqlite and parsed.database:
            # Specs name files and labels name people: they are the owner's.
            Path(parsed.database).touch(mode=0o600)
        more = {"connect_args": {"timeout": _BUSY_SECONDS}} if sqlite else {"pool_pre_ping": True}
        engine = create_engine(parsed, pool_size=_READERS + 1, max_overflow=0, **more)
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageError(
            f"the database cannot be used: {error}",
            "Write sqlite:///PATH or postgresql://USER@HOST/NAME.",
        ) from None
    except ModuleNotFoundError as error:
        raise ComponentError(
            f"the database's driver {error.name!r} is not installed",
            f"For PostgreSQL: {remedy('postgresql')}.",
        ) from None
    except OSError as error:
        raise WorkError(f"the database of jobs cannot be opened: {error.strerror}") from error
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}").close()


def hold_file(engine: Engine) -> None:
    """Keep every other daemon of this machine from a database that is a file, until it is disposed.

    Raises:
        WorkError: Another daemon has it.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    path = Path(f"{os.path.realpath(engine.url.database)}.lock")
    try:
        lock = hold(path, 0o600)
    except OSError as error:
        raise WorkError(f"the database of jobs cannot be locked: {error.strerror}") from error
    if lock is None:
        raise _held_by_another()
    event.listen(engine, "engine_disposed", lambda _: os.close(lock), once=True)


def hold_alone(connection: Connection) -> None:
    """Keep every other daemon from a database that several machines can reach.

    Raises:
        WorkError: Another daemon has it.
    """
    if connection.dialect.name != "postgresql":
        return
    asked = text("SELECT pg_try_advisory_lock(:lock)")
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        alone = connection.execute(asked, {"lock": _POSTGRESQL_LOCK}).scalar()
        connection.commit()
        if alone:
            return
        # The server notices that a daemon has ended a little later than whoever starts it anew.
        if time.monotonic() > until:
            raise _held_by_another()
        time.sleep(_LOCK_PAUSE)


def _held_by_another() -> WorkError:
    return WorkError(
        "another daemon uses the database of jobs", "Stop it, or name another database."
    )


def as_vmafx_error(error: Exception) -> VmafxError:
    """What a client is told about a failure of the database; never a path or a statement."""
    if isinstance(error, VmafxError):
        return error
    if isinstance(error, DBAPIError) and _is_full(error.orig):
        return BusyError(
            "the disk that holds the jobs is full; nothing was stored",
            "Try again when there is room on the server.",
            retry_after=10.0,
        )
    return WorkError(
        "the database of jobs failed; nothing was stored", "The server's log says why."
    )


def _is_full(cause: BaseException | None) -> bool:
    if isinstance(cause, sqlite3.Error):
        with contextlib.suppress(AttributeError):
            return cause.sqlite_errorcode in _ROOM
    return getattr(cause, "sqlstate", None) in _POSTGRESQL_NO_ROOM
