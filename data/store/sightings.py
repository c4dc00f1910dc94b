"""What was seen when: the moments of each article from publication to the desk; and what was not flagged, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from data.store.tables import (
    alerts,
    article_places,
    article_revisions,
    articles,
    assessments,
    frontier,
    incident_articles,
    incidents,
    reviews,
    signatures,
)

if TYPE_CHECKING:
    from sqlalchemy import Row

    from data.store.database import Database

STANDS = assessments.c.stood_at.is_not(None)
EVENT_ROLE = "kejadian"
LEAD = 800
"""Characters of a text that are had for comparing: what happened stands there."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The moments of one article on its way to the desk; None where it has not come so far.

    ``published`` is as its first revision had it (``tz_assumed``: without a zone of its own). ``offered`` is when a
    finder listed it, ``seen`` when it was read, ``judged`` when it was first assessed. ``opened`` is when its incident
    was opened, if by it; ``desk`` when that was first reviewed or its alert raised. ``flagged`` says whether it ever
    was. ``known_since`` is when the first article of its source was read: what is older is archive.
    """

    article_id: int
    source_id: str
    published: datetime | None
    tz_assumed: bool
    offered: datetime | None
    seen: datetime
    judged: datetime | None
    flagged: bool
    opened: datetime | None
    desk: datetime | None
    known_since: datetime


@dataclass(frozen=True, slots=True)
class Unflagged:
    """An article that was judged and not flagged, with the units it names as places of an event.

    ``text`` is its beginning only.
    """

    article_id: int
    source_id: str
    first_seen: datetime
    title: str
    text: str
    codes: tuple[str, ...]
    signature: bytes


class Sightings:
    """Questions over articles, assessments and incidents; nothing is kept here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def passages(self, start: datetime, end: datetime) -> list[Passage]:
        """Return the way of every article first seen in [start, end), by when it was seen; withdrawn ones too."""
        first = (
            select(
                assessments.c.article_id,
                func.min(assessments.c.at).label("judged"),
                func.max(case((assessments.c.flagged, 1), else_=0)).label("flagged"),
            )
            .join(articles, articles.c.id == assessments.c.article_id)
            .where(articles.c.first_seen >= start, articles.c.first_seen < end)
            .group_by(assessments.c.article_id)
            .subquery()
        )
        reviewed = (
            select(reviews.c.incident_id, func.min(reviews.c.at).label("at")).group_by(reviews.c.incident_id).subquery()
        )
        statement = (
            select(
                articles.c.id,
                articles.c.source_id,
                article_revisions.c.published,
                article_revisions.c.tz_assumed,
                frontier.c.offered_at,
                articles.c.first_seen,
                first.c.judged,
                first.c.flagged,
                incident_articles.c.added_at,
                incidents.c.opened_at,
                reviewed.c.at.label("reviewed"),
                alerts.c.first_raised_at,
            )
            .join_from(
                articles,
                article_revisions,
                and_(article_revisions.c.article_id == articles.c.id, article_revisions.c.revision == 1),
            )
            .outerjoin(frontier, frontier.c.canonical_url == articles.c.canonical_url)
            .outerjoin(first, first.c.article_id == articles.c.id)
            .outerjoin(incident_articles, incident_articles.c.article_id == articles.c.id)
            .outerjoin(incidents, incidents.c.id == incident_articles.c.incident_id)
            .outerjoin(reviewed, reviewed.c.incident_id == incidents.c.id)
            .outerjoin(alerts, alerts.c.incident_id == incidents.c.id)
            .where(articles.c.first_seen >= start, articles.c.first_seen < end)
            .order_by(articles.c.first_seen, articles.c.id)
        )
        began = select(articles.c.source_id, func.min(articles.c.first_seen)).group_by(articles.c.source_id)
        with self._database.read() as connection:
            since = {row[0]: row[1] for row in connection.execute(began)}
            return [_passage(row, since[row.source_id]) for row in connection.execute(statement)]

    def unflagged(self, start: datetime, end: datetime) -> list[Unflagged]:
        """Return the articles first seen in [start, end) that name where something happened and were not flagged.

        By the assessment that stands of their present revision; withdrawn ones and those in an incident are left out.
        """
        statement = (
            select(
                articles.c.id,
                articles.c.source_id,
                articles.c.first_seen,
                article_revisions.c.title,
                func.substr(article_revisions.c.text, 1, LEAD).label("text"),
                signatures.c.signature,
                article_places.c.code,
            )
            .join_from(articles, article_places, article_places.c.article_id == articles.c.id)
            .join(
                article_revisions,
                and_(
                    article_revisions.c.article_id == articles.c.id,
                    article_revisions.c.revision == articles.c.revision,
                ),
            )
            .outerjoin(signatures, signatures.c.article_id == articles.c.id)
            .outerjoin(incident_articles, incident_articles.c.article_id == articles.c.id)
            .where(
                articles.c.first_seen >= start,
                articles.c.first_seen < end,
                articles.c.withdrawn_at.is_(None),
                article_places.c.role == EVENT_ROLE,
                incident_articles.c.article_id.is_(None),
            )
            .order_by(articles.c.id, article_places.c.code)
        )
        stands = (
            select(assessments.c.article_id, assessments.c.flagged)
            .join(
                articles, and_(articles.c.id == assessments.c.article_id, articles.c.revision == assessments.c.revision)
            )
            .where(articles.c.first_seen >= start, articles.c.first_seen < end, STANDS)
            .order_by(assessments.c.stood_at, assessments.c.id)
        )
        with self._database.read() as connection:
            flagged = {row.article_id: row.flagged for row in connection.execute(stands)}
            rows = [row for row in connection.execute(statement) if not flagged.get(row.id, True)]
        codes: dict[int, list[str]] = {}
        for row in rows:
            codes.setdefault(row.id, []).append(row.code)
        once = {row.id: row for row in rows}
        return [
            Unflagged(
                number,
                row.source_id,
                row.first_seen,
                row.title,
                row.text,
                tuple(codes[number]),
                row.signature or b"",
            )
            for number, row in once.items()
        ]


def _passage(row: Row[Any], known_since: datetime) -> Passage:
    # An article that came to an incident later has not opened it, and the desk may have known before.
    opens = row.opened_at is not None and row.added_at <= row.opened_at
    return Passage(
        article_id=row.id,
        source_id=row.source_id,
        published=row.published,
        tz_assumed=row.tz_assumed,
        offered=row.offered_at,
        seen=row.first_seen,
        judged=row.judged,
        flagged=bool(row.flagged),
        opened=row.opened_at if opens else None,
        desk=min((at for at in (row.reviewed, row.first_raised_at) if at is not None), default=None) if opens else None,
        known_since=known_since,
    )
