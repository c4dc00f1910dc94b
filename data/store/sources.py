"""What is remembered of each source between runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.records import SourceState
from data.store.tables import source_states

if TYPE_CHECKING:
    from data.store.database import Database

FIRST_POLL_MINUTES = 15.0
"""The interval of a source that nothing is known of yet; the crawl adapts it between 5 and 60."""


class Sources:
    """The states of sources, by id; the sources themselves are declared in the catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, source_id: str) -> SourceState:
        """Return what is remembered; for a source never seen, an enabled one that is due now."""
        with self._database.read() as connection:
            row = connection.execute(select(source_states).where(source_states.c.source_id == source_id)).first()
        return (
            SourceState(source_id, enabled=True, poll_minutes=FIRST_POLL_MINUTES) if row is None else SourceState(*row)
        )

    def save(self, state: SourceState) -> None:
        """Keep ``state`` in place of what was remembered."""
        values = asdict(state)
        statement = self._database.insert(source_states).values(values)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["source_id"], set_=values))

    def all(self) -> list[SourceState]:
        """Return every remembered state, by source id."""
        with self._database.read() as connection:
            rows = connection.execute(select(source_states).order_by(source_states.c.source_id))
            return [SourceState(*row) for row in rows]
