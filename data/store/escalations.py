"""Who said that they have an alert, and the steps by which it is told to others where nobody does."""

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
    """Acknowledgements by the hash of their token, and by alert."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, acknowledgement: Acknowledgement) -> bool:
        """Keep that a link was sent out; False where its token is known."""
        values = asdict(acknowledgement)
        statement = self._database.insert(acknowledgements).values(values).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement.returning(acknowledgements.c.alert_uid)).first() is not None

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

    def of_alert(self, uid: str) -> list[Acknowledgement]:
        """Return the links of an alert, the first one first, followed or not."""
        statement = select(acknowledgements).where(acknowledgements.c.alert_uid == uid)
        return self._list(statement.order_by(acknowledgements.c.created_at, acknowledgements.c.token_hash))

    def _list(self, statement: Any) -> list[Acknowledgement]:
        with self._database.read() as connection:
            return [Acknowledgement(**row._asdict()) for row in connection.execute(statement)]


class Escalations:
    """Steps of escalation by alert."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, escalation: Escalation) -> bool:
        """Keep a step that waits; False where the alert has it already."""
        statement = self._database.insert(escalations).values(asdict(escalation)).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement.returning(escalations.c.step)).first() is not None

    def due(self, now: datetime, limit: int = 100) -> list[Escalation]:
        """Return the steps that wait and are due, the longest waiting first."""
        mine = (escalations.c.done_at.is_(None), escalations.c.due <= now)
        return self._list(select(escalations).where(*mine).order_by(escalations.c.due).limit(limit))

    def done(self, alert_uid: str, step: int, at: datetime, outcome: str) -> bool:
        """Note how a step ended; False where it had ended before."""
        mine = (escalations.c.alert_uid == alert_uid, escalations.c.step == step, escalations.c.done_at.is_(None))
        with self._database.write() as connection:
            ended = update(escalations).where(*mine).values(done_at=at, outcome=outcome)
            return connection.execute(ended).rowcount > 0

    def of_alert(self, uid: str) -> list[Escalation]:
        """Return the steps of an alert in their order."""
        statement = select(escalations).where(escalations.c.alert_uid == uid)
        return self._list(statement.order_by(escalations.c.step))

    def _list(self, statement: Any) -> list[Escalation]:
        with self._database.read() as connection:
            return [Escalation(**row._asdict()) for row in connection.execute(statement)]
