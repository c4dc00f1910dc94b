"""What is known of the other sides: whether they are left alone for a while, which outlives a restart."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from data.delivering import Circuit
from data.store.delivery_tables import endpoints

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.database import Database


class Endpoints:
    """Circuits by the name of their endpoint; one that is well has no row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, endpoint: str) -> Circuit:
        """Return what is known of an endpoint."""
        with self._database.read() as connection:
            row = connection.execute(select(endpoints).where(endpoints.c.endpoint == endpoint)).first()
        return Circuit() if row is None else Circuit(row.failures, row.trips, row.open_until, row.detail)

    def put(self, endpoint: str, circuit: Circuit, at: datetime) -> None:
        """Keep what is known from now on."""
        with self._database.write() as connection:
            if circuit == Circuit():
                connection.execute(delete(endpoints).where(endpoints.c.endpoint == endpoint))
                return
            values = {"endpoint": endpoint, **asdict(circuit), "at": at}
            statement = self._database.insert(endpoints).values(values)
            connection.execute(statement.on_conflict_do_update(index_elements=["endpoint"], set_=values))

    def all(self) -> dict[str, Circuit]:
        """Return every endpoint that has failed lately."""
        with self._database.read() as connection:
            rows = connection.execute(select(endpoints).order_by(endpoints.c.endpoint))
            return {row.endpoint: Circuit(row.failures, row.trips, row.open_until, row.detail) for row in rows}
