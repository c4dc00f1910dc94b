"""Bringing a database to the version this program knows, or refusing it by name; nothing is ever deleted.

Concurrent starts: whoever comes first migrates, inside one write transaction (BEGIN IMMEDIATE, or an advisory lock of
PostgreSQL); the others wait and find it done.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from data.errors import StoreError, StoreSchemaError
from data.store.translation import HOW_TO_RECOVER, translated

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.store.database import Database

HEAD = "0012"
"""The newest revision in ``migrations/versions``; a test holds the two together. Known here so that a start need not
load Alembic."""

MIGRATIONS = Path(__file__).parent / "migrations"

CHECKED_AT_OPEN_BYTES = 32 * 1024 * 1024
"""A SQLite file up to this size is checked through at every start (about 0.1 s); a larger one by ``integrity_check``
only."""

_ADVISORY_KEY = 0x4B454E544F4E474E  # "KENTONGN"
LEAST_POSTGRESQL = 150000


def prepare(database: Database) -> None:
    """Migrate ``database`` to HEAD, whoever else is starting.

    Raises StoreSchemaError where it is damaged, somebody else's or newer than this program; StoreBusyError,
    DiskFullError, StoreError.
    """
    if database.path is not None:
        _refuse_damaged(database, database.path)
    with translated(database):
        with database.read() as connection:
            if _revision(connection, database) == HEAD:
                return
        with database.write() as connection:
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
            if (found := _revision(connection, database)) == HEAD:
                return
            _refuse_unknown(found, database)
            _upgrade(connection)


def _refuse_damaged(database: Database, path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path}: is a folder; the database is a file")
    try:
        with path.open("rb") as file:
            head, size = file.read(16), path.stat().st_size
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); see who owns it") from error
    if head and head != b"SQLite format 3\x00":
        raise StoreSchemaError(
            f"{path}: is no SQLite database (its first bytes are {head!r}). It was left as it is: "
            "name another file, or restore a backup"
        )
    if 0 < size <= CHECKED_AT_OPEN_BYTES:
        with database.read() as connection:
            problems = connection.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
        if problems != ["ok"]:
            found = "; ".join(" ".join(problem.split()) for problem in problems)
            raise StoreSchemaError(f"{path}: the check quick_check failed: {found}. {HOW_TO_RECOVER}")


def _revision(connection: Connection, database: Database) -> str | None:
    """Return the revision of a database; None for an empty one. Raises StoreSchemaError for somebody else's."""
    tables = set(inspect(connection).get_table_names())
    if {"alembic_version", "frontier"} <= tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)
    if tables:
        raise StoreSchemaError(
            f"{database.name}: holds tables that are not Kentongan's ({', '.join(sorted(tables)[:3])} …); "
            "name an empty database"
        )
    return None


def _refuse_unknown(found: str | None, database: Database) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if found is not None and found not in known:
        raise StoreSchemaError(
            f"{database.name}: is at schema revision {found}, and this program knows only up to {HEAD}: it was "
            "written by a newer Kentongan. Update the program, or name another database; nothing was changed"
        )


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    if not connection.dialect.name.startswith("postgresql"):
        if not connection.exec_driver_sql("SELECT sqlite_compileoption_used('ENABLE_FTS5')").scalar():
            raise StoreError(
                f"this Python's SQLite {sqlite3.sqlite_version} has no FTS5; use Debian's or python.org's Python"
            )
    elif (connection.dialect.server_version_info or (0,))[0] * 10000 < LEAST_POSTGRESQL:
        raise StoreError("this PostgreSQL server is older than 15; use 15 or newer")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
