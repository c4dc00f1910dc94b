"""The URLs that were ever offered: which is known, which is due, what became of it last.

A row's key is the canonical URL; several rows may lead to one article (an AMP page, a redirect, page 2), of which one
is looked at again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from data.outcomes import Outcome
from data.records import PageRef
from data.store.columns import storable
from data.store.erasures import erased
from data.store.schedule import look_again, reopened
from data.store.tables import articles, frontier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from data.store.database import Database

BATCH = 500
"""URLs per statement: below SQLite's 32,766 parameters with a dozen columns each, beyond which nothing is gained."""

LONGEST_URL = 2000
"""Bytes of a canonical URL that can be a key (a PostgreSQL index entry holds 2,704 bytes); longer ones are crawler
traps."""

FARTHEST = timedelta(days=8)
"""No rule puts a look farther ahead than 7 days: what lies beyond was written by a clock that was wrong, and is due
now."""


OLD_NEWS = timedelta(days=30)
"""Outlets correct and withdraw in the first days; asking for thousands of last year's pages again finds nothing."""

ANSWERED = frozenset({Outcome.BARU, Outcome.REVISI, Outcome.TETAP, Outcome.DUPLICATE_URL, Outcome.NOT_MODIFIED})
"""The ends of a URL that show an article there."""


def fits_a_key(url: str) -> bool:
    """Return whether a canonical URL can be a key of the tables: short enough, and kept as it is."""
    return storable(url) == url and len(url.encode()) <= LONGEST_URL


