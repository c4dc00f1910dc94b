"""Who is doing what just now, so that nothing is done twice: leases that end by themselves when their holder dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update

from data.errors import LeaseError
from data.store.tables import leases

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from data.store.database import Database


class Leases:
    """Leases by name (``source:wartadesa``, ``publish``); a holder is a name that no other process or thread uses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, holder: str, now: datetime, ttl: timedelta) -> None:
        """Hold ``name`` until ``now + ttl``; one's own lease is prolonged, an expired one is taken over by exactly one.

        Raises LeaseError with holder and end where somebody else's still runs.
        """
        values = {"name": name, "holder": holder, "acquired_at": now, "until": now + ttl}
        # One statement decides: whoever commits it second finds the condition false.
        taken = (
            self._database.insert(leases)
            .values(values)
            .on_conflict_do_update(
                index_elements=["name"], set_=values, where=or_(leases.c.until <= now, leases.c.holder == holder)
            )
            .returning(leases.c.holder)
        )
        with self._database.write() as connection:
            if connection.execute(taken).first() is not None:
                return
            row = connection.execute(select(leases.c.holder, leases.c.until).where(leases.c.name == name)).first()
        raise LeaseError(
            name,
            holder=row.holder if row else "somebody else",
            until=f"{row.until:%Y-%m-%d %H:%M:%S} UTC" if row else "now",
        )

    def renew(self, name: str, holder: str, now: datetime, ttl: timedelta) -> None:
        """Prolong one's own lease to ``now + ttl``, also where it ran out and nobody took it.

        Raises LeaseError where it was lost: the work must stop.
        """
        with self._database.write() as connection:
            mine = update(leases).where(leases.c.name == name, leases.c.holder == holder).values(until=now + ttl)
            if connection.execute(mine).rowcount:
                return
            row = connection.execute(select(leases.c.holder, leases.c.until).where(leases.c.name == name)).first()
        raise LeaseError(
            name, holder=row.holder if row else "nobody", until=f"{row.until:%Y-%m-%d %H:%M:%S} UTC" if row else "now"
        )

    def release(self, name: str, holder: str) -> None:
        """Give ``name`` up; what somebody else holds stays theirs."""
        with self._database.write() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))

    def held(self, now: datetime) -> dict[str, tuple[str, datetime]]:
        """Return the leases that run, as name -> (holder, until)."""
        with self._database.read() as connection:
            rows = connection.execute(select(leases).where(leases.c.until > now).order_by(leases.c.name))
            return {row.name: (row.holder, row.until) for row in rows}
