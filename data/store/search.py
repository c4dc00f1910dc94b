"""Full-text search over the present revisions: FTS5 on SQLite, tsvector of configuration ``simple`` on PostgreSQL.

PostgreSQL has the titles in a table of their own besides, since they are what is looked through first.

Both index folded words (no case, no diacritics, no stemming: Indonesian has no stemmer in either engine). What is asked
of it is said in ``data.store.matching``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import text

from data.store.columns import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection

INDEXED_CHARACTERS = 100_000
"""Of a text on PostgreSQL, whose tsvector ends at 1 MB: forty times a long article."""

_WORD = re.compile(r"[^\W_]+")


def words(text_: str) -> list[str]:
    """Return the folded words of a text, as both engines index them."""
    plain = unicodedata.normalize("NFKD", text_.casefold())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


class SearchIndex:
    """The index of titles and texts, kept inside the transaction that writes the article."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite

    def put(
        self, connection: Connection, article_id: int, title: str, text_: str, *, old: tuple[str, str] | None
    ) -> None:
        """Index an article's present revision in place of ``old``, title and text before (None: not indexed yet)."""
        row = {"id": article_id, "title": storable(title), "text": storable(text_)}
        if not self._is_sqlite:
            row["title"], row["text"] = (" ".join(words(part[:INDEXED_CHARACTERS])) for part in (title, text_))
            connection.execute(_PG_PUT, row)
            return
        if old is not None:
            # FTS5 keeps no texts of its own: it must be told what to forget.
            connection.execute(_FTS_DROP, {"id": article_id, "title": storable(old[0]), "text": storable(old[1])})
        connection.execute(_FTS_PUT, row)

    def drop(self, connection: Connection, article_id: int, title: str, text_: str) -> None:
        """Take an article out of the index; title and text are those that it was put in with."""
        if not self._is_sqlite:
            connection.execute(_PG_DROP, {"id": article_id})
            return
        row = {"id": article_id, "title": storable(title), "text": storable(text_)}
        connection.execute(_FTS_DROP, row)

    def rebuild(self, connection: Connection) -> None:
        """Make the index anew from the present revisions."""
        if self._is_sqlite:
            connection.execute(text("INSERT INTO article_search (article_search) VALUES ('rebuild')"))
            return
        connection.execute(text("DELETE FROM article_search_titles"))
        connection.execute(text("DELETE FROM article_search"))
        rows = connection.execute(
            text(
                "SELECT a.id, r.title, r.text FROM articles a"
                " JOIN article_revisions r ON r.article_id = a.id AND r.revision = a.revision"
            )
        )
        for row in rows.all():
            self.put(connection, row.id, row.title, row.text, old=None)

    def problems(self, connection: Connection) -> list[str]:
        """Return what the index's own check finds wrong; [] where it fits the articles."""
        if self._is_sqlite:
            connection.execute(text("INSERT INTO article_search (article_search, rank) VALUES ('integrity-check', 1)"))
            return []
        missing = connection.execute(
            text(
                "SELECT count(*) FROM articles a LEFT JOIN article_search s ON s.article_id = a.id"
                " LEFT JOIN article_search_titles t ON t.article_id = a.id"
                " WHERE s.article_id IS NULL OR t.article_id IS NULL"
            )
        ).scalar()
        return [f"search index: {missing} articles are missing"] if missing else []


_FTS_PUT = text("INSERT INTO article_search (rowid, title, text) VALUES (:id, :title, :text)")
_FTS_DROP = text(
    "INSERT INTO article_search (article_search, rowid, title, text) VALUES ('delete', :id, :title, :text)"
)
_PG_PUT = text(
    "WITH titles AS (INSERT INTO article_search_titles (article_id, document)"
    " VALUES (:id, setweight(to_tsvector('simple', :title), 'A'))"
    " ON CONFLICT (article_id) DO UPDATE SET document = excluded.document)"
    " INSERT INTO article_search (article_id, document) VALUES (:id, setweight(to_tsvector('simple', :title), 'A')"
    " || to_tsvector('simple', :text)) ON CONFLICT (article_id) DO UPDATE SET document = excluded.document"
)
_PG_DROP = text(
    "WITH titles AS (DELETE FROM article_search_titles WHERE article_id = :id)"
    " DELETE FROM article_search WHERE article_id = :id"
)
