"""What each source did hour by hour: its tallies and articles summed up, so that weeks of them can be looked at."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from math import log
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, select

from data.outcomes import Outcome
from data.sightings import SourceHour
from data.store.tables import article_revisions, articles, frontier, source_hours, tallies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from data.store.database import Database

KEPT = timedelta(days=120)
"""Hours older than this are dropped: more than three times what is looked at."""

FETCHED_ENDS = frozenset(
    {
        Outcome.BARU,
        Outcome.REVISI,
        Outcome.TETAP,
        Outcome.TOO_SHORT,
        Outcome.NOT_ARTICLE,
        Outcome.SOFT_404,
        Outcome.EXTRACTION_FAILED,
        Outcome.QUARANTINED,
    }
)
"""How a URL ends whose page was had as it is shown to readers."""

WALLS = frozenset({Outcome.CHALLENGE, Outcome.LOGIN, Outcome.PAYWALL})
DENIALS = frozenset({Outcome.ROBOTS_DENIED, Outcome.ROBOTS_UNREACHABLE})

_NAMES = tuple(SourceHour.__dataclass_fields__)


class SourceHours:
    """One row per source and hour in which it was looked at or an article of it came."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fill(self, source_id: str, now: datetime, back: timedelta) -> None:
        """Sum up what a source did since its last row, or in the last ``back`` where that is shorter or it has none.

        The last row's hour is summed up anew: it was not over. Doing it again changes nothing.
        """
        mine = source_hours.c.source_id == source_id
        since = hour_of(now - back)
        with self._database.write() as connection:
            last = connection.execute(select(func.max(source_hours.c.hour)).where(mine)).scalar()
            since = max(since, last) if last is not None else since
            found = self._summed(connection, source_id, since)
            connection.execute(delete(source_hours).where(mine, source_hours.c.hour >= since))
            connection.execute(delete(source_hours).where(mine, source_hours.c.hour < now - KEPT))
            if found:
                rows = [{"source_id": source_id} | asdict(one) for one in found]
                connection.execute(self._database.insert(source_hours), rows)

    def of(self, source_id: str, since: datetime) -> list[SourceHour]:
        """Return a source's hours that begin at or after ``since``, the oldest first; empty hours are left out."""
        statement = (
            select(*(source_hours.c[name] for name in _NAMES))
            .where(source_hours.c.source_id == source_id, source_hours.c.hour >= since)
            .order_by(source_hours.c.hour)
        )
        with self._database.read() as connection:
            return [SourceHour(*row) for row in connection.execute(statement)]

    def finders(self, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
        """Return how many URLs first offered in [since, until) each kind of finder brought, by source id and kind.

        One pass over the frontier, however many sources there are.
        """
        statement = (
            select(frontier.c.source_id, frontier.c.found_by, func.count())
            .where(frontier.c.offered_at >= since, frontier.c.offered_at < until)
            .group_by(frontier.c.source_id, frontier.c.found_by)
        )
        found: dict[str, dict[str, int]] = {}
        with self._database.read() as connection:
            for source_id, kind, count in connection.execute(statement):
                found.setdefault(source_id, {})[kind] = count
        return found

    def _summed(self, connection: Connection, source_id: str, since: datetime) -> list[SourceHour]:
        sums: dict[datetime, dict[str, Any]] = {}
        looks = select(tallies.c.ended_at, tallies.c.record).where(
            tallies.c.source_id == source_id, tallies.c.ended_at >= since
        )
        for ended_at, record in connection.execute(looks):
            _add(sums, ended_at, _of_tally(record))
        first = and_(article_revisions.c.article_id == articles.c.id, article_revisions.c.revision == 1)
        read = (
            select(
                articles.c.first_seen,
                func.length(article_revisions.c.text).label("length"),
                article_revisions.c.published.is_(None).label("undated"),
                article_revisions.c.author.is_(None).label("unsigned"),
            )
            .join_from(articles, article_revisions, first)
            .where(articles.c.source_id == source_id, articles.c.first_seen >= since)
        )
        for row in connection.execute(read):
            length = log(max(1, row.length))
            _add(
                sums,
                row.first_seen,
                {
                    "articles": 1,
                    "undated": int(row.undated),
                    "unsigned": int(row.unsigned),
                    "log_length": length,
                    "log_length_squared": length * length,
                },
            )
        return [SourceHour(hour, **sums[hour]) for hour in sorted(sums)]


def _of_tally(record: Mapping[str, Any]) -> dict[str, int]:
    counts = {Outcome(word): number for word, number in record["counts"].items()}
    asked = sum(record["requests"].values()) > 0

    def ended(outcomes: Iterable[Outcome]) -> int:
        return sum(counts.get(outcome, 0) for outcome in outcomes)

    return {
        "looks": 1,
        "answered": int(asked and not record.get("error")),
        "new": counts.get(Outcome.BARU, 0),
        "fetched": ended(FETCHED_ENDS),
        "read": ended(outcome for outcome in FETCHED_ENDS if outcome.is_article),
        "walled": ended(WALLS),
        "denied": ended(DENIALS),
    }


def _add(sums: dict[datetime, dict[str, Any]], at: datetime, values: Mapping[str, float]) -> None:
    held = sums.setdefault(hour_of(at), {})
    for name, value in values.items():
        held[name] = held.get(name, 0) + value


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour that a moment lies in."""
    return at.replace(minute=0, second=0, microsecond=0)
