"""Who fetched which feed, and how often: a row per day, consumer and feed, so that a poll a minute stays one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from data.store.feed_tables import feed_reads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.store.database import Database

IN_BROWSER: Final = 0
"""The token of what a person fetched who was logged in: none."""

MOST_FEEDS: Final = 200
"""Feeds that are kept apart for one consumer and day; what is fetched beyond them is counted as `REST`."""

REST: Final = "lain-lain"
KEY: Final = ("day", "user_id", "token_id", "feed")


@dataclass(frozen=True, slots=True)
class FeedRead:
    """How often a consumer fetched a feed on a day (of UTC, ``2024-11-26``).

    ``token_id`` is `IN_BROWSER` for a person who was logged in. ``feed`` is its path and filter. ``unchanged`` is how
    many of the ``times`` were answered that nothing has changed.
    """

    day: str
    user_id: int
    token_id: int
    feed: str
    times: int
    unchanged: int
    last_at: datetime


class FeedReads:
    """Reads of feeds by day, consumer and feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, reads: Iterable[FeedRead]) -> None:
        """Count reads on top of those that are kept."""
        with self._database.write() as connection:
            for one in reads:
                mine = (
                    feed_reads.c.day == one.day,
                    feed_reads.c.user_id == one.user_id,
                    feed_reads.c.token_id == one.token_id,
                )
                kept = select(feed_reads.c.feed).where(*mine)
                known = connection.execute(kept.where(feed_reads.c.feed == one.feed)).first() is not None
                held = connection.execute(select(func.count()).select_from(kept.subquery())).scalar_one()
                values = {name: getattr(one, name) for name in FeedRead.__slots__}
                values["feed"] = one.feed if known or held < MOST_FEEDS else REST
                insert = self._database.insert(feed_reads).values(values)
                counted = {
                    "times": feed_reads.c.times + one.times,
                    "unchanged": feed_reads.c.unchanged + one.unchanged,
                    "last_at": one.last_at,
                }
                connection.execute(insert.on_conflict_do_update(index_elements=list(KEY), set_=counted))

    def since(self, day: str, *, user_id: int | None = None, limit: int = 1000) -> list[FeedRead]:
        """Return what was read on a day and after it, the last first; by one user or by all."""
        statement = select(feed_reads).where(feed_reads.c.day >= day).order_by(feed_reads.c.last_at.desc())
        if user_id is not None:
            statement = statement.where(feed_reads.c.user_id == user_id)
        with self._database.read() as connection:
            return [FeedRead(**row._asdict()) for row in connection.execute(statement.limit(limit))]

    def forget(self, day: str) -> int:
        """Remove what was counted before a day and return how many rows that were."""
        with self._database.write() as connection:
            return connection.execute(delete(feed_reads).where(feed_reads.c.day < day)).rowcount
