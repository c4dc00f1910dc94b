"""Incidents (*kejadian*): the desk's queue, with every change that was ever made to one and by whom."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, delete, exists, func, or_, select, update

from data.errors import StoreError, UnknownItemError
from data.moments import counted_at, known_at
from data.records import Incident, IncidentStatus
from data.store.codec import decode, encode
from data.store.tables import (
    alerts,
    articles,
    incident_articles,
    incident_changes,
    incident_places,
    incident_signals,
    incidents,
    reviews,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from data.store.database import Database

SAID_BY_ALERTS = frozenset(
    {
        "title",
        "signals",
        "modality",
        "severity",
        "urgency",
        "status",
        "places",
        "event_time",
        "independent_sources",
        "published",
        "merged_into",
    }
)
"""The fields that an alert puts into words. A further copy, a later last_seen or a better article to quote is no
news to its readers."""

LARGEST_ID = 2**31 - 1
"""Of an INTEGER on either engine; a larger number from an address or a command line is nobody's id, and no error."""

MACHINE = "kentongan"
"""Who changed an incident when no person did."""

Found: TypeAlias = list[Incident]  # inside the class, "list" is a method

_KEPT = tuple(field.name for field in fields(Incident) if field.name not in {"id", "article_ids"})
_JSON = frozenset({"signals", "places", "event_time"})


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """One change of an incident: what changed, each with its value before (None: opened, added) and after."""

    incident_id: int
    at: datetime
    by: str
    changes: Mapping[str, tuple[Any, Any]]


