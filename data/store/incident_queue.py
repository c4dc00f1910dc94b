"""The queue (*antrean*): a page of incidents, counts, and what is new, quick at a hundred thousand incidents.

Two ways to a page. Where the filter names a place, signal, person, number or words, few incidents qualify: they are
found first, then sorted. Otherwise the index ``ix_incidents_queue`` is walked from the most urgent on, a range for each
status, and never further than the page. Pages go on from the last row of the one before (its key), never by number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Integer,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    union,
    union_all,
)

from data.records import IncidentStatus, Urgency
from data.store.desk_tables import claims, first_views
from data.store.incidents import LARGEST_ID
from data.store.tables import (
    incident_articles,
    incident_changes,
    incident_places,
    incident_signals,
    incidents,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from data.records import Incident
    from data.store.article_search import ArticleSearch
    from data.store.database import Database
    from data.store.incidents import Incidents

MOST_ARTICLES: Final = 1000
"""Articles of incidents, the newest first, that a search for words looks at; a page says where there were more."""

MOST_NEWS: Final = 500
"""Changes that are looked at for news in one request; a page that slept for long is told to begin anew."""

MOST_COUNTED: Final = 1000
"""How far what is late is counted: more than that is no number that helps anybody."""


@dataclass(frozen=True, slots=True)
class After:
    """The key of the last row of a page: the next one goes on behind it."""

    urgency: Urgency
    opened_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which incidents a queue shows; None asks for nothing in particular, no status or no urgency finds none.

    ``regions`` are those of the person who asks: what has no place is seen by all, what is known only of a province by
    all who have a part of it. ``place`` is a code of any level, and all that lies in it counts. ``tier``: the best
    source is at least of that tier. ``held_by`` a user, ``held`` True or False: whether anybody works on it at
    ``now``. ``unseen``: nobody has looked. ``late`` gives for each urgency the moment before which an incident must
    have opened that nobody looked at. ``number`` is an incident's, ``words`` a query of the full-text search;
    ``articles`` are those that it brought (`Queue.prepared`), None where it was not asked yet; ``is_cut``: older ones
    were not looked at.
    """

    statuses: tuple[IncidentStatus, ...] = tuple(IncidentStatus)
    urgencies: tuple[Urgency, ...] = tuple(Urgency)
    now: datetime | None = None
    regions: tuple[str, ...] = ()
    place: str | None = None
    signal: str | None = None
    modality: str | None = None
    min_severity: int = 0
    tier: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    held_by: int | None = None
    held: bool | None = None
    unseen: bool = False
    late: Mapping[Urgency, datetime] | None = None
    number: int | None = None
    words: str = ""
    articles: tuple[int, ...] | None = None
    is_cut: bool = False
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many incidents of a filter there are of each urgency and status (none: not in it).

    ``late`` is how many of them nobody looked at in time, counted up to `MOST_COUNTED`.
    """

    each: Mapping[tuple[Urgency, IncidentStatus], int]
    late: int


@dataclass(frozen=True, slots=True)
class News:
    """What came since a change: ``last`` is the newest change, to ask from next time.

    ``opened`` and ``raised`` are ids of incidents that were opened, or became more urgent. ``slept``: too much happened
    to tell; look at the page anew.
    """

    last: int
    opened: tuple[int, ...]
    raised: tuple[int, ...]
    slept: bool


class Queue:
    """The incidents of a filter."""

    def __init__(self, database: Database, incidents_: Incidents, search: ArticleSearch) -> None:
        self._database = database
        self._incidents = incidents_
        self._search = search

    def prepared(self, asked: QueueFilter) -> QueueFilter:
        """Return the filter with its words looked up, for a page that asks several things of it."""
        if not asked.words:
            return asked
        found, is_cut = self._search.of_incidents(asked.words, MOST_ARTICLES)
        return replace(asked, articles=tuple(found), is_cut=is_cut)

    def page(self, asked: QueueFilter, limit: int, after: After | None = None) -> list[Incident]:
        """Return incidents, the most urgent first, of those the newest (or oldest); at most ``limit``."""
        ids = self.ids(asked, limit, after)
        found = {incident.id: incident for incident in self._incidents.of(ids)}
        return [found[number] for number in ids if number in found]

    def ids(self, asked: QueueFilter, limit: int, after: After | None = None) -> list[int]:
        """Return ids in the order of `page`."""
        if not asked.statuses:
            return []
        with self._database.read() as connection:
            first = self._first(asked)
            if first is not None:
                order = (incidents.c.urgency, *_by_age(asked))
                statement = select(incidents.c.id).where(first, *self._conditions(asked), *_behind(asked, after))
                statement = statement.where(incidents.c.status.in_([one.value for one in asked.statuses]))
                statement = statement.where(incidents.c.urgency.in_([one.value for one in asked.urgencies]))
                return list(connection.execute(statement.order_by(*order).limit(limit)).scalars())
            found: list[int] = []
            for urgency in sorted(asked.urgencies):
                if after is None or urgency >= after.urgency:
                    statement = self._range(asked, urgency, limit - len(found), after)
                    found += [row.id for row in connection.execute(statement)]
                if len(found) >= limit:
                    break
        return found

    def counts(self, asked: QueueFilter, borders: Mapping[Urgency, datetime]) -> Counts:
        """Return how many incidents there are of each urgency and status, and how many of them are late.

        All urgencies are counted, of statuses only those of the filter. ``borders`` are as ``late`` of the filter.
        """
        each = (incidents.c.urgency, incidents.c.status)
        late = case((and_(*_late(borders)), 1), else_=0)
        asked_for = [*self._conditions(asked)]
        if len(asked.statuses) < len(IncidentStatus):
            asked_for.append(incidents.c.status.in_([one.value for one in asked.statuses]))
        with self._database.read() as connection:
            first = self._first(asked)
            if first is not None:
                # The list of ids is what costs: it is made once for both.
                statement = select(*each, func.count(), func.sum(late)).where(first, *asked_for)
                rows = connection.execute(statement.group_by(*reversed(each))).all()
                behind = min(sum(row[3] for row in rows), MOST_COUNTED)
            else:
                statement = select(*each, func.count()).where(*asked_for)
                rows = connection.execute(statement.group_by(*reversed(each))).all()
                found = select(literal(1)).select_from(incidents).where(*asked_for, *_late(borders))
                capped = found.limit(MOST_COUNTED).subquery()
                behind = connection.execute(select(func.count()).select_from(capped)).scalar_one()
        return Counts({(Urgency(row.urgency), IncidentStatus(row.status)): row[2] for row in rows}, behind)

    def places(self, asked: QueueFilter, within: str | None) -> dict[str, int]:
        """Return how many incidents lie in each province, or in each kabupaten or kota of the province ``within``."""
        code = incident_places.c.code
        tree = (
            (func.length(code) == 2,)
            if within is None
            else (code > f"{within}.", code < f"{within}/", func.length(code) == 5)
        )
        asked_for = incidents.c.status.in_([one.value for one in asked.statuses])
        levels = incidents.c.urgency.in_([one.value for one in asked.urgencies])
        with self._database.read() as connection:
            first = self._first(replace(asked, place=None))
            conditions = [*([] if first is None else [first]), *self._conditions(asked), asked_for, levels]
            mine = incident_places.c.incident_id.in_(select(incidents.c.id).where(*conditions))
            statement = select(code, func.count()).where(mine, *tree).group_by(code)
            return {row[0]: row[1] for row in connection.execute(statement)}

    def last_change(self) -> int:
        """Return the number of the newest change of any incident; 0 where there is none."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(incident_changes.c.id))).scalar() or 0

    def news(self, since: int) -> News:
        """Return which incidents were opened, or became more urgent, since a change."""
        statement = (
            select(incident_changes.c.id, incident_changes.c.incident_id, incident_changes.c.changes)
            .where(incident_changes.c.id > min(since, LARGEST_ID))
            .order_by(incident_changes.c.id)
            .limit(MOST_NEWS + 1)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        if len(rows) > MOST_NEWS:
            return News(self.last_change(), (), (), slept=True)
        opened: dict[int, None] = {}
        raised: dict[int, None] = {}
        for row in rows:
            before, now = row.changes.get("urgency", (None, None))
            if now is not None and before is None:
                opened[row.incident_id] = None
            elif now is not None and now < before:
                raised[row.incident_id] = None
        last = rows[-1].id if rows else max(since, 0)
        return News(last, tuple(opened), tuple(one for one in raised if one not in opened), slept=False)

    def conditions(self, asked: QueueFilter) -> list[ColumnElement[bool]]:
        """Return what a filter asks of a row of incidents, of any status and urgency, those merged into another too."""
        first = self._first(asked)
        return [*([] if first is None else [first]), *self._conditions(asked)[1:]]  # which leaves out what was merged

    def _conditions(self, asked: QueueFilter) -> list[ColumnElement[bool]]:
        return _conditions(asked, is_sqlite=self._database.is_sqlite)

    def _range(self, asked: QueueFilter, urgency: Urgency, limit: int, after: After | None) -> Any:
        """Return the rows of one urgency: of each status as many as could be needed, then the first of them all."""
        parts = []
        for status in asked.statuses:
            mine = (incidents.c.status == status.value, incidents.c.urgency == urgency.value)
            statement = select(incidents.c.id, incidents.c.opened_at).where(*mine, *self._conditions(asked))
            statement = statement.where(*_behind(asked, after, urgency))
            # Only a subquery may be sorted and cut before it is united, on SQLite.
            parts.append(select(statement.order_by(*_by_age(asked)).limit(limit).subquery()))
        both = union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()
        order = (both.c.opened_at, both.c.id) if asked.oldest_first else (both.c.opened_at.desc(), both.c.id.desc())
        return select(both.c.id).order_by(*order).limit(limit)

    def _first(self, asked: QueueFilter) -> ColumnElement[bool] | None:
        """Return the condition that few incidents meet, by a list of their ids; None where the filter has none."""
        lists: list[ColumnElement[bool]] = []
        if asked.number is not None:
            lists.append(incidents.c.id == (asked.number if asked.number <= LARGEST_ID else 0))
        if asked.words:
            articles = self.prepared(asked).articles if asked.articles is None else asked.articles
            lists.append(_listed(incident_articles, incident_articles.c.article_id.in_(articles or ())))
        if asked.held_by is not None:
            lists.append(_listed(claims, claims.c.user_id == asked.held_by, claims.c.until > asked.now))
        elif asked.held:
            lists.append(_listed(claims, claims.c.until > asked.now))
        if asked.place is not None:
            lists.append(_listed(incident_places, incident_places.c.code == asked.place))
        if asked.signal is not None:
            lists.append(_listed(incident_signals, incident_signals.c.signal == asked.signal))
        if asked.regions:
            lists.append(incidents.c.id.in_(of_regions(asked.regions)))
        return and_(*lists) if lists else None


def _listed(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return incidents.c.id.in_(select(table.c.incident_id).where(*conditions))


def of_regions(regions: Sequence[str]) -> Any:
    """Return the ids of what a person with these regions sees: the same as `desk.permissions.Actor.sees`."""
    # Every unit that a place lies in has a row: the region's own code finds all in it.
    inside = select(incident_places.c.incident_id).where(incident_places.c.code.in_(regions))
    above = {
        ".".join(parts[:depth]) for parts in (code.split(".") for code in regions) for depth in range(1, len(parts))
    }
    around = select(incident_places.c.incident_id).where(
        incident_places.c.code.in_(sorted(above)), incident_places.c.named.is_(True)
    )
    # Written out, not bound: only so does an engine know that the partial index holds them all.
    nowhere = select(incidents.c.id).where(text("places = '[]'"))
    return union(inside, around, nowhere) if above else union(inside, nowhere)


def _conditions(asked: QueueFilter, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    """Return what of a filter the index itself can tell, and who looked or works on it."""
    column = incidents.c
    # The sign keeps an SQLite without statistics from taking the index of merged_into, in which nearly all are alike;
    # PostgreSQL gathers them by itself, and would misjudge the expression.
    merged = literal_column("+incidents.merged_into", Integer) if is_sqlite else column.merged_into
    found: list[ColumnElement[bool]] = [merged.is_(None)]
    if asked.modality is not None:
        found.append(column.modality == asked.modality)
    if asked.min_severity > 0:
        found.append(column.severity >= asked.min_severity)
    if asked.tier is not None:
        found.append(column.best_tier <= asked.tier)
    if asked.since is not None:
        found.append(column.opened_at >= asked.since)
    if asked.until is not None:
        found.append(column.opened_at < asked.until)
    if asked.held is False:
        found.append(~exists().where(claims.c.incident_id == column.id, claims.c.until > asked.now))
    if asked.unseen:
        found += _unseen()
    if asked.late is not None:
        found += _late(asked.late)
    return found


def _unseen() -> list[ColumnElement[bool]]:
    column = incidents.c
    waiting = column.status == IncidentStatus.BELUM_DITINJAU.value
    return [waiting, ~exists().where(first_views.c.incident_id == column.id)]


def _late(borders: Mapping[Urgency, datetime]) -> list[ColumnElement[bool]]:
    column = incidents.c
    over = [and_(column.urgency == one.value, column.opened_at < border) for one, border in borders.items()]
    return [or_(*over) if over else ~true(), *_unseen()]


def _by_age(asked: QueueFilter) -> tuple[Any, Any]:
    columns = (incidents.c.opened_at, incidents.c.id)
    return columns if asked.oldest_first else (columns[0].desc(), columns[1].desc())


def _behind(asked: QueueFilter, after: After | None, urgency: Urgency | None = None) -> list[ColumnElement[bool]]:
    """Return what lies behind a key, within one urgency where that is given: rows are compared part by part."""
    if after is None or (urgency is not None and urgency is not after.urgency):
        return []
    column = incidents.c
    if asked.oldest_first:
        older = or_(column.opened_at > after.opened_at, and_(column.opened_at == after.opened_at, column.id > after.id))
        within = and_(column.opened_at >= after.opened_at, older)
    else:
        older = or_(column.opened_at < after.opened_at, and_(column.opened_at == after.opened_at, column.id < after.id))
        within = and_(column.opened_at <= after.opened_at, older)
    if urgency is not None:
        return [within]
    return [or_(column.urgency > after.urgency.value, and_(column.urgency == after.urgency.value, within))]
