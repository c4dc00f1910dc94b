"""What persons of the desk write to one another about incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.store.desk_tables import comments
from data.work import Comment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.store.database import Database


class Comments:
    """Comments by incident; written once and never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, incident_id: int, user_id: int, at: datetime, text: str, mentions: Sequence[int] = ()) -> int:
        """Keep a comment and return its number; ``mentions`` are the ids of the users that it names."""
        values = {"incident_id": incident_id, "user_id": user_id, "at": at, "text": text, "mentions": list(mentions)}
        statement = self._database.insert(comments).values(values).returning(comments.c.id)
        with self._database.write() as connection:
            return int(connection.execute(statement).scalar_one())

    def of_incident(self, incident_id: int) -> list[Comment]:
        """Return an incident's comments, the first one first."""
        mine = select(comments).where(comments.c.incident_id == incident_id).order_by(comments.c.id)
        with self._database.read() as connection:
            rows = connection.execute(mine).all()
        return [Comment(**row._asdict() | {"mentions": tuple(row.mentions)}) for row in rows]

    def count(self, incident_id: int) -> int:
        """Return how many comments an incident has."""
        mine = select(func.count()).select_from(comments).where(comments.c.incident_id == incident_id)
        with self._database.read() as connection:
            return connection.execute(mine).scalar_one()
