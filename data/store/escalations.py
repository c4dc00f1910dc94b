"""Who said that they have a message about an incident, and the steps by which others were called where nobody did."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from data.delivering import Acknowledgement, Escalation
from data.store.delivery_tables import acknowledgements, escalations

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.database import Database


class Acknowledgements:
    """Acknowledgements by the hash of their token, and by incident."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, acknowledgement: Acknowledgement) -> bool:
        """Keep that a link was sent out; False where its token is known."""
        values = asdict(acknowledgement)
        statement = self._database.insert(acknowledgements).values(values).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement.returning(acknowledgements.c.token_hash)).first() is not None

    def get(self, token_hash: str) -> Acknowledgement | None:
        """Return what a link stands for; None for a token that was never sent out."""
        found = self._list(select(acknowledgements).where(acknowledgements.c.token_hash == token_hash))
        return found[0] if found else None

    def acknowledge(self, token_hash: str, at: datetime, note: str = "") -> bool:
        """Note that somebody has followed a link; False where they did before, or there is none."""
        mine = (acknowledgements.c.token_hash == token_hash, acknowledgements.c.acknowledged_at.is_(None))
        with self._database.write() as connection:
            done = update(acknowledgements).where(*mine).values(acknowledged_at=at, note=note)
            return connection.execute(done).rowcount > 0

    def of_incident(self, incident_id: int) -> list[Acknowledgement]:
        """Return what was acknowledged of an incident, the first one first; links that nobody followed are left out."""
        mine = (acknowledgements.c.incident_id == incident_id, acknowledgements.c.acknowledged_at.is_not(None))
        order = (acknowledgements.c.acknowledged_at, acknowledgements.c.token_hash)
        return self._list(select(acknowledgements).where(*mine).order_by(*order))

    def _list(self, statement: Any) -> list[Acknowledgement]:
        with self._database.read() as connection:
            return [Acknowledgement(**row._asdict()) for row in connection.execute(statement)]


class Escalations:
    """Steps of escalation by incident; each is done once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, escalation: Escalation) -> bool:
        """Keep a step that was taken; False where the incident has it already."""
        statement = self._database.insert(escalations).values(asdict(escalation)).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement.returning(escalations.c.step)).first() is not None

    def last(self, incident_id: int) -> int:
        """Return the number of the last step that was taken of an incident, 0 where none was."""
        found = self.of_incident(incident_id)
        return found[-1].step if found else 0

    def of_incident(self, incident_id: int) -> list[Escalation]:
        """Return the steps of an incident in their order."""
        statement = select(escalations).where(escalations.c.incident_id == incident_id).order_by(escalations.c.step)
        with self._database.read() as connection:
            return [Escalation(**row._asdict()) for row in connection.execute(statement)]
