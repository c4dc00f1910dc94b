"""What is to be labelled: the queue, who was shown what, and the drawings of the recall audit.

Nothing here holds or returns a label: two persons stay blind to one another because the queue has nothing to show them.
How far a task is follows from the labels of its article revision, wherever they came from.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, select

from data.errors import UnknownItemError
from data.records import AuditDraw, AuditRound, LabelTask
from data.resolution import annotator_name, person_of
from data.store.articles import PRESENT
from data.store.assessments import STANDS, STOOD
from data.store.tables import (
    article_revisions,
    articles,
    assessments,
    audit_draws,
    audit_rounds,
    label_offers,
    label_tasks,
    labels,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from data.store.database import Database

SHOWN_FOR = timedelta(minutes=30)
"""How long a task that somebody has on the screen counts as being worked on; longer than any article takes to read."""

TaskState = Literal["open", "begun", "done"]
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Queued:
    """A task and how far it is: how many persons have labelled its text and how many have passed it over."""

    task: LabelTask
    persons: int
    skipped: int = 0

    @property
    def state(self) -> TaskState:
        """Whether enough persons have labelled it; what they said is not known here."""
        return "done" if self.persons >= self.task.wanted else "begun" if self.persons else "open"


class LabelTasks:
    """Tasks by article revision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, tasks: Sequence[LabelTask]) -> int:
        """Keep the tasks whose text has none yet, and return how many those were."""
        added = 0
        with self._database.write() as connection:
            for task in tasks:
                values = {name: getattr(task, name) for name in LabelTask.__dataclass_fields__}
                statement = self._database.insert(label_tasks).values(values).on_conflict_do_nothing()
                added += connection.execute(statement.returning(label_tasks.c.article_id)).first() is not None
        return added

    def get(self, article_id: int, revision: int | None = None) -> LabelTask | None:
        """Return the task of an article's text (of its newest that has one); None where there is none."""
        statement = select(label_tasks).where(label_tasks.c.article_id == article_id)
        if revision is not None:
            statement = statement.where(label_tasks.c.revision == revision)
        with self._database.read() as connection:
            row = connection.execute(statement.order_by(label_tasks.c.revision.desc()).limit(1)).first()
        return None if row is None else _task(row)

    def articles(self) -> frozenset[int]:
        """Return the ids of the articles that have, or had, a task."""
        with self._database.read() as connection:
            return frozenset(connection.execute(select(label_tasks.c.article_id).distinct()).scalars())

    def all(self) -> list[Queued]:
        """Return every task there ever was with how far it is, in the order of the queue."""
        with self._database.read() as connection:
            return self._queued(connection)

    def queue(self, annotator: str | None = None, limit: int | None = None) -> list[Queued]:
        """Return the tasks that still want persons, in the order in which they are handed out.

        For ``annotator`` without those that she has labelled or passed over. Begun tasks come first: only a second
        label makes the first one worth more. Then by day and by a fixed lot, so that no order tells why a text was
        chosen.
        """
        with self._database.read() as connection:
            found = self._open(connection, annotator)
        return found if limit is None else found[:limit]

    def next(self, annotator: str, now: datetime, among: Collection[int] | None = None) -> LabelTask | None:
        """Return the task that ``annotator`` is to label now, and remember that it was shown; None where all is done.

        The same one is returned until it is labelled or passed over. What enough others have on their screens is left
        to them for `SHOWN_FOR`. ``among`` are the articles that she may be shown, None: any.
        """
        person = person_of(annotator_name(annotator))
        with self._database.write() as connection:
            if not self._database.is_sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(_HANDING_OUT)))
            waiting = [
                one for one in self._open(connection, annotator) if among is None or one.task.article_id in among
            ]
            shown = self._shown(connection, person)
            at_work = self._at_work(connection, person, now)
            mine = [one.task for one in waiting if _key(one.task) in shown]
            free = [one.task for one in waiting if one.persons + at_work.get(_key(one.task), 0) < one.task.wanted]
            chosen = next(iter([*mine, *free]), None)
            if chosen is not None:
                values = {
                    "article_id": chosen.article_id,
                    "revision": chosen.revision,
                    "person": person,
                    "offered_at": now,
                }
                offer = self._database.insert(label_offers).values(values)
                keys = ["article_id", "revision", "person"]
                connection.execute(offer.on_conflict_do_update(index_elements=keys, set_={"offered_at": now}))
        return chosen

    def shown(self, annotator: str) -> LabelTask | None:
        """Return the task that was shown to ``annotator`` and that she has neither labelled nor passed over."""
        with self._database.read() as connection:
            shown = self._shown(connection, person_of(annotator))
            waiting = self._open(connection, annotator)
        return next((one.task for one in waiting if _key(one.task) in shown), None)

    def skip(self, task: LabelTask, annotator: str, now: datetime) -> None:
        """Remember that ``annotator`` passes a task over: it is never hers again. Raises UnknownItemError."""
        values = {
            "article_id": task.article_id,
            "revision": task.revision,
            "person": person_of(annotator_name(annotator)),
            "offered_at": now,
            "skipped_at": now,
        }
        with self._database.write() as connection:
            if self.get(task.article_id, task.revision) is None:
                raise UnknownItemError("task", task.article_id, hint="see kentongan label queue")
            statement = self._database.insert(label_offers).values(values)
            keys = ["article_id", "revision", "person"]
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"skipped_at": now}))

    # The recall audit.

    def frame(self, since: datetime | None, until: datetime) -> tuple[list[Key], int]:
        """Return (unflagged articles with their revision, number of flagged ones) first judged in (since, until].

        By the assessment that stands of their present revision; withdrawn articles are left out.
        """
        first = select(assessments.c.article_id, func.min(assessments.c.at).label("at"))
        firsts = first.group_by(assessments.c.article_id).subquery()
        statement = (
            select(articles.c.id, articles.c.revision, assessments.c.flagged)
            .join(firsts, firsts.c.article_id == articles.c.id)
            .join(
                assessments,
                and_(assessments.c.article_id == articles.c.id, assessments.c.revision == articles.c.revision, STANDS),
            )
            .where(firsts.c.at <= until, articles.c.withdrawn_at.is_(None))
            .order_by(articles.c.id, *STOOD)
        )
        if since is not None:
            statement = statement.where(firsts.c.at > since)
        with self._database.read() as connection:
            stands = {(row.id, row.revision): row.flagged for row in connection.execute(statement)}
        return [key for key, flagged in stands.items() if not flagged], sum(stands.values())

    def open_round(self, one: AuditRound, tasks: Sequence[LabelTask], draws: Sequence[AuditDraw]) -> int:
        """Keep a drawing with its tasks, and return its number; ``id`` and ``round_id`` of the records are given here.

        A task that is there already serves as it is.
        """
        with self._database.write() as connection:
            self.add(tasks)
            values = {name: getattr(one, name) for name in AuditRound.__dataclass_fields__ if name != "id"}
            statement = self._database.insert(audit_rounds).values(values).returning(audit_rounds.c.id)
            number = int(connection.execute(statement).scalar_one())
            rows = [
                {name: getattr(draw, name) for name in AuditDraw.__dataclass_fields__} | {"round_id": number}
                for draw in draws
            ]
            if rows:
                connection.execute(self._database.insert(audit_draws), rows)
        return number

    def rounds(self) -> list[AuditRound]:
        """Return the drawings of the recall audit, the first one first."""
        names = AuditRound.__dataclass_fields__
        with self._database.read() as connection:
            rows = connection.execute(select(audit_rounds).order_by(audit_rounds.c.id)).all()
        return [AuditRound(**{name: getattr(row, name) for name in names}) for row in rows]

    def draws(self) -> list[AuditDraw]:
        """Return every article that was ever drawn, by drawing."""
        names = AuditDraw.__dataclass_fields__
        statement = select(audit_draws).order_by(audit_draws.c.round_id, audit_draws.c.article_id)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return [AuditDraw(**{name: getattr(row, name) for name in names}) for row in rows]

    def recent(self, since: datetime, until: datetime) -> list[int]:
        """Return the ids of the articles first seen in [since, until) whose present revision is judged, oldest first.

        Withdrawn ones are left out.
        """
        statement = (
            select(articles.c.id)
            .join(article_revisions, and_(article_revisions.c.article_id == articles.c.id, PRESENT))
            .where(
                articles.c.first_seen >= since,
                articles.c.first_seen < until,
                articles.c.assessed_with.is_not(None),
                articles.c.withdrawn_at.is_(None),
            )
            .order_by(articles.c.first_seen, articles.c.id)
        )
        with self._database.read() as connection:
            return list(connection.execute(statement).scalars())

    def first(self) -> datetime | None:
        """Return when the first article that is judged was first seen; None where none is."""
        with self._database.read() as connection:
            statement = select(articles.c.first_seen).where(articles.c.assessed_with.is_not(None))
            return connection.execute(statement.order_by(articles.c.first_seen).limit(1)).scalar()

    def _queued(self, connection: Connection) -> list[Queued]:
        counted = (
            select(labels.c.article_id, labels.c.revision, func.count(func.distinct(labels.c.person)).label("persons"))
            .where(labels.c.kind == "label")
            .group_by(labels.c.article_id, labels.c.revision)
        )
        passed = (
            select(label_offers.c.article_id, label_offers.c.revision, func.count().label("persons"))
            .where(label_offers.c.skipped_at.is_not(None))
            .group_by(label_offers.c.article_id, label_offers.c.revision)
        )
        persons = {(row.article_id, row.revision): row.persons for row in connection.execute(counted)}
        skipped = {(row.article_id, row.revision): row.persons for row in connection.execute(passed)}
        tasks = [_task(row) for row in connection.execute(select(label_tasks))]
        found = [Queued(task, persons.get(_key(task), 0), skipped.get(_key(task), 0)) for task in tasks]
        return sorted(found, key=lambda one: (one.persons == 0, one.task.created.date(), _lot(one.task)))

    def _open(self, connection: Connection, annotator: str | None) -> list[Queued]:
        found = [one for one in self._queued(connection) if one.state != "done"]
        if annotator is None:
            return found
        person = person_of(annotator)
        mine = select(labels.c.article_id, labels.c.revision).where(labels.c.person == person)
        passed = select(label_offers.c.article_id, label_offers.c.revision).where(
            label_offers.c.person == person, label_offers.c.skipped_at.is_not(None)
        )
        done = {tuple(row) for row in connection.execute(mine)} | {tuple(row) for row in connection.execute(passed)}
        return [one for one in found if _key(one.task) not in done]

    def _shown(self, connection: Connection, person: str) -> set[Key]:
        statement = select(label_offers.c.article_id, label_offers.c.revision).where(
            label_offers.c.person == person, label_offers.c.skipped_at.is_(None)
        )
        return {(row.article_id, row.revision) for row in connection.execute(statement)}

    def _at_work(self, connection: Connection, person: str, now: datetime) -> Mapping[Key, int]:
        """Return how many others have each task on their screens: shown lately, neither labelled nor passed over."""
        statement = select(label_offers).where(
            label_offers.c.person != person,
            label_offers.c.skipped_at.is_(None),
            label_offers.c.offered_at > now - SHOWN_FOR,
        )
        given = {
            (row.article_id, row.revision, row.person)
            for row in connection.execute(select(labels.c.article_id, labels.c.revision, labels.c.person))
        }
        found: dict[Key, int] = {}
        for row in connection.execute(statement):
            if (row.article_id, row.revision, row.person) not in given:
                key = (row.article_id, row.revision)
                found[key] = found.get(key, 0) + 1
        return found


_HANDING_OUT = 0x4C4142454C  # "LABEL": one at a time, or two persons get the last place of one task


def _key(task: LabelTask) -> Key:
    return task.article_id, task.revision


def _lot(task: LabelTask) -> int:
    return zlib.crc32(f"{task.article_id}/{task.revision}".encode())


def _task(row: Row[Any]) -> LabelTask:
    return LabelTask(**{name: getattr(row, name) for name in LabelTask.__dataclass_fields__})


__all__ = ["SHOWN_FOR", "LabelTasks", "Queued", "TaskState"]
