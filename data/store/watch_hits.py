"""Articles that have one of the desk's watch-words and are in no incident, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from data.store.search import terms
from data.store.tables import articles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.records import StoredArticle
    from data.store.articles import Articles
    from data.store.database import Database

MOST_COUNTED: Final = 1000


class WatchHits:
    """What a search for watch-words finds among articles of the last days; the words decide nothing."""

    def __init__(self, database: Database, kept: Articles) -> None:
        self._database = database
        self._articles = kept

    def count(self, phrases: Sequence[str], since: datetime) -> int:
        """Return how many articles first seen since then have one of ``phrases``; MOST_COUNTED at most."""
        return len(self._ids(phrases, since, None, MOST_COUNTED))

    def of(
        self, phrases: Sequence[str], since: datetime, *, before: int | None = None, limit: int = 100
    ) -> list[StoredArticle]:
        """Return them, the newest first; ``before`` is the id where the page before ended."""
        return self._articles.many(self._ids(phrases, since, before, limit))

    def _ids(self, phrases: Sequence[str], since: datetime, before: int | None, limit: int) -> list[int]:
        # One phrase each, whatever signs are in it: a watch-word is not a query.
        asked = [(words, phrase.endswith("*")) for phrase in phrases for words, _ in terms(f'"{phrase}"')]
        if not asked:
            return []
        oldest = select(articles.c.id).where(articles.c.first_seen >= since).order_by(articles.c.first_seen).limit(1)
        with self._database.read() as connection:
            first = connection.execute(oldest).scalar()
            if first is None:
                return []
            if self._database.is_sqlite:
                query = " OR ".join('"' + " ".join(words) + '"' + ("*" if star else "") for words, star in asked)
            else:
                query = " | ".join(_tsquery(words, star=star) for words, star in asked)
            found = connection.execute(
                _SQLITE if self._database.is_sqlite else _POSTGRESQL,
                {"query": query, "first": first, "before": before or 2**62, "limit": limit},
            )
            return list(found.scalars())


def _tsquery(words: tuple[str, ...], *, star: bool) -> str:
    quoted = [f"'{word}'" for word in words]
    return "(" + " <-> ".join(quoted) + (":*" if star else "") + ")"


_SQLITE = text(
    "SELECT rowid FROM article_search WHERE article_search MATCH :query AND rowid >= :first AND rowid < :before"
    " AND NOT EXISTS (SELECT 1 FROM incident_articles i WHERE i.article_id = article_search.rowid)"
    " ORDER BY rowid DESC LIMIT :limit"
)
_POSTGRESQL = text(
    "SELECT article_id FROM article_search s WHERE document @@ to_tsquery('simple', :query)"
    " AND article_id >= :first AND article_id < :before"
    " AND NOT EXISTS (SELECT 1 FROM incident_articles i WHERE i.article_id = s.article_id)"
    " ORDER BY article_id DESC LIMIT :limit"
)
