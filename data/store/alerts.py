"""What leaves the house: one alert per incident, raised once, then updated or cancelled under the same uid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, cast, literal, select, true, union_all, update

from data.errors import StoreError, UnknownItemError
from data.records import Alert
from data.store.feed_tables import alert_head, alert_marks
from data.store.tables import alert_revisions, alerts, incident_places, incident_signals, incidents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row, Select

    from data.store.database import Database

_HEAD: Final = 1
BATCH: Final = 500


class Alerts:
    """Alerts by uid and by incident, every revision kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def raise_(self, alert: Alert) -> Alert:
        """Raise the alert of an incident and return it; where one was raised before, that one is returned, unchanged.

        So two processes may raise the same, and one alert goes out. Raises UnknownItemError where there is no such
        incident, ValueError where ``alert`` is not a raised one.
        """
        if alert.state != "raised":
            msg = f"alert {alert.uid} is {alert.state}, and only a raised one can be raised"
            raise ValueError(msg)
        values = {
            "uid": alert.uid,
            "incident_id": alert.incident_id,
            "revision": alert.revision,
            "first_raised_at": alert.first_raised_at,
        }
        raised = self._database.insert(alerts).values(values).on_conflict_do_nothing().returning(alerts.c.uid)
        with self._database.write() as connection:
            known = connection.execute(select(incidents.c.id).where(incidents.c.id == alert.incident_id)).first()
            if known is None:
                raise UnknownItemError("incident", alert.incident_id)
            if connection.execute(raised).first() is not None:
                self._write_revision(connection, alert)
                return alert
            before = self._one(_current().where(alerts.c.incident_id == alert.incident_id))
        if before is None:
            raise StoreError(f'the uid "{alert.uid}" is another incident\'s alert; every incident has its own')
        return before

    def update(self, alert: Alert) -> Alert:
        """Write an updated or cancelled revision of an alert that was raised, and return what now stands.

        The same revision again changes nothing. Raises UnknownItemError where it was never raised, StoreError where
        a later revision stands already, ValueError where ``alert`` is a raised one.
        """
        if alert.state == "raised":
            msg = f"alert {alert.uid} is raised already; an update says updated or cancelled"
            raise ValueError(msg)
        with self._database.write() as connection:
            held = connection.execute(select(alerts).where(alerts.c.uid == alert.uid).with_for_update()).first()
            if held is None or held.incident_id != alert.incident_id:
                raise UnknownItemError("alert", alert.uid, hint="it must be raised before it can be updated")
            before = self._one(_current().where(alerts.c.uid == alert.uid))
            if before is not None and alert.revision == before.revision:
                return before
            if alert.revision < held.revision:
                raise StoreError(f"alert {alert.uid} is at revision {held.revision}; {alert.revision} comes too late")
            connection.execute(update(alerts).where(alerts.c.uid == alert.uid).values(revision=alert.revision))
            self._write_revision(connection, alert)
            after = self._one(_current().where(alerts.c.uid == alert.uid))
        return after if after is not None else alert

    def get(self, uid: str) -> Alert | None:
        """Return the present revision of an alert; None where it was never raised."""
        return self._one(_current().where(alerts.c.uid == uid))

    def of_incident(self, incident_id: int) -> Alert | None:
        """Return the present revision of an incident's alert; None where none was raised."""
        return self._one(_current().where(alerts.c.incident_id == incident_id))

    def current(self, limit: int = 100) -> list[Alert]:
        """Return the present revision of every alert, cancelled ones too, the last changed first."""
        return self._list(_current().order_by(alert_revisions.c.at.desc(), alerts.c.incident_id.desc()).limit(limit))

    def outdated(self) -> list[int]:
        """Return the incidents that have changed, or been merged into another, since their standing alert was told."""
        changed = incidents.c.revision != alert_revisions.c.incident_revision
        standing = alert_revisions.c.state != "cancelled"
        statement = _current().join(incidents, incidents.c.id == alerts.c.incident_id)
        statement = statement.with_only_columns(alerts.c.incident_id).where(standing, changed)
        with self._database.read() as connection:
            return sorted(connection.execute(statement).scalars())

    def history(self, uid: str) -> list[Alert]:
        """Return every revision of an alert, the first one first."""
        return self._list(_all().where(alerts.c.uid == uid).order_by(alert_revisions.c.revision))

    def histories(self, uids: Iterable[str]) -> dict[str, list[Alert]]:
        """Return every revision of each alert, the first one first; an alert that there is not has none."""
        found: dict[str, list[Alert]] = {uid: [] for uid in uids}
        asked = list(found)
        for start in range(0, len(asked), BATCH):
            some = asked[start : start + BATCH]
            for one in self._list(_all().where(alerts.c.uid.in_(some)).order_by(alert_revisions.c.revision)):
                found[one.uid].append(one)
        return found

    def _write_revision(self, connection: Connection, alert: Alert) -> None:
        names = ("uid", "revision", "state", "at", "verified", "exercise", "reason", "incident_revision")
        values = {name: getattr(alert, name) for name in names}
        connection.execute(self._database.insert(alert_revisions).values(values))
        first = self._database.insert(alert_head).values(id=_HEAD, changes=0)
        connection.execute(first.on_conflict_do_nothing())
        counted = update(alert_head).where(alert_head.c.id == _HEAD).values(changes=alert_head.c.changes + 1)
        number = connection.execute(counted.returning(alert_head.c.changes)).scalar_one()
        connection.execute(update(alerts).where(alerts.c.uid == alert.uid).values(change=number))
        said = self._database.insert(alert_marks).from_select(["mark", "incident_id"], _marks(alert))
        connection.execute(said.on_conflict_do_nothing())

    def _one(self, statement: Any) -> Alert | None:
        found = self._list(statement)
        return found[0] if found else None

    def _list(self, statement: Any) -> list[Alert]:
        with self._database.read() as connection:
            return [alert_of(row) for row in connection.execute(statement)]


