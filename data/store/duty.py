"""Who is on duty, what shifts tell each other, what persons were told, and the views of the queue they saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, or_, select, update

from data.store.desk_tables import duties, notices, saved_views, shift_notes
from data.store.incidents import LARGEST_ID
from data.work import Duty, Notice, SavedView, ShiftNote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from data.store.database import Database

MOST_VIEWS: Final = 200


class Duties:
    """Times in which persons were on duty."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, user_id: int, at: datetime) -> bool:
        """Let a person be on duty from a moment; False where they are already."""
        with self._database.write() as connection:
            mine = select(duties.c.id).where(duties.c.user_id == user_id, duties.c.until.is_(None))
            if connection.execute(mine.with_for_update()).first() is not None:
                return False
            connection.execute(self._database.insert(duties).values(user_id=user_id, since=at))
            return True

    def end(self, user_id: int, at: datetime) -> bool:
        """Let a person's duty end; False where they are not on duty."""
        mine = update(duties).where(duties.c.user_id == user_id, duties.c.until.is_(None)).values(until=at)
        with self._database.write() as connection:
            return connection.execute(mine).rowcount > 0

    def now(self, since: datetime) -> list[Duty]:
        """Return who is on duty and began after ``since``, the first one first: who forgot to end it is not."""
        statement = select(duties).where(duties.c.until.is_(None), duties.c.since > since)
        return self._list(statement.order_by(duties.c.since, duties.c.id))

    def recent(self, limit: int = 30) -> list[Duty]:
        """Return the last duties, the newest first."""
        return self._list(select(duties).order_by(duties.c.id.desc()).limit(limit))

    def _list(self, statement: Any) -> list[Duty]:
        with self._database.read() as connection:
            return [Duty(**row._asdict()) for row in connection.execute(statement)]


class ShiftNotes:
    """What shifts tell each other; written once and never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user_id: int, at: datetime, text: str) -> int:
        """Keep a note and return its number."""
        values = {"user_id": user_id, "at": at, "text": text}
        with self._database.write() as connection:
            statement = self._database.insert(shift_notes).values(values).returning(shift_notes.c.id)
            return int(connection.execute(statement).scalar_one())

    def recent(self, limit: int = 20, before: int | None = None) -> list[ShiftNote]:
        """Return notes, the newest first, older than the one of number ``before``."""
        statement = select(shift_notes).order_by(shift_notes.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(shift_notes.c.id < before)
        with self._database.read() as connection:
            return [ShiftNote(**row._asdict()) for row in connection.execute(statement)]


class Notices:
    """What persons were told in the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user_id: int, at: datetime, kind: str, text: str, incident_id: int | None = None) -> int:
        """Tell a person something and return the number under which it is kept."""
        values = {"user_id": user_id, "at": at, "kind": kind, "text": text, "incident_id": incident_id}
        with self._database.write() as connection:
            statement = self._database.insert(notices).values(values).returning(notices.c.id)
            return int(connection.execute(statement).scalar_one())

    def unread(self, user_id: int) -> int:
        """Return how much a person has not read."""
        mine = (notices.c.user_id == user_id, notices.c.read_at.is_(None))
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(notices).where(*mine)).scalar_one()

    def of_user(self, user_id: int, limit: int = 50, before: int | None = None) -> list[Notice]:
        """Return what a person was told, the newest first, older than the one of number ``before``."""
        statement = select(notices).where(notices.c.user_id == user_id).order_by(notices.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(notices.c.id < before)
        with self._database.read() as connection:
            return [Notice(**row._asdict()) for row in connection.execute(statement)]

    def read(self, user_id: int, at: datetime, numbers: Iterable[int] | None = None) -> int:
        """Note that a person read some of it (None: all), and return how much was new."""
        mine = update(notices).where(notices.c.user_id == user_id, notices.c.read_at.is_(None)).values(read_at=at)
        if numbers is not None:
            mine = mine.where(notices.c.id.in_(sorted(set(numbers))))
        with self._database.write() as connection:
            return connection.execute(mine).rowcount


class SavedViews:
    """Filters of the queue under a name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user_id: int, name: str, query: str, at: datetime, *, shared: bool) -> int:
        """Keep a view and return its number; a person's own of the same name is replaced."""
        values = {"user_id": user_id, "name": name, "query": query, "shared": shared, "created_at": at}
        with self._database.write() as connection:
            connection.execute(delete(saved_views).where(saved_views.c.user_id == user_id, saved_views.c.name == name))
            statement = self._database.insert(saved_views).values(values).returning(saved_views.c.id)
            return int(connection.execute(statement).scalar_one())

    def get(self, number: int) -> SavedView | None:
        """Return a view; None where there is none of that number."""
        if not 0 < number <= LARGEST_ID:
            return None
        found = self._list(select(saved_views).where(saved_views.c.id == number))
        return found[0] if found else None

    def remove(self, number: int) -> None:
        """Forget a view."""
        with self._database.write() as connection:
            connection.execute(delete(saved_views).where(saved_views.c.id == number))

    def of_user(self, user_id: int) -> list[SavedView]:
        """Return a person's own views and those that others share, by name."""
        mine = or_(saved_views.c.user_id == user_id, saved_views.c.shared.is_(True))
        order = (saved_views.c.shared, saved_views.c.name, saved_views.c.id)
        return self._list(select(saved_views).where(mine).order_by(*order).limit(MOST_VIEWS))

    def _list(self, statement: Any) -> list[SavedView]:
        with self._database.read() as connection:
            return [SavedView(**row._asdict()) for row in connection.execute(statement)]
