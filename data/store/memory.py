"""What politeness remembers over restarts: robots.txt by origin, and who asked to be left alone until when."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.records import RobotsRecord
from data.store.tables import hosts, robots

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.database import Database


class Robots:
    """robots.txt answers by origin (scheme, host, port)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, origin: str) -> RobotsRecord | None:
        """Return the last answer of ``origin``, however old; None where it was never asked."""
        with self._database.read() as connection:
            row = connection.execute(select(robots).where(robots.c.origin == origin)).first()
        return None if row is None else RobotsRecord(*row)

    def put(self, record: RobotsRecord) -> None:
        """Keep ``record`` as its origin's answer."""
        values = asdict(record)
        statement = self._database.insert(robots).values(values)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=values))


class Hosts:
    """Networks of hosts (one request budget each) that must be left alone for a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def blocked_until(self, network: str) -> datetime | None:
        """Return until when ``network`` must be left alone, also where that has passed; None where it never asked."""
        with self._database.read() as connection:
            return connection.execute(select(hosts.c.blocked_until).where(hosts.c.network == network)).scalar()

    def block(self, network: str, until: datetime) -> None:
        """Leave ``network`` alone until ``until``; the last word counts."""
        values = {"network": network, "blocked_until": until}
        statement = self._database.insert(hosts).values(values)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["network"], set_=values))
