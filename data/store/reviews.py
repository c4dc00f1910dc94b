"""What people decided: appended, never changed; the last verdict is the incident's status."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.records import IncidentStatus, Modality, Review
from data.store.incidents import LARGEST_ID
from data.store.tables import reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from data.store.database import Database
    from data.store.incidents import Incidents


class Reviews:
    """Reviews of incidents, in the order in which they were made."""

    def __init__(self, database: Database, incidents: Incidents) -> None:
        self._database = database
        self._incidents = incidents

    def add(self, review: Review) -> int:
        """Keep a review and return its number; its verdict, if any, becomes the incident's status with it.

        Label corrections are kept beside it and change nothing. Raises UnknownItemError where there is no such
        incident.
        """
        values = asdict(review) | {
            "verdict": None if review.verdict is None else review.verdict.value,
            "modality": None if review.modality is None else review.modality.value,
            "signals": None if review.signals is None else list(review.signals),
            "place_codes": None if review.place_codes is None else list(review.place_codes),
        }
        with self._database.write() as connection:
            incident = self._incidents.held(review.incident_id)
            kept = self._database.insert(reviews).values(values).returning(reviews.c.id)
            number = int(connection.execute(kept).scalar_one())
            if review.verdict is not None:
                self._incidents.update(replace(incident, status=review.verdict), review.at, review.reviewer)
        return number

    def get(self, number: int) -> Review | None:
        """Return the review of a number; None where there is none."""
        if not 0 < number <= LARGEST_ID:
            return None
        found = self._list(select(reviews).where(reviews.c.id == number))
        return found[0] if found else None

    def of_incident(self, incident_id: int) -> list[Review]:
        """Return an incident's reviews, the first one first."""
        return self._list(select(reviews).where(reviews.c.incident_id == incident_id).order_by(reviews.c.id))

    def of_article(self, article_id: int, since: datetime) -> list[Review]:
        """Return what persons said of an article since a moment, the first one first: corrections, without verdicts."""
        mine = (reviews.c.article_id == article_id, reviews.c.at >= since)
        return self._list(select(reviews).where(*mine).order_by(reviews.c.at, reviews.c.id))

    def of_articles(self, article_ids: Sequence[int]) -> dict[int, list[Review]]:
        """Return all that persons ever said of articles, the first one first; none for those of which nobody spoke."""
        found: dict[int, list[Review]] = {}
        for start in range(0, len(article_ids), 500):
            mine = reviews.c.article_id.in_(article_ids[start : start + 500])
            for one in self._list(select(reviews).where(mine).order_by(reviews.c.at, reviews.c.id)):
                if one.article_id is not None:
                    found.setdefault(one.article_id, []).append(one)
        return found

    def since(self, at: datetime, limit: int = 1000) -> list[Review]:
        """Return the reviews made since ``at``, the first one first."""
        return self._list(select(reviews).where(reviews.c.at >= at).order_by(reviews.c.at, reviews.c.id).limit(limit))

    def _list(self, statement: Any) -> list[Review]:
        with self._database.read() as connection:
            return [_review(row) for row in connection.execute(statement)]


def _review(row: Row[Any]) -> Review:
    return Review(
        incident_id=row.incident_id,
        reviewer=row.reviewer,
        at=row.at,
        verdict=None if row.verdict is None else IncidentStatus(row.verdict),
        reason=row.reason,
        article_id=row.article_id,
        signals=None if row.signals is None else tuple(row.signals),
        modality=None if row.modality is None else Modality(row.modality),
        severity=row.severity,
        place_codes=None if row.place_codes is None else tuple(row.place_codes),
    )
