"""Who works on an incident, who looks at it, who looked first, and to whom it was handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, update

from data.errors import UnknownItemError
from data.store.desk_tables import claims, first_views, follow_ups, presence
from data.store.incidents import LARGEST_ID
from data.work import Claim, FollowUp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from data.store.database import Database

IN_ONE_QUERY: Final = 500
"""Ids in one statement; a page asks for fifty."""


class Claims:
    """Claims by incident: at most one each, and whoever has the row may be past its time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, claim: Claim) -> None:
        """Let an incident be a person's until a moment, whoever's it was before."""
        values = {name: getattr(claim, name) for name in ("incident_id", "user_id", "since", "until")}
        statement = self._database.insert(claims).values(values)
        statement = statement.on_conflict_do_update(index_elements=["incident_id"], set_=values)
        with self._database.write() as connection:
            connection.execute(statement)

    def renew(self, incident_id: int, user_id: int, until: datetime) -> bool:
        """Lengthen a person's own claim; False where they have none."""
        mine = (claims.c.incident_id == incident_id, claims.c.user_id == user_id)
        with self._database.write() as connection:
            return connection.execute(update(claims).where(*mine).values(until=until)).rowcount == 1

    def drop(self, incident_id: int) -> None:
        """Let an incident be nobody's."""
        with self._database.write() as connection:
            connection.execute(delete(claims).where(claims.c.incident_id == incident_id))

    def of(self, incident_ids: Iterable[int], now: datetime) -> dict[int, Claim]:
        """Return the claims that stand at ``now``, by incident."""
        wanted = sorted(set(incident_ids))
        found: dict[int, Claim] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), IN_ONE_QUERY):
                mine = claims.c.incident_id.in_(wanted[start : start + IN_ONE_QUERY])
                for row in connection.execute(select(claims).where(mine, claims.c.until > now)):
                    found[row.incident_id] = Claim(**row._asdict())
        return found

    def held(self, incident_id: int, now: datetime) -> Claim | None:
        """Return an incident's claim that stands at ``now``; its row held until the transaction around it ends."""
        mine = (claims.c.incident_id == incident_id, claims.c.until > now)
        with self._database.read() as connection:
            row = connection.execute(select(claims).where(*mine).with_for_update()).first()
        return Claim(**row._asdict()) if row is not None else None

    def of_user(self, user_id: int, now: datetime) -> list[Claim]:
        """Return what a person works on, the oldest first."""
        mine = select(claims).where(claims.c.user_id == user_id, claims.c.until > now).order_by(claims.c.since)
        with self._database.read() as connection:
            return [Claim(**row._asdict()) for row in connection.execute(mine)]


class Looks:
    """Who has an incident open just now, and when a person first looked at it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def see(self, incident_id: int, user_id: int, at: datetime) -> None:
        """Note that a person has an incident before them."""
        values = {"incident_id": incident_id, "user_id": user_id, "seen_at": at}
        statement = self._database.insert(presence).values(values)
        statement = statement.on_conflict_do_update(index_elements=["incident_id", "user_id"], set_={"seen_at": at})
        with self._database.write() as connection:
            connection.execute(statement)

    def leave(self, incident_id: int, user_id: int) -> None:
        """Note that a person closed an incident."""
        mine = (presence.c.incident_id == min(incident_id, LARGEST_ID), presence.c.user_id == user_id)
        with self._database.write() as connection:
            connection.execute(delete(presence).where(*mine))

    def forget(self, before: datetime) -> None:
        """Drop what is older than a moment: nobody is there any more."""
        with self._database.write() as connection:
            connection.execute(delete(presence).where(presence.c.seen_at < before))

    def present(self, incident_ids: Iterable[int], since: datetime) -> dict[int, list[int]]:
        """Return who was seen at each incident since a moment: ids of users, the last one first."""
        wanted = sorted(set(incident_ids))
        found: dict[int, list[int]] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), IN_ONE_QUERY):
                mine = presence.c.incident_id.in_(wanted[start : start + IN_ONE_QUERY])
                order = (presence.c.seen_at.desc(), presence.c.user_id)
                for row in connection.execute(
                    select(presence).where(mine, presence.c.seen_at >= since).order_by(*order)
                ):
                    found.setdefault(row.incident_id, []).append(row.user_id)
        return found

    def note_first(self, incident_id: int, user_id: int, at: datetime) -> bool:
        """Note who looked at an incident first; False where somebody had before."""
        values = {"incident_id": incident_id, "user_id": user_id, "at": at}
        statement = self._database.insert(first_views).values(values).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement.returning(first_views.c.incident_id)).first() is not None

    def first(self, incident_ids: Iterable[int]) -> dict[int, datetime]:
        """Return when incidents were first looked at; none for those that nobody has."""
        wanted = sorted(set(incident_ids))
        found: dict[int, datetime] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), IN_ONE_QUERY):
                mine = first_views.c.incident_id.in_(wanted[start : start + IN_ONE_QUERY])
                columns = select(first_views.c.incident_id, first_views.c.at).where(mine)
                found |= {row.incident_id: row.at for row in connection.execute(columns)}
        return found


class FollowUps:
    """To whom verified incidents were handed, and what came back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, incident_id: int, recipient: str, by: str, at: datetime, *, letter: str = "", note: str = "") -> int:
        """Keep that an incident was handed to somebody and return the number under which it is kept."""
        values = {"incident_id": incident_id, "recipient": recipient, "by": by, "at": at}
        values |= {"letter": letter, "note": note}
        statement = self._database.insert(follow_ups).values(values).returning(follow_ups.c.id)
        with self._database.write() as connection:
            return int(connection.execute(statement).scalar_one())

    def answered(self, number: int, answer: str, by: str, at: datetime) -> None:
        """Keep what came back. Raises UnknownItemError where there is no such follow-up."""
        values = {"answer": answer, "answered_by": by, "answered_at": at}
        with self._database.write() as connection:
            mine = update(follow_ups).where(follow_ups.c.id == min(number, LARGEST_ID)).values(values)
            if connection.execute(mine).rowcount == 0:
                raise UnknownItemError("follow-up", number)

    def get(self, number: int) -> FollowUp | None:
        """Return a follow-up; None where there is none of that number."""
        found = self._list(select(follow_ups).where(follow_ups.c.id == min(number, LARGEST_ID)))
        return found[0] if found else None

    def remove(self, incident_id: int, by: str, at: datetime) -> None:
        """Take back what a person noted of an incident at a moment: the decision that it was part of was undone."""
        mine = (follow_ups.c.incident_id == incident_id, follow_ups.c.by == by, follow_ups.c.at == at)
        with self._database.write() as connection:
            connection.execute(delete(follow_ups).where(*mine, follow_ups.c.answer.is_(None)))

    def of_incident(self, incident_id: int) -> list[FollowUp]:
        """Return an incident's follow-ups, the first one first."""
        return self._list(select(follow_ups).where(follow_ups.c.incident_id == incident_id).order_by(follow_ups.c.id))

    def _list(self, statement: Any) -> list[FollowUp]:
        with self._database.read() as connection:
            return [FollowUp(**row._asdict()) for row in connection.execute(statement)]
