"""The audit log: append-only, each entry chained to the one before it by SHA-256, so that a change shows.

The digest of an entry covers the digest before it (Haber and Stornetta, *How to time-stamp a digital document*, 1991):
an entry that was changed, left out or put in between breaks every digest after it; the head, kept apart, shows that the
last ones were cut off. Whoever can write the whole database can forge a whole chain: a head that was noted elsewhere
(`kentongan audit verify` prints it) proves even that.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update

from data.people import AuditEntry
from data.store.columns import cleaned, storable
from data.store.desk_tables import audit_entries, audit_head

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from data.store.database import Database

GENESIS: Final = "0" * 64
"""What the first entry is chained to."""

CUT: Final = "audit_dipotong"
"""The entry that says up to where the beginning of the log was taken off by the desk's rule of retention, and which
digest the rest is chained to."""

_HEAD: Final = 1
BATCH: Final = 1000


class Audit:
    """Entries in the order in which they were written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, actor: str, action: str, subject: str, at: datetime, detail: Mapping[str, Any] | None = None) -> None:
        """Write an entry, in the transaction around it: what was done and that it was done stand or fall together."""
        # As it will be read again: what JSON or the columns change must not change the digest.
        kept = cleaned(json.loads(json.dumps(dict(detail or {}), default=str)))
        who, what, about = (storable(word) for word in (actor, action, subject))
        mine = audit_head.c.id == _HEAD
        first = self._database.insert(audit_head).values(id=_HEAD, entry_id=0, digest=GENESIS)
        with self._database.write() as connection:
            connection.execute(first.on_conflict_do_nothing())
            previous = connection.execute(select(audit_head.c.digest).where(mine).with_for_update()).scalar_one()
            digest = digest_of(previous, at, who, what, about, kept)
            values = {"at": at, "actor": who, "action": what, "subject": about, "detail": kept}
            values |= {"previous": previous, "digest": digest}
            insert = self._database.insert(audit_entries).values(values).returning(audit_entries.c.id)
            number = connection.execute(insert).scalar_one()
            connection.execute(update(audit_head).where(mine).values(entry_id=number, digest=digest))

    def entries(
        self,
        *,
        subject: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """Return entries, the newest first: of one subject, actor or action, older than the entry ``before``."""
        statement = select(audit_entries).order_by(audit_entries.c.id.desc()).limit(limit)
        for column, value in (("subject", subject), ("actor", actor), ("action", action)):
            if value is not None:
                statement = statement.where(audit_entries.c[column] == value)
        if before is not None:
            statement = statement.where(audit_entries.c.id < before)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(statement)]

    def head(self) -> tuple[int, str]:
        """Return number and digest of the last entry; (0, GENESIS) where there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(audit_head).where(audit_head.c.id == _HEAD)).first()
        return (row.entry_id, row.digest) if row is not None else (0, GENESIS)

    def newest(self, *, after: int, without: Collection[str]) -> int | None:
        """Return the number of the last entry beyond ``after`` whose action is none of ``without``; None for none."""
        statement = select(func.max(audit_entries.c.id)).where(
            audit_entries.c.id > after, audit_entries.c.action.not_in(without)
        )
        with self._database.read() as connection:
            number: int | None = connection.execute(statement).scalar_one()
        return number

    def problems(self) -> list[str]:
        """Return what is wrong with the chain, a sentence each, at most one per break; [] where nothing is."""
        found: list[str] = []
        previous, last = self._beginning()
        for entry in self._all():
            if entry.previous != previous:
                found.append(f"entry {entry.id} does not follow entry {last}: one was removed or put in")
            if _digest(entry) != entry.digest:
                found.append(f"entry {entry.id} was changed after it was written")
            previous, last = entry.digest, entry.id
        number, digest = self.head()
        if (number, digest) != (last, previous):
            found.append(f"the log ends at entry {last}, but entry {number} was written: the last ones were removed")
        return found

    def _beginning(self) -> tuple[str, int]:
        """Return digest and number of the last entry that was taken off by rule; (GENESIS, 0) where none was."""
        cuts = self.entries(action=CUT, limit=1)
        if not cuts:
            return GENESIS, 0
        return str(cuts[0].detail.get("sidik", GENESIS)), int(cuts[0].detail.get("sampai", 0))

    def _all(self) -> Iterator[AuditEntry]:
        after = 0
        while True:
            statement = select(audit_entries).where(audit_entries.c.id > after).order_by(audit_entries.c.id)
            with self._database.read() as connection:
                rows = connection.execute(statement.limit(BATCH)).all()
            if not rows:
                return
            yield from (_entry(row) for row in rows)
            after = rows[-1].id


def digest_of(previous: str, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> str:
    """Return the digest of an entry: SHA-256 over the one before and its own fields as canonical JSON."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    body = json.dumps(
        [previous, moment, actor, action, subject, detail], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(body.encode()).hexdigest()


def _digest(entry: AuditEntry) -> str:
    return digest_of(entry.previous, entry.at, entry.actor, entry.action, entry.subject, entry.detail)


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.id, row.at, row.actor, row.action, row.subject, row.detail, row.previous, row.digest)