class Incidents:
    """Incidents by id, by article, by place and time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, incident: Incident, article_ids: Sequence[int], at: datetime, by: str = MACHINE) -> Incident:
        """Write a new incident about ``article_ids`` and return it with its id; the one in it is not looked at.

        Raises UnknownItemError where there is no such article, StoreError where one is in another incident: then
        nothing is written.
        """
        values = _values(incident) | {"revision": 1}
        with self._database.write() as connection:
            statement = self._database.insert(incidents).values(values).returning(incidents.c.id)
            number = int(connection.execute(statement).scalar_one())
            self._index(connection, number, incident)
            self._log(connection, number, at, by, {name: (None, encode(getattr(incident, name))) for name in _KEPT})
            for article_id in dict.fromkeys(article_ids):
                self.add_article(number, article_id, at, by)
            return self.held(number)

    def update(self, incident: Incident, at: datetime, by: str = MACHINE) -> Incident:
        """Write the fields of ``incident`` over those that are stored and return it as it stands then.

        ``revision`` goes up by one where something changed that an alert would say, and is otherwise left; the one in
        ``incident`` is not looked at, nor are its article_ids. Every change is logged. Raises UnknownItemError.
        """
        with self._database.write() as connection:
            stored = self.held(incident.id)
            before, after = _values(stored), _values(incident)
            changed = [name for name in _KEPT if name != "revision" and before[name] != after[name]]
            if not changed:
                return stored
            said = any(name in SAID_BY_ALERTS and _said(stored, name) != _said(incident, name) for name in changed)
            after["revision"] = stored.revision + said
            connection.execute(update(incidents).where(incidents.c.id == incident.id).values(after))
            if {"signals", "places"} & set(changed):
                self._index(connection, incident.id, incident)
            old, new = encode(stored), encode(incident)
            self._log(connection, incident.id, at, by, {name: (old[name], new[name]) for name in changed})
            return self.held(incident.id)

    def add_article(self, incident_id: int, article_id: int, at: datetime, by: str = MACHINE) -> None:
        """Let an incident be about one more article; the same again changes nothing. Counts are the caller's.

        Raises UnknownItemError where either is not there, StoreError where the article is in another incident.
        """
        values = {"article_id": article_id, "incident_id": incident_id, "added_at": at}
        added = self._database.insert(incident_articles).values(values).on_conflict_do_nothing()
        with self._database.write() as connection:
            self.held(incident_id)
            if connection.execute(select(articles.c.id).where(articles.c.id == article_id)).first() is None:
                raise UnknownItemError("article", article_id)
            if connection.execute(added.returning(incident_articles.c.article_id)).first() is not None:
                self._log(connection, incident_id, at, by, {"article_ids": (None, article_id)})
                return
            mine = select(incident_articles.c.incident_id).where(incident_articles.c.article_id == article_id)
            holder = connection.execute(mine).scalar_one()
        if holder != incident_id:
            raise StoreError(f"article {article_id} is in incident {holder} already; an article is about one incident")

    def move_article(self, article_id: int, incident_id: int, at: datetime, by: str = MACHINE) -> int | None:
        """Let an article be about another incident than before and return which that was; both histories tell of it.

        None where it was in none or in this one already. Counts are the caller's. Raises UnknownItemError.
        """
        mine = incident_articles.c.article_id == article_id
        with self._database.write() as connection:
            before = connection.execute(select(incident_articles.c.incident_id).where(mine)).scalar()
            if before is None or before == incident_id:
                self.add_article(incident_id, article_id, at, by)
                return None
            self.held(incident_id)
            moved = {"incident_id": incident_id, "added_at": at}
            connection.execute(update(incident_articles).where(mine).values(moved))
            self._log(connection, before, at, by, {"article_ids": (article_id, None)})
            self._log(connection, incident_id, at, by, {"article_ids": (None, article_id)})
        return int(before)

    def article_ids(self, incident_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Return the articles of incidents by incident, in the order in which they were added; none for one without."""
        with self._database.read() as connection:
            return _articles_of(connection, sorted(set(incident_ids)))

    def merged_into(self, incident_id: int) -> list[int]:
        """Return the incidents whose articles went to this one, over however many steps, in the order of their ids."""
        found: set[int] = set()
        asked = {incident_id}
        with self._database.read() as connection:
            while asked:
                statement = select(incidents.c.id).where(incidents.c.merged_into.in_(sorted(asked)))
                asked = set(connection.execute(statement).scalars()) - found
                found |= asked
        return sorted(found)

    def decided_by_persons(self, incident_ids: Iterable[int]) -> set[int]:
        """Return those of which a person has said something: no machine moves an article out of one."""
        return self._among(
            incident_ids,
            incidents.c.status != IncidentStatus.BELUM_DITINJAU.value,
            exists().where(reviews.c.incident_id == incidents.c.id),
            exists().where(incident_changes.c.incident_id == incidents.c.id, incident_changes.c.by != MACHINE),
        )

    def alerted(self, incident_ids: Iterable[int]) -> set[int]:
        """Return those of which an alert has left the house."""
        return self._among(incident_ids, exists().where(alerts.c.incident_id == incidents.c.id))

    def _among(self, incident_ids: Iterable[int], *conditions: Any) -> set[int]:
        wanted = sorted(set(incident_ids))
        found: set[int] = set()
        with self._database.read() as connection:
            for start in range(0, len(wanted), 500):
                mine = incidents.c.id.in_(wanted[start : start + 500])
                found |= set(connection.execute(select(incidents.c.id).where(mine, or_(*conditions))).scalars())
        return found

    def note(self, incident_id: int, at: datetime, by: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """Write something into an incident's history that changes nothing of it. Raises UnknownItemError."""
        with self._database.write() as connection:
            self.held(incident_id)
            self._log(connection, incident_id, at, by, changes)

    def get(self, incident_id: int) -> Incident | None:
        """Return an incident; None where there is none of that id."""
        if not 0 < incident_id <= LARGEST_ID:
            return None
        found = self._list(select(incidents).where(incidents.c.id == incident_id))
        return found[0] if found else None

    def of(self, incident_ids: Iterable[int]) -> Found:
        """Return incidents of these ids, in the order of their ids; those that there are not are left out."""
        wanted = sorted({number for number in incident_ids if 0 < number <= LARGEST_ID})
        return [
            incident
            for start in range(0, len(wanted), 500)
            for incident in self._list(
                select(incidents).where(incidents.c.id.in_(wanted[start : start + 500])).order_by(incidents.c.id)
            )
        ]

    def of_article(self, article_id: int) -> Incident | None:
        """Return the incident that an article is about; None where it is about none."""
        mine = select(incident_articles.c.incident_id).where(incident_articles.c.article_id == article_id)
        found = self._list(select(incidents).where(incidents.c.id == mine.scalar_subquery()))
        return found[0] if found else None

    def candidates(self, place_codes: Collection[str], since: datetime, until: datetime) -> Found:
        """Return the incidents that an article about ``place_codes`` may be about, the last seen first.

        Those seen between ``since`` and ``until`` that lie in the same kabupaten or kota, or of which only the province
        is known (of either) and is the same, or of which no place is known; without any ``place_codes`` all of that
        time.
        """
        in_time = (
            incidents.c.last_seen >= since,
            incidents.c.first_seen <= until,
            incidents.c.merged_into.is_(None),
        )
        statement = select(incidents).where(*in_time).order_by(incidents.c.last_seen.desc(), incidents.c.id.desc())
        if place_codes:
            mine = incident_places.c.incident_id == incidents.c.id
            near = []
            for code in sorted(place_codes):
                province, regency = code.split(".")[0], ".".join(code.split(".")[:2])
                near.append(incident_places.c.code == regency)
                near.append(and_(incident_places.c.code == province, incident_places.c.named.is_(True)))
            statement = statement.where(
                or_(exists().where(mine, or_(*near)), ~exists().where(incident_places.c.incident_id == incidents.c.id))
            )
        return self._list(statement)

    def list(
        self,
        status: IncidentStatus | Collection[IncidentStatus] | None = None,
        min_severity: int = 0,
        signal: str | None = None,
        place: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
        *,
        merged: bool = False,
    ) -> Found:
        """Return incidents: the most urgent first, of those the gravest, of those the newest.

        ``place`` is a code of any level, and all that lies in it counts; ``since``: last seen then or later. What was
        merged into another is left out, or with ``merged`` nothing else is returned.
        """
        away = incidents.c.merged_into.is_not(None) if merged else incidents.c.merged_into.is_(None)
        statement = select(incidents).where(incidents.c.severity >= min_severity, away)
        if status is not None:
            words = [status.value] if isinstance(status, str) else [one.value for one in status]
            statement = statement.where(incidents.c.status.in_(words))
        if since is not None:
            statement = statement.where(incidents.c.last_seen >= since)
        if signal is not None:
            mine = (incident_signals.c.incident_id == incidents.c.id, incident_signals.c.signal == signal)
            statement = statement.where(exists().where(*mine))
        if place is not None:
            within = (incident_places.c.incident_id == incidents.c.id, incident_places.c.code == place)
            statement = statement.where(exists().where(*within))
        order = (incidents.c.urgency, incidents.c.severity.desc(), incidents.c.opened_at.desc(), incidents.c.id.desc())
        return self._list(statement.order_by(*order).limit(limit))

    def history(self, incident_id: int) -> Sequence[IncidentChange]:
        """Return every change of an incident, its opening first."""
        statement = select(incident_changes).where(incident_changes.c.incident_id == incident_id)
        with self._database.read() as connection:
            return [_change(row) for row in connection.execute(statement.order_by(incident_changes.c.id))]

    def version(self, incident_id: int) -> int:
        """Return the number of an incident's last change: what a person who decides has seen. 0 for no incident."""
        last = select(func.max(incident_changes.c.id)).where(incident_changes.c.incident_id == incident_id)
        with self._database.read() as connection:
            return connection.execute(last).scalar() or 0

    def versions(self, incident_ids: Iterable[int]) -> dict[int, int]:
        """Return the `version` of each incident of a page."""
        wanted = sorted(set(incident_ids))
        last = func.max(incident_changes.c.id)
        found: dict[int, int] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), 500):
                mine = incident_changes.c.incident_id.in_(wanted[start : start + 500])
                statement = select(incident_changes.c.incident_id, last).where(mine)
                rows = connection.execute(statement.group_by(incident_changes.c.incident_id))
                found |= {row[0]: row[1] for row in rows}
        return found

    def changes_after(self, incident_id: int, version: int) -> Sequence[IncidentChange]:
        """Return the changes of an incident that came after one of its versions, the first one first."""
        mine = (incident_changes.c.incident_id == incident_id, incident_changes.c.id > min(version, LARGEST_ID))
        with self._database.read() as connection:
            rows = connection.execute(select(incident_changes).where(*mine).order_by(incident_changes.c.id))
            return [_change(row) for row in rows]

    def held(self, incident_id: int) -> Incident:
        """Return an incident, its row held until the transaction around it ends. Raises UnknownItemError."""
        found = self._list(select(incidents).where(incidents.c.id == incident_id).with_for_update())
        if not found:
            raise UnknownItemError("incident", incident_id)
        return found[0]

    # What follows works inside the transaction of one of the above.

    def _index(self, connection: Connection, number: int, incident: Incident) -> None:
        """Write what incidents are found by: their signals, their places and all that those lie in."""
        named = {place.code for place in incident.places}
        codes = {".".join(parts[:depth]) for parts in (code.split(".") for code in named) for depth in _depths(parts)}
        signals = [{"incident_id": number, "signal": signal} for signal in sorted(set(incident.signals))]
        places = [{"incident_id": number, "code": code, "named": code in named} for code in sorted(codes)]
        for table, rows in ((incident_signals, signals), (incident_places, places)):
            connection.execute(delete(table).where(table.c.incident_id == number))
            if rows:
                connection.execute(self._database.insert(table), rows)

    def _log(self, connection: Connection, number: int, at: datetime, by: str, changes: Mapping[str, Any]) -> None:
        row = {
            "incident_id": number,
            "at": at,
            "by": by,
            "changes": {name: list(pair) for name, pair in changes.items()},
        }
        connection.execute(self._database.insert(incident_changes).values(row))

    def _list(self, statement: Any) -> Found:
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            about = _articles_of(connection, [row.id for row in rows])
        return [_incident(row, about.get(row.id, ())) for row in rows]


