"""The one place where the engines' errors become ours: busy, full, corrupt, gone, or simply failed.

SQLite result codes: https://www.sqlite.org/rescode.html; PostgreSQL: appendix A, "PostgreSQL Error Codes".
"""

from __future__ import annotations

import errno
import resource
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from data.errors import DiskFullError, StoreBusyError, StoreError, StoreSchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.errors import KentonganError
    from data.store.database import Database

HOW_TO_RECOVER = (
    "Nothing was changed. Copy it away with its -wal file, then restore a backup or recover it with: "
    "sqlite3 OLD .recover | sqlite3 NEW"
)
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# SQLite says FULL only for ENOSPC while writing a page; quotas, file-size limits and the -shm file come as these.
_SQLITE_MAYBE_FULL = frozenset(
    {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_FSYNC}
)
_PG_BUSY = frozenset({"55P03", "40001", "40P01"})  # lock not available, serialization failure, deadlock
_PG_FULL = frozenset({"53100"})
_PG_BROKEN = frozenset({"XX001", "XX002"})  # data or index corrupted
_PROBE_BYTES = 64 * 1024


@contextmanager
def translated(database: Database) -> Iterator[None]:
    """Run the block; whatever the engine raises leaves as StoreError, one of its kinds, or DiskFullError."""
    try:
        yield
    except SQLAlchemyError as error:
        if isinstance(error, StatementError) and isinstance(error.orig, TypeError | ValueError):
            raise error.orig from None  # a column type refused a value before the engine saw it: the caller's slip
        raise meaning(error, database) from error


def meaning(error: SQLAlchemyError, database: Database) -> KentonganError:
    """Return what ``error`` means to the product, with a sentence that says what to do."""
    if not isinstance(error, DBAPIError):
        return StoreError(f"{database.name}: {error}")
    if isinstance(error, IntegrityError):
        return StoreError(f"{database.name}: refused by a rule of the tables ({_plain(error)})")
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig, database)
    return _of_postgresql(error, database)


def _of_sqlite(error: sqlite3.Error, database: Database) -> KentonganError:
    # Errors of the Python module itself (a closed connection) carry no code.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    folder = database.path.parent if database.path is not None else Path()
    if code & 0xFF in _SQLITE_BUSY:
        return StoreBusyError(
            f"{database.path}: another process has been writing for more than {database.busy_timeout_s:g} s; try again"
        )
    if code & 0xFF == sqlite3.SQLITE_FULL or (code in _SQLITE_MAYBE_FULL and _no_room(folder)):
        return DiskFullError(folder)
    if code & 0xFF in _SQLITE_BROKEN:
        return StoreSchemaError(f"{database.path}: the database is damaged or no database ({error}). {HOW_TO_RECOVER}")
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN:
        return StoreError(f"{database.path}: cannot be opened; see that the folder exists and is yours ({error})")
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        return StoreError(f"{database.path}: may not be written; see who owns the file and its folder ({error})")
    return StoreError(f"{database.path}: {error}")


def _of_postgresql(error: DBAPIError, database: Database) -> KentonganError:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _PG_BUSY:
        return StoreBusyError(f"{database.name}: another writer was in the way ({_plain(error)}); try again")
    if state in _PG_FULL:
        return DiskFullError(database.name)
    if state in _PG_BROKEN:
        return StoreSchemaError(f"{database.name}: the server reports damaged data ({_plain(error)}); restore a backup")
    if error.connection_invalidated or state.startswith(("08", "57P", "53")) or not state:
        # Shutdown, restart, too many connections: the next try gets a new connection.
        return StoreBusyError(
            f"{database.name}: the server cannot be reached or went away ({_plain(error)}); try again"
        )
    return StoreError(f"{database.name}: {_plain(error)}")


def _plain(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())[:300]


def _no_room(folder: Path) -> bool:
    """Return whether a write here fails for want of room, which is asked of the disk itself."""
    if resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY:
        return True
    try:
        if shutil.disk_usage(folder).free < _PROBE_BYTES:
            return True
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
    except OSError as error:
        return error.errno in NO_ROOM
    return False
