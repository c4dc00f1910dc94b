"""The outbox: which alert revision goes to whom, and what became of it; written before anything is sent."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, or_, select, update

from data.errors import UnknownItemError
from data.records import Delivery
from data.store.frontier import FARTHEST
from data.store.tables import deliveries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from data.store.database import Database

KEY = ("alert_uid", "revision", "channel", "recipient")


class Deliveries:
    """Deliveries by alert, revision, channel and recipient: one each, whoever puts it how often."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, delivery: Delivery) -> bool:
        """Take in a delivery that waits; return False where it was taken in before (it stays as it is)."""
        statement = self._database.insert(deliveries).values(asdict(delivery)).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement.returning(deliveries.c.attempts)).first() is not None

    def waiting(self, now: datetime, limit: int = 100) -> list[Delivery]:
        """Return the deliveries to try now, the longest waiting first."""
        soon = deliveries.c.next_attempt
        # A next attempt in the far future was written by a clock that was wrong.
        due = or_(soon.is_(None), soon <= now, soon > now + FARTHEST)
        statement = select(deliveries).where(deliveries.c.state == "waiting", due)
        return self._list(statement.order_by(deliveries.c.at, *(deliveries.c[name] for name in KEY)).limit(limit))

    def mark(
        self,
        delivery: Delivery,
        *,
        state: Literal["waiting", "sent", "parked"],
        at: datetime,
        detail: str = "",
        next_attempt: datetime | None = None,
    ) -> Delivery:
        """Write what an attempt came to and return the delivery as it stands now, with one attempt more.

        ``next_attempt`` is for one that goes on waiting. Raises UnknownItemError where it was never put.
        """
        now = replace(delivery, state=state, at=at, detail=detail, attempts=delivery.attempts + 1)
        mine = and_(*(deliveries.c[name] == getattr(delivery, name) for name in KEY))
        values = {"state": state, "at": at, "detail": detail, "attempts": now.attempts, "next_attempt": next_attempt}
        with self._database.write() as connection:
            if not connection.execute(update(deliveries).where(mine).values(values)).rowcount:
                raise UnknownItemError("delivery", f"{delivery.alert_uid} to {delivery.recipient}")
        return now

    def of_alert(self, uid: str) -> list[Delivery]:
        """Return the deliveries of an alert, by revision, channel and recipient."""
        statement = select(deliveries).where(deliveries.c.alert_uid == uid)
        return self._list(statement.order_by(*(deliveries.c[name] for name in KEY)))

    def _list(self, statement: Any) -> list[Delivery]:
        with self._database.read() as connection:
            return [_delivery(row) for row in connection.execute(statement)]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        alert_uid=row.alert_uid,
        revision=row.revision,
        channel=row.channel,
        recipient=row.recipient,
        state=row.state,
        at=row.at,
        attempts=row.attempts,
        detail=row.detail,
    )
