"""What comes after deciding: what an incident turned out to be, and how far what is known of it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from data.store.desk_tables import information_values, outcomes
from data.work import IncidentOutcome, InformationValue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.store.database import Database
    from data.work import OutcomeWord


class Outcomes:
    """What incidents turned out to be, as persons recorded it; nothing is ever changed, the last word counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, incident_id: int, outcome: OutcomeWord, by: str, at: datetime, note: str = "") -> int:
        """Keep what an incident turned out to be and return the number under which it is kept."""
        values = {"incident_id": incident_id, "outcome": outcome, "by": by, "at": at, "note": note}
        statement = self._database.insert(outcomes).values(values).returning(outcomes.c.id)
        with self._database.write() as connection:
            return int(connection.execute(statement).scalar_one())

    def of_incident(self, incident_id: int) -> list[IncidentOutcome]:
        """Return all that was recorded of an incident, the first one first; the last one counts."""
        return self._list(select(outcomes).where(outcomes.c.incident_id == incident_id).order_by(outcomes.c.id))

    def counted(self) -> Mapping[str, int]:
        """Return of how many incidents each outcome is the last word."""
        last = select(func.max(outcomes.c.id)).group_by(outcomes.c.incident_id)
        statement = select(outcomes.c.outcome, func.count()).where(outcomes.c.id.in_(last)).group_by(outcomes.c.outcome)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def _list(self, statement: Any) -> list[IncidentOutcome]:
        with self._database.read() as connection:
            return [IncidentOutcome(**row._asdict()) for row in connection.execute(statement)]


class InformationValues:
    """How far persons trust what is known of incidents; nothing is ever changed, the last word counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, incident_id: int, source_value: str, content_value: int, by: str, at: datetime, note: str = ""
    ) -> int:
        """Keep a value of source (A to F) and content (1 to 6) and return the number under which it is kept."""
        values = {"incident_id": incident_id, "source_value": source_value, "content_value": content_value}
        values |= {"by": by, "at": at, "note": note}
        statement = self._database.insert(information_values).values(values).returning(information_values.c.id)
        with self._database.write() as connection:
            return int(connection.execute(statement).scalar_one())

    def of_incident(self, incident_id: int) -> list[InformationValue]:
        """Return all values that an incident was given, the first one first; the last one counts."""
        mine = select(information_values).where(information_values.c.incident_id == incident_id)
        with self._database.read() as connection:
            rows = connection.execute(mine.order_by(information_values.c.id))
            return [InformationValue(**row._asdict()) for row in rows]
