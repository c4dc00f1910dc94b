"""What goes out of the outbox again: deliveries that ended long ago and by which nothing is decided any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, exists, func, or_, select, update

from data.delivering import ENDED
from data.store.deliveries import CARRIERS
from data.store.delivery_tables import messages, outbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from data.store.database import Database

_BATCH: Final = 500
_carrier = outbox.alias("carrier")
_later = outbox.alias("later")
_inside = outbox.alias("inside")


class OutboxRetention:
    """Taking old deliveries out, without changing what is decided of a later revision.

    That a revision was planned is kept apart, so none is planned twice. Kept are: what a recipient may have of an alert
    until a later revision of it was sent there, with the digest or summary it stood in; the last digest of each
    recipient, from which the next one counts; and the newest row, so that no number is given twice.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def old(self, before: datetime) -> list[int]:
        """Return the deliveries that ended before then and may go, what was carried ahead of what carried it."""
        newest = select(func.max(outbox.c.id)).scalar_subquery()
        ended = (*_ended(before), outbox.c.id != newest)
        sent_on = exists().where(
            _later.c.recipient_id == outbox.c.recipient_id,
            _later.c.alert_uid == outbox.c.alert_uid,
            _later.c.kind == "alert",
            _later.c.state == "sent",
            _later.c.revision > outbox.c.revision,
        )
        may_have = or_(outbox.c.may_have, func.coalesce(_carrier.c.may_have, False))
        plain = (
            select(outbox.c.id)
            .join_from(outbox, _carrier, outbox.c.carried_by == _carrier.c.id, isouter=True)
            .where(*ended, outbox.c.kind.not_in(CARRIERS))
            .where(or_(~may_have, outbox.c.kind != "alert", sent_on))
        )
        last_digests = select(func.max(outbox.c.id)).where(outbox.c.kind == "digest").group_by(outbox.c.recipient_id)
        carriers = select(outbox.c.id).where(*ended, outbox.c.kind.in_(CARRIERS), outbox.c.id.not_in(last_digests))
        carried = select(outbox.c.id, outbox.c.carried_by).where(outbox.c.carried_by.is_not(None))
        with self._database.read() as connection:
            going = list(connection.execute(plain.order_by(outbox.c.id)).scalars())
            gone = set(going)
            needed = {row.carried_by for row in connection.execute(carried) if row.id not in gone}
            found = connection.execute(carriers.order_by(outbox.c.id)).scalars()
            return [*going, *(number for number in found if number not in needed)]

    def take_out(self, ids: Sequence[int], before: datetime) -> Iterator[int]:
        """Take deliveries out, some hundreds at a time, and yield how many went each time; then what they said.

        One that was let out again since it was looked for stays. Of a message nobody is left with, the words go.
        """
        empty = ~exists().where(_inside.c.carried_by == outbox.c.id)
        for start in range(0, len(ids), _BATCH):
            mine = and_(outbox.c.id.in_(ids[start : start + _BATCH]), *_ended(before), empty)
            with self._database.write() as connection:
                yield connection.execute(delete(outbox).where(mine)).rowcount
        used = select(outbox.c.message_id).where(outbox.c.message_id.is_not(None))
        unused = select(messages.c.id).where(messages.c.at < before, messages.c.body != b"", messages.c.id.not_in(used))
        with self._database.read() as connection:
            blank = list(connection.execute(unused).scalars())
        for start in range(0, len(blank), _BATCH):
            some = update(messages).where(messages.c.id.in_(blank[start : start + _BATCH]))
            with self._database.write() as connection:
                connection.execute(some.values(subject="", text="", body=b""))
            yield 0


def _ended(before: datetime) -> tuple[Any, ...]:
    return (outbox.c.state.in_(ENDED), outbox.c.ended_at < before)