def status_mark(*, verified: bool) -> str:
    """Return what an alert is found by for its status."""
    return f"status:{'terverifikasi' if verified else 'belum_terverifikasi'}"


def _marks(alert: Alert) -> Any:
    """Return the rows of what a revision is found by: what its incident is now."""
    number = literal(alert.incident_id)
    mine = incidents.c.id == alert.incident_id
    places = incident_places.c.incident_id == alert.incident_id
    signals = incident_signals.c.incident_id == alert.incident_id
    said = union_all(
        select(literal("wilayah:").concat(incident_places.c.code).label("mark")).where(places),
        select(literal("sinyal:").concat(incident_signals.c.signal)).where(signals),
        select(literal("tingkat:").concat(cast(incidents.c.severity, Text))).where(mine),
        select(literal("urgensi:").concat(incidents.c.urgency)).where(mine),
        select(literal(status_mark(verified=alert.verified))),
    ).subquery()
    # SQLite takes "ON CONFLICT" behind a SELECT for a join unless the SELECT has a WHERE.
    return select(said.c.mark, number).where(true())


def _all() -> Select[Any]:
    mine = (alerts.c.incident_id, alerts.c.first_raised_at)
    return select(alert_revisions, *mine).join_from(alerts, alert_revisions, alerts.c.uid == alert_revisions.c.uid)


def _current() -> Select[Any]:
    return _all().where(alerts.c.revision == alert_revisions.c.revision)


def alert_of(row: Row[Any]) -> Alert:
    """Return the alert of a row of `alert_revisions` with the incident and first moment of its alert."""
    return Alert(
        uid=row.uid,
        incident_id=row.incident_id,
        revision=row.revision,
        state=row.state,
        at=row.at,
        first_raised_at=row.first_raised_at,
        verified=row.verified,
        exercise=row.exercise,
        reason=row.reason,
        incident_revision=row.incident_revision,
    )