def _depths(parts: Sequence[str]) -> Iterable[int]:
    return range(1, len(parts) + 1)


def _said(incident: Incident, name: str) -> Any:
    """Return what an alert says of a field: of a place its code and role, not in which line it stood."""
    if name == "places":
        return [(place.code, place.role, place.ambiguous) for place in incident.places]
    if name == "event_time":
        return None if incident.event_time is None else (incident.event_time.start, incident.event_time.end)
    return getattr(incident, name)


def _values(incident: Incident) -> dict[str, Any]:
    return (
        {name: encode(value) if name in _JSON else value for name in _KEPT for value in (getattr(incident, name),)}
        | {name: getattr(incident, name).value for name in ("modality", "urgency", "status")}
        # What it is counted under follows from the rest of it.
        | {"counted_at": counted_at(incident), "known_at": known_at(incident)}
    )


def _articles_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the article ids of each incident, in the order in which they were added."""
    found: dict[int, list[int]] = {}
    for start in range(0, len(numbers), 500):
        mine = incident_articles.c.incident_id.in_(numbers[start : start + 500])
        order = (incident_articles.c.added_at, incident_articles.c.article_id)
        for row in connection.execute(select(incident_articles).where(mine).order_by(*order)):
            found.setdefault(row.incident_id, []).append(row.article_id)
    return {number: tuple(article_ids) for number, article_ids in found.items()}


def _incident(row: Row[Any], article_ids: tuple[int, ...]) -> Incident:
    values = row._asdict() | {"article_ids": list(article_ids)}
    times = ("opened_at", "first_seen", "last_seen", "published")
    return decode(Incident, values | {name: encode(values[name]) for name in times})


def _change(row: Row[Any]) -> IncidentChange:
    changes = {name: (pair[0], pair[1]) for name, pair in row.changes.items()}
    return IncidentChange(row.incident_id, row.at, row.by, changes)
