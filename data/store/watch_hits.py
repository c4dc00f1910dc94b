"""Articles that have one of the desk's watch-words and are in no incident, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.store.matching import Look, Matcher, phrases_of
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
        self._matcher = Matcher(is_sqlite=database.is_sqlite)

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
        asked = phrases_of(phrases)
        if not asked:
            return []
        oldest = select(articles.c.id).where(articles.c.first_seen >= since).order_by(articles.c.first_seen).limit(1)
        with self._database.read() as connection:
            first = connection.execute(oldest).scalar()
            if first is None:
                return []
            look = Look(self._matcher.any(self._matcher.term(term) for term in asked))
            return self._matcher.ids(connection, look, limit, before=before, since=first, joined=False)
