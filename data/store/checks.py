"""What can be wrong with a database that opens: its pages, its references, its full-text index, its write-ahead log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.errors import StoreError, StoreSchemaError
from data.store.tables import article_revisions, articles

if TYPE_CHECKING:
    from data.store.database import Database
    from data.store.search import SearchIndex

WAL_ALARM_BYTES = 256 * 1024 * 1024
"""A write-ahead log this long is no longer folded into the file: some reader has not let go for hours. By reasoning:
four times the size that it is cut back to."""


def problems(database: Database, index: SearchIndex) -> list[str]:
    """Return what is wrong, a sentence each; [] where nothing is."""
    found: list[str] = []
    try:
        if database.is_sqlite:
            found += _of_sqlite(database)
        found += _of_revisions(database)
    except StoreSchemaError as error:
        return [*found, str(error)]
    return found + _of_index(database, index)


def wal_bytes(database: Database) -> int:
    """Return the length of SQLite's write-ahead log; 0 where there is none."""
    if database.path is None:
        return 0
    wal = database.path.with_name(database.path.name + "-wal")
    return wal.stat().st_size if wal.exists() else 0


def _of_sqlite(database: Database) -> list[str]:
    with database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        strays = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    found = [f"integrity_check: {' '.join(problem.split())}" for problem in pages if problem != "ok"]
    found += [f"foreign_key_check: row {row[1]} of {row[0]} refers to a missing row of {row[2]}" for row in strays[:20]]
    if (size := wal_bytes(database)) > WAL_ALARM_BYTES:
        found.append(
            f"the write-ahead log is {size // 1_000_000} MB long: a reader has not let go; restart what reads it"
        )
    return found


def _of_revisions(database: Database) -> list[str]:
    newest = (
        select(article_revisions.c.article_id, func.max(article_revisions.c.revision).label("revision"))
        .group_by(article_revisions.c.article_id)
        .subquery()
    )
    wrong = (
        select(articles.c.id)
        .outerjoin(newest, newest.c.article_id == articles.c.id)
        .where((newest.c.revision.is_(None)) | (newest.c.revision != articles.c.revision))
        .limit(20)
    )
    with database.read() as connection:
        numbers = connection.execute(wrong).scalars().all()
    return [f"article {number}: its present revision is not its last one" for number in numbers]


def _of_index(database: Database, index: SearchIndex) -> list[str]:
    try:
        with database.write() as connection:
            return index.problems(connection)
    except StoreError as error:
        return [f"search index: does not fit the articles ({error.__cause__ or error}); rebuild_search makes it anew"]
