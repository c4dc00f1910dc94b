"""What was found wrong with sources: each thing once, from when it was noted until it was over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from data.errors import UnknownItemError
from data.sightings import AlarmKind, SourceAlarm
from data.store.tables import source_alarms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from data.store.database import Database

_NAMES = tuple(name for name in SourceAlarm.__dataclass_fields__ if name != "id")


class SourceAlarms:
    """Alarms by source; one that is closed stays as history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, alarms: Sequence[SourceAlarm]) -> None:
        """Keep alarms: a new one (``id`` 0) is given its number, one that is there is written over.

        Raises UnknownItemError where there is none of that number.
        """
        with self._database.write() as connection:
            for alarm in alarms:
                values = {name: getattr(alarm, name) for name in _NAMES} | {"kind": alarm.kind.value}
                if not alarm.id:
                    connection.execute(self._database.insert(source_alarms).values(values))
                    continue
                mine = update(source_alarms).where(source_alarms.c.id == alarm.id)
                if not connection.execute(mine.values(values)).rowcount:
                    raise UnknownItemError("alarm", alarm.id, hint="see kentongan sources health --history")

    def open(self) -> list[SourceAlarm]:
        """Return the alarms that last, noted only or raised, by source and in the order in which they were noted."""
        lasting = select(source_alarms).where(source_alarms.c.closed_at.is_(None))
        return self._list(lasting.order_by(source_alarms.c.source_id, source_alarms.c.id))

    def history(
        self, source_id: str | None = None, *, since: datetime | None = None, limit: int = 100
    ) -> list[SourceAlarm]:
        """Return what was raised, of one source or all, lasting or over, the last raised first."""
        raised = select(source_alarms).where(source_alarms.c.raised_at.is_not(None))
        if source_id is not None:
            raised = raised.where(source_alarms.c.source_id == source_id)
        if since is not None:
            raised = raised.where(source_alarms.c.raised_at >= since)
        newest = (source_alarms.c.raised_at.desc(), source_alarms.c.id.desc())
        return self._list(raised.order_by(*newest).limit(limit))

    def _list(self, statement: Any) -> list[SourceAlarm]:
        with self._database.read() as connection:
            return [_alarm(row) for row in connection.execute(statement)]


def _alarm(row: Row[Any]) -> SourceAlarm:
    values = row._asdict()
    return SourceAlarm(**values | {"kind": AlarmKind(row.kind)})
