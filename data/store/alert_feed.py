"""What a feed is made of: a page of the alerts that it is of, the last changed first, and whether anything changed.

An alert is in a feed where *any* of its revisions was what the feed is of: what was of level 3 and fell to 2, lay in
another kabupaten or was taken back is told to all who were told before. Pages go on from the number of the last change
of the page before, never by position: what changes meanwhile moves to the front and is lost to nobody.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, or_, select

from data.records import IncidentStatus
from data.store.alerts import alert_of, status_mark
from data.store.desk_tables import desk_settings
from data.store.feed_tables import alert_head, alert_marks
from data.store.incident_queue import of_regions
from data.store.tables import alert_revisions, alerts, incident_changes, incidents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from data.records import Alert, Urgency
    from data.store.database import Database
    from data.store.incident_queue import Queue, QueueFilter

FEW: Final = 2_000
"""Alerts of a mark up to which they are looked up one by one; more, and the order of changes is walked until a page is
full. At 100,000 alerts either way takes at most some 20 ms there."""

HIGHEST_LEVEL: Final = 4
LARGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts a feed is of; the defaults ask for all.

    ``places`` are codes, and all below them counts; any of them will do, as of ``signals``. ``verified`` True: what a
    person ever verified, False: what was ever unverified. ``since``: changed then or later. ``drills`` True: drills
    only, False: none. ``incident_id``: the alert of that one. ``regions`` are those of the person who asks (as
    `QueueFilter.regions`). ``view`` is what a saved view asks of incidents; what was taken back stays in it whatever
    has become of its status.
    """

    places: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    from_level: int = 0
    urgencies: tuple[Urgency, ...] = ()
    verified: bool | None = None
    since: datetime | None = None
    drills: bool | None = None
    incident_id: int | None = None
    regions: tuple[str, ...] = ()
    view: QueueFilter | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed: its alerts, and ``stamp``, which is another one where the page would say something else.

    ``older`` and ``newer`` are the numbers of changes that the pages behind and before it go on from (None: there is
    none).
    """

    alerts: tuple[Alert, ...]
    stamp: str
    older: int | None = None
    newer: int | None = None


class AlertFeed:
    """The alerts of filters, all of which they must meet."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database = database
        self._queue = queue

    def state(self) -> tuple[int, int, int]:
        """Return the numbers of the last change of any alert, incident and setting: while they stand, feeds do too."""
        changes = select(alert_head.c.changes).scalar_subquery()
        last = select(func.max(incident_changes.c.id)).scalar_subquery()
        setting = select(func.max(desk_settings.c.id)).scalar_subquery()
        with self._database.read() as connection:
            row = connection.execute(select(changes, last, setting)).one()
        return (row[0] or 0, row[1] or 0, row[2] or 0)

    def page(
        self, filters: Sequence[AlertFilter], limit: int, *, before: int | None = None, after: int | None = None
    ) -> FeedPage:
        """Return the alerts that changed last, at most ``limit``; those behind a change, or just before it.

        ``before`` a change: what changed earlier. ``after`` one: what changed next after it.
        """
        change = alerts.c.change
        with self._database.read() as connection:
            found = self._listed(connection, filters)
            if before is not None:
                found = found.where(change < min(before, LARGEST))
            if after is not None:
                found = found.where(change > min(after, LARGEST))
            order = change if after is not None else change.desc()
            rows = list(connection.execute(found.order_by(order).limit(limit + 1)))
            more, rows = len(rows) > limit, rows[:limit]
            if after is not None:
                rows.reverse()
            older, newer = more, before is not None
            if after is not None:
                older, newer = True, more
            if rows and after is not None:
                older = self._any(connection, filters, change < rows[-1].change)
            if rows and before is not None:
                newer = self._any(connection, filters, change > rows[0].change)
        return FeedPage(
            tuple(alert_of(row) for row in rows),
            _stamp(rows),
            older=rows[-1].change if rows and older else None,
            newer=rows[0].change if rows and newer else None,
        )

    def last(self, filters: Sequence[AlertFilter], limit: int) -> FeedPage:
        """Return the page of the alerts that changed longest ago."""
        return self.page(filters, limit, after=-1)

    def all(self, filters: Sequence[AlertFilter], *, batch: int = 500) -> Iterator[tuple[Alert, ...]]:
        """Yield every alert, the last changed first, ``batch`` at a time and each batch from a read of its own."""
        before: int | None = None
        while True:
            page = self.page(filters, batch, before=before)
            yield page.alerts
            if page.older is None:
                return
            before = page.older

    def _any(self, connection: Connection, filters: Sequence[AlertFilter], condition: ColumnElement[bool]) -> bool:
        return connection.execute(self._listed(connection, filters).where(condition).limit(1)).first() is not None

    def _listed(self, connection: Connection, filters: Sequence[AlertFilter]) -> Any:
        present = and_(alerts.c.uid == alert_revisions.c.uid, alerts.c.revision == alert_revisions.c.revision)
        told = (incidents.c.revision, incidents.c.spread, incidents.c.independent_sources, incidents.c.best_article_id)
        statement = (
            select(
                alert_revisions,
                alerts.c.incident_id,
                alerts.c.first_raised_at,
                alerts.c.change,
                *(column.label(f"incident_{column.name}_now") for column in told),
            )
            .select_from(alerts)
            .join(alert_revisions, present)
            .join(incidents, incidents.c.id == alerts.c.incident_id)
        )
        for asked in filters:
            statement = statement.where(*self._conditions(connection, asked))
        return statement

    def _conditions(self, connection: Connection, asked: AlertFilter) -> list[ColumnElement[bool]]:
        found = [self._marked(connection, marks) for marks in _marks(asked) if marks]
        if asked.incident_id is not None:
            found.append(alerts.c.incident_id == min(asked.incident_id, LARGEST))
        if asked.since is not None:
            found.append(alert_revisions.c.at >= asked.since)
        if asked.drills is not None:
            found.append(alert_revisions.c.exercise.is_(asked.drills))
        if asked.regions:
            found.append(alerts.c.incident_id.in_(of_regions(asked.regions)))
        if asked.view is not None:
            found.append(or_(alert_revisions.c.state == "cancelled", incidents.c.status.in_(_open(asked.view))))
            found += self._queue.conditions(asked.view)
        return found

    def _marked(self, connection: Connection, marks: Sequence[str]) -> ColumnElement[bool]:
        """Return the condition that an alert has any of some marks: few are listed, many are asked one by one."""
        mine = alert_marks.c.mark.in_(marks)
        some = select(alert_marks.c.incident_id).where(mine).limit(FEW + 1).subquery()
        if connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW:
            return alerts.c.incident_id.in_(select(alert_marks.c.incident_id).where(mine))
        return select(alert_marks.c.mark).where(mine, alert_marks.c.incident_id == alerts.c.incident_id).exists()


def _marks(asked: AlertFilter) -> list[list[str]]:
    """Return the marks that a filter asks for: one of each list."""
    levels = range(asked.from_level, HIGHEST_LEVEL + 1) if asked.from_level > 0 else ()
    return [
        [f"wilayah:{code}" for code in asked.places],
        [f"sinyal:{signal}" for signal in asked.signals],
        [f"tingkat:{level}" for level in levels],
        [f"urgensi:{urgency}" for urgency in asked.urgencies],
        [] if asked.verified is None else [status_mark(verified=asked.verified)],
    ]


def _open(view: QueueFilter) -> list[str]:
    return [one.value for one in view.statuses or tuple(IncidentStatus)]


def _stamp(rows: Sequence[Row[Any]]) -> str:
    told = hashlib.sha256()
    for row in rows:
        told.update(repr((row.incident_id, row.revision, row.change, *row[-4:])).encode())
    return told.hexdigest()[:24]
