"""The outbox: which message goes to whom and what became of it; written before anything is sent.

A row is claimed before it is sent and settled after, so several processes may send at once and one that is killed loses
nothing: its claims run out and the rows are taken up again, under the same key.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, exists, func, or_, select, update

from data.delivering import ENDED, Delivery, Message
from data.errors import InputError, UnknownItemError
from data.store.alerts import alert_of
from data.store.delivery_tables import messages, outbox, planned
from data.store.frontier import FARTHEST
from data.store.tables import alert_revisions, alerts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from data.delivering import DeliveryState
    from data.records import Alert
    from data.store.database import Database

BATCH: Final = 500
"""Ids in one statement: SQLite takes 32,766, a plan is easier to read with fewer."""

OPEN: Final = ("waiting", "held", "carried")
CARRIERS: Final = frozenset({"digest", "summary"})

_earlier = outbox.alias("earlier")

ERASED: Final = "its words were erased on request"

_SENT: Final = (
    update(outbox)
    .where(outbox.c.id == bindparam("sent_id"), outbox.c.state == "waiting")
    .values(
        state="sent",
        detail=bindparam("said"),
        may_have=True,
        due=None,
        ended_at=bindparam("moment"),
        claimed_by=None,
        claimed_until=None,
    )
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt came to: the delivery as it was claimed, and as it is from then on.

    ``due`` is for one that goes on waiting. ``may_have`` as in `Delivery`.
    """

    delivery: Delivery
    state: DeliveryState
    detail: str
    may_have: bool
    due: datetime | None = None


