"""What is set in the desk: append-only by key, the last value counts, and who set it when and why is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from data.store.desk_tables import desk_settings

if TYPE_CHECKING:
    from data.store.database import Database


@dataclass(frozen=True, slots=True)
class DeskSetting:
    """One value that a key was given."""

    id: int
    key: str
    value: Any
    by: str
    at: datetime
    why: str


class DeskSettings:
    """Values by key; anything that JSON can hold."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, key: str, value: Any, by: str, at: datetime, why: str = "") -> None:
        """Give a key a value from now on; None: as installed."""
        values = {"key": key, "value": value, "by": by, "at": at, "why": why}
        with self._database.write() as connection:
            connection.execute(self._database.insert(desk_settings).values(values))

    def get(self, key: str, default: Any = None) -> Any:
        """Return a key's value; ``default`` where it was never set, or was set back."""
        newest = select(desk_settings.c.value).where(desk_settings.c.key == key).order_by(desk_settings.c.id.desc())
        with self._database.read() as connection:
            row = connection.execute(newest.limit(1)).first()
        return default if row is None or row[0] is None else row[0]

    def version(self, key: str) -> int:
        """Return the number of a key's last value, 0 where it was never set: what a form was filled in against."""
        with self._database.read() as connection:
            mine = desk_settings.c.key == key
            return connection.execute(select(func.max(desk_settings.c.id)).where(mine)).scalar() or 0

    def history(self, key: str, limit: int = 50) -> list[DeskSetting]:
        """Return a key's values, the newest first."""
        statement = select(desk_settings).where(desk_settings.c.key == key).order_by(desk_settings.c.id.desc())
        with self._database.read() as connection:
            return [DeskSetting(**row._asdict()) for row in connection.execute(statement.limit(limit))]
