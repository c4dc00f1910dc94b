"""Who is sent alerts, each as it is now and as it was before.

Targets and secrets stand in one table and nowhere else: versions, audit entries and logs show them cut short.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from data.delivering import DeliveryRule, Recipient
from data.errors import InputError, UnknownItemError
from data.store.delivery_tables import recipient_versions, recipients

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from data.store.database import Database


class Recipients:
    """Recipients by id and name; a removed one is found by id alone, for what was sent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recipient: Recipient, by: str, at: datetime) -> Recipient:
        """Keep a new recipient and return it with its id, version 1 and ``since``; InputError: the name is taken."""
        made = replace(recipient, version=1, since=at)
        values = {**_values(made), "created_at": at}
        with self._database.write() as connection:
            self._refuse_taken(connection, made.name, but=None)
            statement = self._database.insert(recipients).values(values).returning(recipients.c.id)
            made = replace(made, id=int(connection.execute(statement).scalar_one()))
            self._keep_version(connection, made, by, at)
        return made

    def change(self, recipient: Recipient, by: str, at: datetime) -> Recipient:
        """Write a recipient as it is from now on, and return it with its new version.

        ``version`` is the one that was changed: InputError where another change came first, or the name is taken;
        UnknownItemError where it was removed.
        """
        with self._database.write() as connection:
            before = self._held(connection, recipient.id)
            if before.version != recipient.version:
                raise InputError(f'recipient "{before.name}" was changed meanwhile; look at it again')
            self._refuse_taken(connection, recipient.name, but=recipient.id)
            after = replace(recipient, version=before.version + 1, since=before.since)
            connection.execute(update(recipients).where(recipients.c.id == after.id).values(_values(after)))
            self._keep_version(connection, after, by, at)
        return after

    def remove(self, recipient_id: int, by: str, at: datetime) -> Recipient:
        """Take a recipient out, target and secret with it, and return it as it was; UnknownItemError if it is out."""
        with self._database.write() as connection:
            before = self._held(connection, recipient_id)
            gone = {"target": "", "secret": "", "active": False, "removed_at": at, "version": before.version + 1}
            connection.execute(update(recipients).where(recipients.c.id == recipient_id).values(gone))
            self._keep_version(connection, replace(before, version=before.version + 1, active=False), by, at)
        return before

    def get(self, recipient_id: int) -> Recipient | None:
        """Return a recipient that was not removed; None where there is none of that id."""
        found = self._list(select(recipients).where(recipients.c.id == recipient_id, recipients.c.removed_at.is_(None)))
        return found[0] if found else None

    def named(self, name: str) -> Recipient:
        """Return the recipient of that name, whatever its case; UnknownItemError where there is none."""
        mine = (recipients.c.known_as == known_as(name), recipients.c.removed_at.is_(None))
        found = self._list(select(recipients).where(*mine))
        if not found:
            raise UnknownItemError("recipient", name, hint="see kentongan recipient list")
        return found[0]

    def all(self) -> list[Recipient]:
        """Return all that were not removed, paused ones too, by name."""
        statement = select(recipients).where(recipients.c.removed_at.is_(None))
        return self._list(statement.order_by(recipients.c.known_as, recipients.c.id))

    def names(self) -> dict[int, str]:
        """Return the name of every recipient there ever was, by id: what a log shows."""
        with self._database.read() as connection:
            rows = connection.execute(select(recipients.c.id, recipients.c.name))
            return {row.id: row.name for row in rows}

    def versions(self, recipient_id: int) -> list[dict[str, Any]]:
        """Return what a recipient was, the first version first: version, at, by, and the record without secrets."""
        statement = select(recipient_versions).where(recipient_versions.c.recipient_id == recipient_id)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(recipient_versions.c.version))
            return [{"version": row.version, "at": row.at, "by": row.by, **row.record} for row in rows]

    def hold(self, recipient_id: int) -> Recipient | None:
        """Return a recipient, which nobody else holds until the transaction around this ends; None if it is out."""
        mine = select(recipients).where(recipients.c.id == recipient_id, recipients.c.removed_at.is_(None))
        with self._database.write() as connection:
            row = connection.execute(mine.with_for_update()).first()
        return None if row is None else _recipient(row)

    def hold_all(self) -> list[Recipient]:
        """Return all recipients, whom nobody else holds until the transaction around this ends, by id."""
        mine = select(recipients).where(recipients.c.removed_at.is_(None)).order_by(recipients.c.id)
        with self._database.write() as connection:
            return [_recipient(row) for row in connection.execute(mine.with_for_update())]

    def _held(self, connection: Connection, recipient_id: int) -> Recipient:
        mine = select(recipients).where(recipients.c.id == recipient_id, recipients.c.removed_at.is_(None))
        row = connection.execute(mine.with_for_update()).first()
        if row is None:
            raise UnknownItemError("recipient", recipient_id, hint="see kentongan recipient list")
        return _recipient(row)

    def _refuse_taken(self, connection: Connection, name: str, *, but: int | None) -> None:
        mine = (recipients.c.known_as == known_as(name), recipients.c.removed_at.is_(None))
        other = connection.execute(select(recipients.c.id).where(*mine)).scalar()
        if other is not None and other != but:
            raise InputError(f'there is a recipient "{name}" already; take another name')

    def _keep_version(self, connection: Connection, recipient: Recipient, by: str, at: datetime) -> None:
        values = {
            "recipient_id": recipient.id,
            "version": recipient.version,
            "at": at,
            "by": by,
            "record": public(recipient),
        }
        connection.execute(self._database.insert(recipient_versions).values(values))

    def _list(self, statement: Any) -> list[Recipient]:
        with self._database.read() as connection:
            return [_recipient(row) for row in connection.execute(statement)]


