"""Early warnings over regions: opened once, brought up to date while they stand, ended, and kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import or_, select, update

from data.errors import StoreError, UnknownItemError
from data.store.codec import decode, encode
from data.store.tables import early_warnings
from data.watching import EarlyWarning, WarningKind

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.database import Database


Found: TypeAlias = list[EarlyWarning]  # inside the class, "list" is a method


class EarlyWarnings:
    """Warnings by id; one kind, signal, region and scale begins at one moment only once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, warning: EarlyWarning) -> EarlyWarning:
        """Keep a new warning and return it with its id; the one in it is not looked at.

        Raises StoreError where one of the same kind, signal, region, scale and start is kept already: it is updated,
        never raised twice.
        """
        values = _values(warning)
        added = self._database.insert(early_warnings).values(values).on_conflict_do_nothing()
        with self._database.write() as connection:
            number = connection.execute(added.returning(early_warnings.c.id)).scalar()
        if number is None:
            raise StoreError(
                f"an early warning for {warning.region} from {warning.start.isoformat()} is kept already; update it"
            )
        return replace(warning, id=int(number))

    def update(self, warning: EarlyWarning) -> EarlyWarning:
        """Write a warning over the one of its id; what it is known by (kind, signal, region, scale, start) stays.

        Raises UnknownItemError where there is none of that id.
        """
        values = _values(warning)
        kept = {name: values[name] for name in ("updated_at", "ended_at")}
        with self._database.write() as connection:
            found = connection.execute(select(early_warnings).where(early_warnings.c.id == warning.id)).first()
            if found is None:
                raise UnknownItemError("early warning", warning.id)
            stored = decode(EarlyWarning, found.record)
            fixed = {
                name: getattr(stored, name) for name in ("kind", "signal", "region", "scale", "start", "raised_at")
            }
            written = replace(warning, **fixed)
            connection.execute(
                update(early_warnings)
                .where(early_warnings.c.id == warning.id)
                .values(kept | {"record": encode(written)})
            )
        return written

    def get(self, warning_id: int) -> EarlyWarning:
        """Return a warning; UnknownItemError where there is none of that id."""
        found = self._list(select(early_warnings).where(early_warnings.c.id == warning_id))
        if not found:
            raise UnknownItemError("early warning", warning_id)
        return found[0]

    def standing(self, kind: WarningKind | None = None) -> Found:
        """Return the warnings that have not ended, the last raised first."""
        statement = select(early_warnings).where(early_warnings.c.ended_at.is_(None))
        if kind is not None:
            statement = statement.where(early_warnings.c.kind == kind.value)
        return self._list(statement.order_by(early_warnings.c.raised_at.desc(), early_warnings.c.id.desc()))

    def list(self, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None) -> Found:
        """Return the warnings that stood at some moment between ``since`` and ``until``, the last raised first."""
        statement = select(early_warnings)
        if since is not None:
            ended = early_warnings.c.ended_at
            statement = statement.where(or_(ended.is_(None), ended >= since))
        if until is not None:
            statement = statement.where(early_warnings.c.raised_at < until)
        order = (early_warnings.c.raised_at.desc(), early_warnings.c.id.desc())
        return self._list(statement.order_by(*order).limit(limit))

    def _list(self, statement: Any) -> Found:
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return [replace(decode(EarlyWarning, row.record), id=row.id) for row in rows]


def _values(warning: EarlyWarning) -> dict[str, Any]:
    return {
        "kind": warning.kind.value,
        "signal": warning.signal or "",
        "region": warning.region,
        "scale": warning.scale.value,
        "start": warning.start,
        "raised_at": warning.raised_at,
        "updated_at": warning.updated_at,
        "ended_at": warning.ended_at,
        "record": encode(warning),
    }
