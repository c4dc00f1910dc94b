"""One engine with its transactions, and how SQLite is kept from failing at once under several writers.

SQLite: WAL; every write begins with BEGIN IMMEDIATE, because a transaction that reads first and writes later fails at
once with "database is locked", whatever the busy timeout says (measured: after 0.000 s); synchronous NORMAL loses
nothing at kill -9 and, at power loss, at most the last commits. PostgreSQL: lock_timeout is the busy timeout.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from data.errors import SettingsError, StoreError
from data.store.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine, Table
    from sqlalchemy.engine.url import URL

WAL_TRIES = 50
"""Tries to switch a new file to WAL; SQLite does not ask the busy handler there. 50 x 0.1 s outlives any other
start."""

JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024
"""The WAL file is cut back to this after a checkpoint (fault: a long reader lets it grow without bound)."""


@dataclass(slots=True)
class _Reading:
    """One thread's wish to read over one connection; which is opened by the first read, and given back by a write."""

    thread: int
    connection: Connection | None = None

    def end(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Database:
    """The engine behind a store; members ask it for a connection and never open one themselves.

    ``path`` is the SQLite file (None for PostgreSQL). Safe to share between threads. A transaction belongs to the
    thread and asyncio task that opened it; never await inside one.
    """

    def __init__(self, url: str, *, busy_timeout_s: float) -> None:
        parsed = _checked(url)
        self.busy_timeout_s = busy_timeout_s
        self.name = parsed.render_as_string(hide_password=True)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.path = Path(str(parsed.database)).absolute() if self.is_sqlite else None
        self.engine = self._sqlite(parsed) if self.is_sqlite else self._postgresql(parsed)
        # Statements of one read see one state; SQLite's BEGIN does that by itself.
        isolation = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**isolation)
        self._writer = self.engine.execution_options(kentongan_write=True)
        self._current: ContextVar[tuple[int, Connection] | None] = ContextVar("kentongan_transaction", default=None)
        self._reading: ContextVar[_Reading | None] = ContextVar("kentongan_reading", default=None)

    def _sqlite(self, url: URL) -> Engine:
        path = Path(str(url.database)).absolute()
        folder = path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder}: cannot make the folder of the database ({error.strerror})") from error
        # A new one is for its owner alone: keys, targets and hashes of passwords lie in it. Its WAL has the same mode.
        with suppress(OSError):  # a folder, or nowhere to write: what opens it next says so
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=24,
            connect_args={"timeout": self.busy_timeout_s, "check_same_thread": False},
        )
        event.listen(engine, "connect", self._prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgresql(self, url: URL) -> Engine:
        milliseconds = max(1, round(self.busy_timeout_s * 1000))
        words = (
            "timezone=UTC",
            f"lock_timeout={milliseconds}",
            # A plan for any word at all would be the wrong one for most: each question is planned for its own.
            "plan_cache_mode=force_custom_plan",
            # The standing 4 is for discs that turn: it had whole tables read where 400 rows were asked for by key.
            "random_page_cost=1.1",
        )
        return create_engine(
            url,
            pool_pre_ping=True,  # a restarted server costs one new connection, not one failed batch
            pool_size=8,
            max_overflow=24,
            connect_args={"options": " ".join(f"-c {word}" for word in words), "connect_timeout": 10},
        )

    def _prepare_sqlite(self, connection: Any, _record: object) -> None:
        # We say BEGIN ourselves (below); the driver's own habit is a deferred one, and none at all before DDL.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute(f"PRAGMA journal_size_limit={JOURNAL_LIMIT_BYTES}")
        for attempt in range(WAL_TRIES):
            try:
                if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    cursor.execute("PRAGMA journal_mode=WAL")
                break
            except connection.OperationalError as error:
                if "locked" not in str(error) or attempt == WAL_TRIES - 1:
                    raise
                time.sleep(0.1)
        cursor.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection with one consistent view of the store; the present transaction's, if there is one."""
        if (connection := self._joined()) is not None:
            yield connection
            return
        if (reading := self._joined_reading()) is not None:
            with translated(self):
                if reading.connection is None:
                    reading.connection = self._reader.connect()
                try:
                    yield reading.connection
                except SQLAlchemyError:
                    reading.end()  # PostgreSQL answers nothing more in a transaction that has failed
                    raise
            return
        with translated(self), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have all reads of this thread and task use one connection and see one state of the store.

        A page asks forty things: a connection and a transaction for each took more than the answers. After a write,
        reads see the state that it left.
        """
        if self._joined() is not None or self._joined_reading() is not None:
            yield
            return
        reading = _Reading(threading.get_ident())
        token = self._reading.set(reading)
        try:
            yield
        finally:
            self._reading.reset(token)
            with translated(self):
                reading.end()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection that may write: all of it is committed at the end, or nothing.

        Inside another ``write`` of the same thread and task it joins that one, which then decides.
        Raises StoreBusyError, DiskFullError, StoreSchemaError or StoreError; then nothing was written.
        """
        if (connection := self._joined()) is not None:
            with translated(self):
                yield connection
            return
        if (reading := self._joined_reading()) is not None:
            # What it has seen is old from here on; and whoever waits for a connection must not hold one.
            with translated(self):
                reading.end()
        with translated(self), self._writer.connect() as connection, connection.begin():
            token = self._current.set((threading.get_ident(), connection))
            try:
                yield connection
            finally:
                self._current.reset(token)

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Yield a connection outside any transaction, for SQLite's own commands that want none."""
        with translated(self), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def _joined(self) -> Connection | None:
        current = self._current.get()
        # asyncio.to_thread copies the context: a connection must not follow it into another thread.
        return current[1] if current is not None and current[0] == threading.get_ident() else None

    def _joined_reading(self) -> _Reading | None:
        reading = self._reading.get()
        return reading if reading is not None and reading.thread == threading.get_ident() else None

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT of this engine's dialect, which knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Give back every connection; the last one out folds SQLite's WAL into the file."""
        self.engine.dispose()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("kentongan_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def is_there(url: str) -> bool:
    """Return whether there is a store to open at a SQLAlchemy URL; a server is taken to have one.

    Opening a SQLite file that is not there makes it, which who only wants to look must not do.
    """
    parsed = _checked(url)
    return parsed.get_backend_name() != "sqlite" or Path(str(parsed.database)).exists()


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, SQLAlchemyError) as error:
        raise SettingsError(f"this is no database URL; write {_FORMS}", where="database") from error
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise SettingsError(f"a database in memory would be lost at the end; write {_FORMS}", where="database")
        return parsed.set(drivername="sqlite+pysqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise SettingsError(f'"{backend}" is no database that is known here; write {_FORMS}', where="database")


_FORMS = "sqlite:////absolute/path/kentongan.db or postgresql+psycopg://user@host/name"