class Deliveries:
    """Deliveries by recipient, alert and key: one each, whoever puts it how often."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # What is to be decided.

    def unplanned(self, since: datetime, limit: int = 100) -> list[Alert]:
        """Return the alert revisions since a moment of which it was not decided who gets them, the oldest first."""
        known = and_(planned.c.alert_uid == alert_revisions.c.uid, planned.c.revision == alert_revisions.c.revision)
        mine = (alerts.c.incident_id, alerts.c.first_raised_at)
        statement = (
            select(alert_revisions, *mine)
            .join_from(alert_revisions, alerts, alerts.c.uid == alert_revisions.c.uid)
            .where(alert_revisions.c.at >= since, ~exists().where(known))
            .order_by(alert_revisions.c.at, alerts.c.incident_id, alert_revisions.c.revision)
        )
        with self._database.read() as connection:
            return [alert_of(row) for row in connection.execute(statement.limit(limit))]

    def mark_planned(self, alert: Alert, at: datetime) -> bool:
        """Note that it is decided who gets a revision; False where it was before, by whoever."""
        values = {"alert_uid": alert.uid, "revision": alert.revision, "at": at}
        statement = self._database.insert(planned).values(values).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement.returning(planned.c.revision)).first() is not None

    # What goes in.

    def keep_message(self, message: Message, at: datetime) -> int:
        """Keep what is sent, whatever its key, and return the number by which deliveries name it."""
        values = {
            "kind": message.kind,
            "alert_uid": message.uid or None,
            "revision": message.revision,
            "incident_id": message.incident_id,
            "state": message.state,
            "subject": message.subject,
            "text": message.text,
            "body": message.body,
            "exercise": message.exercise,
            "at": at,
        }
        with self._database.write() as connection:
            statement = self._database.insert(messages).values(values).returning(messages.c.id)
            return int(connection.execute(statement).scalar_one())

    def put(self, deliveries: Sequence[Delivery]) -> int:
        """Take deliveries in, whatever their ids, and return how many were new; one whose key is known stays as is."""
        rows = [_values(one) for one in deliveries]
        new = 0
        with self._database.write() as connection:
            for start in range(0, len(rows), BATCH):
                some = self._database.insert(outbox).values(rows[start : start + BATCH]).on_conflict_do_nothing()
                new += len(connection.execute(some.returning(outbox.c.id)).all())
        return new

    def send_to(
        self, message: Message, recipient_id: int, at: datetime, *, due: datetime | None = None, urgent: bool = False
    ) -> Delivery:
        """Put one message of its own kind for one recipient, and return its delivery; the one there is for a known key.

        ``due`` None: at once.
        """
        with self._database.write() as connection:
            found = self._list(select(outbox).where(outbox.c.key == message.key))
            if found:
                return found[0]
            values = {
                "key": message.key,
                "recipient_id": recipient_id,
                "message_id": self.keep_message(message, at),
                "kind": message.kind,
                "alert_uid": message.uid or None,
                "revision": message.revision,
                "state": "waiting",
                "why": "",
                "urgent": urgent,
                "at": at,
                "due": due or at,
                "attempts": 0,
                "may_have": False,
                "detail": "",
            }
            statement = self._database.insert(outbox).values(values).returning(outbox.c.id)
            number = int(connection.execute(statement).scalar_one())
            return self._list(select(outbox).where(outbox.c.id == number))[0]

    def of_alerts(self, uids: Iterable[str]) -> dict[tuple[int, str], list[Delivery]]:
        """Return the deliveries of alerts by recipient and alert, the first revision first.

        ``may_have`` is that of the digest or summary for what such a one carried.
        """
        carrier = outbox.alias("carrier")
        asked, found = list(dict.fromkeys(uids)), dict[tuple[int, str], list[Delivery]]()
        with self._database.read() as connection:
            for start in range(0, len(asked), BATCH):
                statement = (
                    select(outbox, carrier.c.may_have.label("carrier_may_have"))
                    .join_from(outbox, carrier, outbox.c.carried_by == carrier.c.id, isouter=True)
                    .where(outbox.c.alert_uid.in_(asked[start : start + BATCH]), outbox.c.kind == "alert")
                    .order_by(outbox.c.revision)
                )
                for row in connection.execute(statement):
                    one = _delivery(row, may_have=bool(row.may_have or row.carrier_may_have))
                    found.setdefault((one.recipient_id, one.alert_uid or ""), []).append(one)
        return found

    def supersede(self, ids: Iterable[int], at: datetime) -> int:
        """End deliveries that nobody has in hand, because a later revision goes in their place; return how many."""
        done = {"state": "superseded", "ended_at": at, "due": None}
        free = (outbox.c.state.in_(("waiting", "held")), outbox.c.claimed_until.is_(None))
        return self._update(ids, done, *free)

    # What is held back.

    def hold_due(self, recipient_id: int, now: datetime, why: str, due: datetime) -> int:
        """Hold back what of alerts would go out to a recipient now, until ``due``, and return how much that was.

        What is behind an earlier revision that is being sent, or tried again later, goes on waiting for that.
        """
        mine = (outbox.c.recipient_id == recipient_id, outbox.c.state == "waiting", outbox.c.kind == "alert")
        free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        # Earlier ones that are due and free are held back together with it.
        busy = or_(_earlier.c.state == "carried", _earlier.c.due > now, _earlier.c.claimed_until > now)
        statement = update(outbox).where(*mine, _due(now), free, ~_is_behind(busy))
        held = {"state": "held", "why": why, "due": due, "claimed_by": None, "claimed_until": None}
        with self._database.write() as connection:
            return connection.execute(statement.values(held)).rowcount

    def put_off(self, recipient_id: int, now: datetime, why: str, due: datetime) -> int:
        """Let what would go out to a recipient now wait until ``due``, unless it is urgent; return how much."""
        mine = (outbox.c.recipient_id == recipient_id, outbox.c.state == "waiting", outbox.c.urgent.is_(False))
        free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        with self._database.write() as connection:
            return connection.execute(update(outbox).where(*mine, _due(now), free).values(why=why, due=due)).rowcount

    def held(self, recipient_id: int, until: datetime, whys: Sequence[str]) -> list[Delivery]:
        """Return what is held back for one of these reasons and due until a moment, in the order it was alerted of.

        What is behind an earlier revision that is not ended, and not among them, is left out: it would overtake that.
        """
        apart = or_(_earlier.c.state != "held", _earlier.c.why.not_in(whys))
        mine = (outbox.c.recipient_id == recipient_id, outbox.c.state == "held", outbox.c.why.in_(whys))
        return self._list(
            select(outbox).where(*mine, outbox.c.due <= until, ~_is_behind(apart)).order_by(outbox.c.at, outbox.c.id)
        )

    def let_go(self, ids: Iterable[int], now: datetime) -> int:
        """Let what is held back go out by itself after all, and return how much."""
        return self._update(ids, {"state": "waiting", "why": "", "due": now}, outbox.c.state == "held")

    def carry(self, ids: Iterable[int], carrier: int) -> int:
        """Put what is held back into a digest or summary, and return how much."""
        return self._update(ids, {"state": "carried", "carried_by": carrier, "due": None}, outbox.c.state == "held")

    def of_key(self, key: str) -> Delivery | None:
        """Return the delivery of a key; None where there is none."""
        found = self._list(select(outbox).where(outbox.c.key == key))
        return found[0] if found else None

    def last_of_kind(self, recipient_id: int, kind: str) -> Delivery | None:
        """Return the last delivery of a kind to a recipient; None where there is none."""
        mine = select(outbox).where(outbox.c.recipient_id == recipient_id, outbox.c.kind == kind)
        found = self._list(mine.order_by(outbox.c.id.desc()).limit(1))
        return found[0] if found else None

    # What goes out.

    def due_recipients(self, now: datetime) -> list[int]:
        """Return the recipients to whom something could go out now, whoever has waited longest first."""
        free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        statement = select(outbox.c.recipient_id).where(outbox.c.state == "waiting", _due(now), free)
        statement = statement.group_by(outbox.c.recipient_id).order_by(func.min(outbox.c.due), outbox.c.recipient_id)
        with self._database.read() as connection:
            return list(connection.execute(statement).scalars())

    def claim(
        self, recipient_id: int, holder: str, now: datetime, until: datetime, limit: int, *, only: int | None = None
    ) -> list[tuple[Delivery, Message]]:
        """Take in hand what is due to a recipient and return it with what is sent, the longest waiting first.

        Nobody else gets it before ``until``. Of an alert one revision at a time: while an earlier one is not ended, the
        later one waits. Each counts one attempt more. ``only`` names the one delivery wanted, due or not.
        """
        free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        mine = (outbox.c.recipient_id == recipient_id, outbox.c.state == "waiting", free, ~_is_behind())
        wanted = select(outbox.c.id).where(*mine, _due(now) if only is None else outbox.c.id == only)
        wanted = wanted.order_by(outbox.c.urgent.desc(), outbox.c.due, outbox.c.id).limit(limit)
        taken = {"claimed_by": holder, "claimed_until": until, "attempts": outbox.c.attempts + 1, "may_have": True}
        with self._database.write() as connection:
            ids = list(connection.execute(wanted).scalars())
            if not ids:
                return []
            connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(taken))
            statement = select(outbox, messages).join_from(outbox, messages, outbox.c.message_id == messages.c.id)
            rows = connection.execute(_labelled(statement).where(outbox.c.id.in_(ids)))
            found = {row.id: (_delivery(row), _message(row)) for row in rows}
        return [found[number] for number in ids]

    def settle(self, settled: Iterable[Settled], at: datetime) -> None:
        """Write what attempts came to, and free what was claimed; what a digest or summary carries ends with it.

        What somebody else has claimed since keeps waiting for theirs, unless it was sent: that is known then.
        """
        given = list(settled)
        # Most are alerts that were sent: one statement for all of them, and nothing hangs on how many it changed.
        simple = [one for one in given if one.state == "sent" and one.delivery.kind not in CARRIERS]
        with self._database.write() as connection:
            if simple:
                rows = [{"sent_id": one.delivery.id, "said": one.detail, "moment": at} for one in simple]
                connection.execute(_SENT, rows)
            for one in given:
                if one.state == "sent" and one.delivery.kind not in CARRIERS:
                    continue
                mine = outbox.c.id == one.delivery.id
                waits = and_(mine, outbox.c.state == "waiting")
                ours = and_(waits, outbox.c.attempts == one.delivery.attempts, _held_by(one.delivery.claimed_by))
                ended = one.state in ENDED
                values = {
                    "state": one.state,
                    "detail": one.detail,
                    "may_have": one.may_have,
                    "due": one.due,
                    "ended_at": at if ended else None,
                    "claimed_by": None,
                    "claimed_until": None,
                }
                statement = update(outbox).where(waits if one.state == "sent" else ours)
                if not connection.execute(statement.values(values)).rowcount:
                    continue
                if ended and one.delivery.kind in CARRIERS:
                    inside = update(outbox).where(outbox.c.carried_by == one.delivery.id, outbox.c.state == "carried")
                    ending = {"state": one.state, "ended_at": at, "detail": one.detail}
                    connection.execute(inside.values(ending))

    def release(self, deliveries: Iterable[Delivery]) -> None:
        """Give back what was claimed and not sent after all: the attempt does not count."""
        with self._database.write() as connection:
            for one in deliveries:
                mine = (outbox.c.id == one.id, outbox.c.claimed_by == one.claimed_by, outbox.c.state == "waiting")
                back = {
                    "claimed_by": None,
                    "claimed_until": None,
                    "attempts": one.attempts - 1,
                    "may_have": one.attempts > 1,
                }
                connection.execute(update(outbox).where(*mine).values(back))

    def free_dead(self, is_dead: Callable[[str], bool]) -> int:
        """Free what processes had in hand that are no more, and return how much; it is due again as it was."""
        statement = select(outbox.c.claimed_by).where(outbox.c.claimed_by.is_not(None)).distinct()
        with self._database.read() as connection:
            dead = [holder for holder in connection.execute(statement).scalars() if holder and is_dead(holder)]
        if not dead:
            return 0
        mine = update(outbox).where(outbox.c.claimed_by.in_(dead), outbox.c.state == "waiting")
        with self._database.write() as connection:
            return connection.execute(mine.values(claimed_by=None, claimed_until=None)).rowcount

    def in_hand(self, recipient_id: int, now: datetime) -> int:
        """Return how much of alerts is being sent to a recipient just now."""
        mine = (outbox.c.recipient_id == recipient_id, outbox.c.state == "waiting", outbox.c.claimed_until > now)
        return self._count(*mine, outbox.c.kind == "alert")

    def sent_since(self, recipient_id: int, since: datetime) -> list[datetime]:
        """Return when alerts and summaries were sent to a recipient since a moment, the first one first."""
        mine = (outbox.c.recipient_id == recipient_id, outbox.c.state == "sent", outbox.c.ended_at > since)
        own = (outbox.c.carried_by.is_(None), outbox.c.kind.in_(("alert", "summary")))
        with self._database.read() as connection:
            found = connection.execute(select(outbox.c.ended_at).where(*mine, *own).order_by(outbox.c.ended_at))
            return list(found.scalars())

    # What became of it.

    def overdue(self, now: datetime, before: datetime, attempts: int, limit: int = 2000) -> list[Delivery]:
        """Return what nobody has in hand, still waits, and was planned before a moment or taken in hand so often.

        What was tried comes first. Of one that was in hand when its process ended the last attempt has no answer.
        """
        free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        late = or_(outbox.c.at < before, outbox.c.attempts >= attempts)
        mine = select(outbox).where(outbox.c.state == "waiting", free, late)
        return self._list(mine.order_by(outbox.c.attempts.desc(), outbox.c.id).limit(limit))

    def end_all(self, recipient_id: int, detail: str, at: datetime) -> int:
        """Park all that is not ended of a recipient (who is removed), and return how much that was."""
        mine = (outbox.c.recipient_id == recipient_id, outbox.c.state.in_(OPEN))
        values = {"state": "parked", "detail": detail, "ended_at": at, "due": None}
        values |= {"claimed_by": None, "claimed_until": None}
        with self._database.write() as connection:
            return connection.execute(update(outbox).where(*mine).values(values)).rowcount

    def get(self, delivery_id: int) -> Delivery:
        """Return one delivery; UnknownItemError where there is none of that number."""
        found = self._list(select(outbox).where(outbox.c.id == delivery_id)) if delivery_id < 2**31 else []
        if not found:
            raise UnknownItemError("delivery", delivery_id, hint="see kentongan deliver log")
        return found[0]

    def message_of(self, delivery: Delivery) -> Message:
        """Return what is sent with a delivery."""
        statement = select(outbox, messages).join_from(outbox, messages, outbox.c.message_id == messages.c.id)
        with self._database.read() as connection:
            row = connection.execute(_labelled(statement).where(outbox.c.id == delivery.id)).first()
        if row is None:
            raise UnknownItemError("delivery", delivery.id, hint="see kentongan deliver log")
        return _message(row)

    def log(
        self,
        *,
        alert_uid: str | None = None,
        recipient_id: int | None = None,
        states: Sequence[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """Return deliveries, the newest first: of an alert, of a recipient, in some states, older than one."""
        statement = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
        if alert_uid is not None:
            statement = statement.where(outbox.c.alert_uid == alert_uid)
        if recipient_id is not None:
            statement = statement.where(outbox.c.recipient_id == recipient_id)
        if states:
            statement = statement.where(outbox.c.state.in_(states))
        if before is not None:
            statement = statement.where(outbox.c.id < before)
        return self._list(statement)

    def counts(self, recipient_id: int | None = None) -> dict[str, int]:
        """Return how many deliveries of alerts are in each state, of a recipient or of all."""
        statement = select(outbox.c.state, func.count()).where(outbox.c.kind == "alert").group_by(outbox.c.state)
        if recipient_id is not None:
            statement = statement.where(outbox.c.recipient_id == recipient_id)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def replay(self, delivery_id: int, at: datetime) -> Delivery:
        """Let what was parked go out again, under its key, and return it as it is then.

        Where a later revision was sent meanwhile, it is superseded instead: nobody gets the older one after the newer.
        What was parked in a digest goes out again with that. InputError where it is not parked, UnknownItemError.
        """
        with self._database.write() as connection:
            one = self.get(delivery_id)
            if one.state == "parked" and one.carried_by is not None:
                one = self.get(one.carried_by)
            if one.state != "parked":
                raise InputError(f"delivery {delivery_id} is {one.state}; only what was parked can be sent again")
            if not self.message_of(one).body:
                raise InputError(f"the words of delivery {delivery_id} were erased on request; it cannot be sent again")
            later = (
                outbox.c.recipient_id == one.recipient_id,
                outbox.c.alert_uid == one.alert_uid,
                outbox.c.kind == "alert",
                outbox.c.revision > one.revision,
                outbox.c.state == "sent",
            )
            mine = update(outbox).where(outbox.c.id == one.id)
            if one.kind == "alert" and self._count(*later):
                connection.execute(mine.values(state="superseded", ended_at=at))
            else:
                again = {"state": "waiting", "due": at, "at": at, "attempts": 0, "ended_at": None}
                connection.execute(mine.values(again))
                inside = update(outbox).where(outbox.c.carried_by == one.id, outbox.c.state == "parked")
                connection.execute(inside.values(state="carried", ended_at=None))
            return self.get(one.id)

    def _update(self, ids: Iterable[int], values: dict[str, Any], *where: Any) -> int:
        asked, done = list(ids), 0
        with self._database.write() as connection:
            for start in range(0, len(asked), BATCH):
                mine = update(outbox).where(outbox.c.id.in_(asked[start : start + BATCH]), *where)
                done += connection.execute(mine.values(values)).rowcount
        return done

    def _count(self, *where: Any) -> int:
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(outbox).where(*where)).scalar_one()

    def _list(self, statement: Any) -> list[Delivery]:
        with self._database.read() as connection:
            return [_delivery(row) for row in connection.execute(statement)]


def forget_words(connection: Connection, incident_ids: Iterable[int], at: datetime) -> int:
    """Take the words out of every message that tells of one of these incidents, and return how many those were.

    What of them was still to be sent is parked. What else stood in such a digest or summary is held back again, for the
    next one. What has been sent is not reached.
    """
    numbers = list(incident_ids)
    about = select(messages.c.id).where(messages.c.incident_id.in_(numbers))
    found = list(connection.execute(about).scalars())
    marks = [f':kejadian:{number}"'.encode() for number in numbers]
    gathered = select(messages.c.id, messages.c.body).where(messages.c.kind.in_(CARRIERS))
    found += [row.id for row in connection.execute(gathered) if any(mark in bytes(row.body) for mark in marks)]
    if not found:
        return 0
    mine = and_(outbox.c.message_id.in_(found), outbox.c.state.in_(OPEN))
    broken = select(outbox.c.id).where(mine, outbox.c.kind.in_(CARRIERS))
    inside = update(outbox).where(outbox.c.carried_by.in_(broken), outbox.c.state == "carried")
    connection.execute(inside.values(state="held", carried_by=None, due=at))
    ended = {"state": "parked", "detail": ERASED, "ended_at": at, "due": None}
    ended |= {"claimed_by": None, "claimed_until": None}
    connection.execute(update(outbox).where(mine).values(ended))
    blank = {"subject": "", "text": "", "body": b""}
    return connection.execute(update(messages).where(messages.c.id.in_(found)).values(blank)).rowcount


def _is_behind(*which: Any) -> Any:
    """Return whether a row is an alert's, of which an earlier revision is still to come to the same recipient.

    ``which`` narrows those earlier ones, rows of `_earlier`.
    """
    same = (_earlier.c.recipient_id == outbox.c.recipient_id, _earlier.c.alert_uid == outbox.c.alert_uid)
    before = (_earlier.c.kind == "alert", outbox.c.kind == "alert", _earlier.c.revision < outbox.c.revision)
    return exists().where(*same, *before, _earlier.c.state.in_(OPEN), *which).correlate(outbox)


def _due(now: datetime) -> Any:
    # A moment in the far future was written by a clock that was wrong.
    return or_(outbox.c.due <= now, outbox.c.due > now + FARTHEST)


def _held_by(holder: str | None) -> Any:
    return outbox.c.claimed_by.is_(None) if holder is None else outbox.c.claimed_by == holder


def _values(delivery: Delivery) -> dict[str, Any]:
    values = asdict(delivery)
    del values["id"]
    return values


def _labelled(statement: Any) -> Any:
    """Return a statement over outbox and messages whose columns of messages have names of their own."""
    mine = [column.label(f"said_{column.name}") for column in messages.c]
    return statement.with_only_columns(*outbox.c, *mine)


def _delivery(row: Row[Any], *, may_have: bool | None = None) -> Delivery:
    return Delivery(
        id=row.id,
        key=row.key,
        recipient_id=row.recipient_id,
        message_id=row.message_id,
        kind=row.kind,
        alert_uid=row.alert_uid,
        revision=row.revision,
        state=row.state,
        why=row.why,
        urgent=row.urgent,
        at=row.at,
        due=row.due,
        attempts=row.attempts,
        may_have=row.may_have if may_have is None else may_have,
        detail=row.detail,
        ended_at=row.ended_at,
        carried_by=row.carried_by,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
    )


def _message(row: Row[Any]) -> Message:
    return Message(
        key=row.key,
        kind=row.said_kind,
        uid=row.said_alert_uid or "",
        revision=row.said_revision,
        incident_id=row.said_incident_id,
        subject=row.said_subject,
        text=row.said_text,
        body=bytes(row.said_body),
        exercise=row.said_exercise,
        state=row.said_state,
    )
