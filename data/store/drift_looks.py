"""Looks at the drift of inputs, scores and labels, as they were taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from data.records import DriftLook
from data.store.codec import decode, encode
from data.store.tables import drift_looks

if TYPE_CHECKING:
    from data.store.database import Database


class DriftLooks:
    """Looks in the order in which they were taken."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, look: DriftLook) -> None:
        """Keep a look."""
        values = {"at": look.at, "alarm": look.alarm, "record": encode(look)}
        with self._database.write() as connection:
            connection.execute(self._database.insert(drift_looks).values(values))

    def recent(self, limit: int = 10) -> list[DriftLook]:
        """Return the last looks, the newest first."""
        statement = select(drift_looks.c.record).order_by(drift_looks.c.at.desc(), drift_looks.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [decode(DriftLook, record) for record in connection.execute(statement).scalars()]