class Frontier:
    """Every offered URL with its last outcome and its next look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def offer(self, refs: Iterable[PageRef], now: datetime) -> dict[str, bool]:
        """Take in what a finder offered; return for each canonical URL whether it was there before.

        New ones are due at once. A known one keeps its next look, but what was no article, or had been given up, is due
        again when it is offered after 7 days. URLs longer than LONGEST_URL are left out (they end as BAD_URL). What was
        erased counts as known, and is not taken in again.
        """
        offered = {ref.canonical_url: ref for ref in refs if fits_a_key(ref.canonical_url)}
        known: dict[str, bool] = {}
        if not offered:
            return known
        with self._database.write() as connection:
            for urls in _batches(sorted(offered)):
                rows = {row.canonical_url: row for row in connection.execute(_rows(urls))}
                known.update({url: url in rows for url in urls})
                new = [url for url in urls if url not in rows]
                gone = erased(connection, new)
                known.update(dict.fromkeys(gone, True))
                fresh = [_values(offered[url], now, due=now) for url in new if url not in gone]
                if fresh:
                    connection.execute(self._database.insert(frontier).on_conflict_do_nothing(), fresh)
                again = [url for url, row in rows.items() if row.next_check is None and _reopened(row, now)]
                if again:
                    mine = frontier.c.canonical_url.in_(again)
                    connection.execute(update(frontier).where(mine).values(next_check=now, attempts=0))
        return known

    def due(self, source_id: str, now: datetime, limit: int) -> list[PageRef]:
        """Return at most ``limit`` URLs of a source to read now: new ones first, the newest published before others.

        Then retries whose time has come and known articles to look at again, whose ``found_by`` is ``recheck``.
        """
        statement = (
            select(frontier)
            .where(frontier.c.source_id == source_id, _due(now))
            .order_by(
                frontier.c.last_outcome.is_(None).desc(),
                frontier.c.published.desc().nulls_last(),
                frontier.c.offered_at.desc(),
                frontier.c.canonical_url,
            )
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_ref(row) for row in connection.execute(statement)]

    def count_due(self, source_id: str, now: datetime) -> int:
        """Return how many URLs of a source ``due`` would give without a limit."""
        with self._database.read() as connection:
            counted = select(func.count()).select_from(frontier).where(frontier.c.source_id == source_id, _due(now))
            return connection.execute(counted).scalar_one()

    def known(self, canonical_url: str) -> bool:
        """Return whether the URL was ever offered, or met under way to an article."""
        with self._database.read() as connection:
            row = connection.execute(select(frontier.c.url).where(frontier.c.canonical_url == canonical_url)).first()
        return row is not None

    def last_outcome(self, canonical_url: str) -> Outcome | None:
        """Return what became of the URL last; None where it was not tried yet or is not known."""
        with self._database.read() as connection:
            word = connection.execute(
                select(frontier.c.last_outcome).where(frontier.c.canonical_url == canonical_url)
            ).scalar()
        return None if word is None else Outcome(word)

    def names_of(self, article_id: int) -> tuple[str, ...]:
        """Return every canonical URL that leads to an article."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(frontier.c.canonical_url)
                .where(frontier.c.article_id == article_id)
                .order_by(frontier.c.canonical_url)
            )
            return tuple(rows.scalars())

    def reopen(self, outcome: Outcome, now: datetime, *, source_id: str | None = None) -> int:
        """Make what ended in ``outcome`` due again (its profile was mended, its parser too); return how many."""
        statement = update(frontier).where(frontier.c.last_outcome == outcome.value)
        if source_id is not None:
            statement = statement.where(frontier.c.source_id == source_id)
        with self._database.write() as connection:
            return connection.execute(statement.values(next_check=now, attempts=0)).rowcount

    def flag(self, article_id: int, at: datetime) -> None:
        """Note that an article was flagged, the first time only: it is looked at more often from then on.

        One that is flagged long after it was first seen (a new model went over the archive) is left in peace.
        """
        with self._database.write() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).first()
            if row is None or row.flagged_at is not None or at - row.first_seen > OLD_NEWS:
                return
            connection.execute(update(articles).where(articles.c.id == article_id).values(flagged_at=at))
            soon = look_again(row.first_seen, at, at)
            mine = and_(
                frontier.c.canonical_url == row.read_url,
                or_(frontier.c.next_check.is_(None), frontier.c.next_check > soon),
            )
            connection.execute(update(frontier).where(mine).values(next_check=soon))

    # What follows is for data.store.settlement: it works inside its transaction.

    def locked(self, connection: Connection, ref: PageRef, names: Iterable[str], now: datetime) -> dict[str, Row[Any]]:
        """Return the rows of ``ref`` and ``names``, made where there were none, held until the transaction ends.

        Two that settle names of one article thus wait for one another, and for each other's article.
        """
        values = {name: _values(ref, now, due=None) | {"canonical_url": name, "url": name} for name in names}
        values[ref.canonical_url] = _values(ref, now, due=None)
        urls = sorted(values)
        made = self._database.insert(frontier).on_conflict_do_nothing()
        connection.execute(made, [values[url] for url in urls])
        rows = connection.execute(_rows(urls).order_by(frontier.c.canonical_url).with_for_update())
        return {row.canonical_url: row for row in rows}

    def note(self, connection: Connection, canonical_url: str, **values: Any) -> None:
        """Set columns of one row."""
        connection.execute(update(frontier).where(frontier.c.canonical_url == canonical_url).values(**values))

    def tie(self, connection: Connection, names: Iterable[str], article_id: int) -> None:
        """Let ``names`` lead to an article, where they lead to none yet."""
        free = and_(frontier.c.canonical_url == bindparam("name"), frontier.c.article_id.is_(None))
        rows = [{"name": name, "article": article_id} for name in sorted(names)]
        if rows:
            connection.execute(update(frontier).where(free).values(article_id=bindparam("article")), rows)

    def other_name(self, connection: Connection, article_id: int, gone: str) -> str | None:
        """Return another name of an article that showed it when it was last asked; None where there is none."""
        return connection.execute(
            select(frontier.c.canonical_url)
            .where(
                frontier.c.article_id == article_id,
                frontier.c.canonical_url != gone,
                frontier.c.last_outcome.in_([outcome.value for outcome in ANSWERED]),
            )
            .order_by(frontier.c.last_attempt.desc())
            .limit(1)
        ).scalar()


def _due(now: datetime) -> Any:
    return or_(frontier.c.next_check <= now, frontier.c.next_check > now + FARTHEST)


def _rows(urls: Sequence[str]) -> Any:
    return select(frontier).where(frontier.c.canonical_url.in_(urls))


def _reopened(row: Row[Any], now: datetime) -> bool:
    outcome = None if row.last_outcome is None else Outcome(row.last_outcome)
    return row.article_id is None and reopened(outcome, row.attempts, row.last_attempt, now)


def _values(ref: PageRef, now: datetime, *, due: datetime | None) -> dict[str, Any]:
    return {
        "canonical_url": ref.canonical_url,
        "url": ref.url,
        "source_id": ref.source_id,
        "found_by": ref.found_by,
        "title": ref.title,
        "published": ref.published,
        "offered_at": now,
        "attempts": 0,
        "next_check": due,
    }


def _ref(row: Row[Any]) -> PageRef:
    return PageRef(
        url=row.url,
        canonical_url=row.canonical_url,
        source_id=row.source_id,
        found_by="recheck" if row.article_id is not None else row.found_by,
        title=row.title,
        published=row.published,
    )


def _batches(urls: Sequence[str]) -> Iterable[Sequence[str]]:
    return (urls[at : at + BATCH] for at in range(0, len(urls), BATCH))