def known_as(name: str) -> str:
    """Return a name as recipients are told apart by: without case, with single blanks."""
    return " ".join(name.split()).casefold()


def public(recipient: Recipient) -> dict[str, Any]:
    """Return a recipient as anybody of the desk may read it: its target cut short, its secret left out."""
    return {
        "name": recipient.name,
        "channel": recipient.channel,
        "target": recipient.shown_target,
        "active": recipient.active,
        "exercise": recipient.exercise,
        "timezone": recipient.timezone,
        "rule": rule_record(recipient.rule),
    }


def rule_record(rule: DeliveryRule) -> dict[str, Any]:
    """Return a rule as JSON keeps it: times as HH:MM."""
    record = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(rule).items()}
    record["quiet"] = [f"{moment:%H:%M}" for moment in rule.quiet] if rule.quiet else None
    record["digest_at"] = [f"{moment:%H:%M}" for moment in rule.digest_at]
    return record


def rule_of(record: dict[str, Any]) -> DeliveryRule:
    """Return the rule that `rule_record` wrote; what an older version did not know has its default."""
    given = dict(record)
    for name in ("regions", "signals", "urgencies", "escalations"):
        given[name] = tuple(given.get(name, ()))
    quiet = given.get("quiet")
    given["quiet"] = (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None
    given["digest_at"] = tuple(time.fromisoformat(moment) for moment in given.get("digest_at", ()))
    return DeliveryRule(**given)


def _values(recipient: Recipient) -> dict[str, Any]:
    names = ("name", "channel", "target", "secret", "active", "exercise", "timezone", "version")
    values = {name: getattr(recipient, name) for name in names}
    return {**values, "known_as": known_as(recipient.name), "rule": rule_record(recipient.rule)}


def _recipient(row: Row[Any]) -> Recipient:
    return Recipient(
        id=row.id,
        name=row.name,
        channel=row.channel,
        target=row.target,
        secret=row.secret,
        active=row.active,
        exercise=row.exercise,
        rule=rule_of(row.rule),
        timezone=row.timezone,
        version=row.version,
        since=row.created_at,
    )
