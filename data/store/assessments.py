"""What was judged of article revisions, each judgement kept with the versions that made it.

Of several of one revision one *stands*: it is what desk and feeds show. The others are kept beside it: those of earlier
versions, and those of a later one that came when a person had dealt with the article's incident already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select, update

from data.errors import UnknownItemError
from data.records import Assessment
from data.store.articles import assessed_with
from data.store.codec import decode, encode
from data.store.tables import article_revisions, articles, assessments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from data.store.article_places import ArticlePlaces
    from data.store.database import Database
    from data.store.frontier import Frontier


@dataclass(frozen=True, slots=True)
class Judged:
    """One assessment with what it is of and when it was made.

    ``stood_at`` is since when it stands or stood, None where it never did.
    """

    article_id: int
    revision: int
    at: datetime
    assessment: Assessment
    stood_at: datetime | None = None


STANDS = assessments.c.stood_at.is_not(None)
STOOD = (assessments.c.stood_at, assessments.c.id)


class Assessments:
    """One assessment per article revision, model version and rules version."""

    def __init__(self, database: Database, frontier: Frontier, places: ArticlePlaces) -> None:
        self._database = database
        self._frontier = frontier
        self._places = places

    def save(
        self, article_id: int, revision: int, assessment: Assessment, at: datetime, *, beside: bool = False
    ) -> None:
        """Keep ``assessment``, which stands from now on; a second one by the same versions takes the first one's place.

        ``beside``: the one that stands goes on standing, and one that these versions have made before stays as it is.
        A flagged article is looked at more often from now on. Raises UnknownItemError where there is no such revision.
        """
        key = {
            "article_id": article_id,
            "revision": revision,
            "model_version": assessment.model_version,
            "rules_version": assessment.rules_version,
        }
        values = key | {
            "at": at,
            "flagged": assessment.flagged,
            "modality": assessment.modality.value,
            "severity": assessment.severity,
            "urgency": assessment.urgency.value,
            "record": encode(assessment),
            "stood_at": None if beside else at,
        }
        statement = self._database.insert(assessments).values(values)
        if beside:
            statement = statement.on_conflict_do_nothing(index_elements=list(key))
        else:
            # Said again, word for word (a model was promoted, rolled back): it keeps the time at which it was made.
            same = assessments.c.record == statement.excluded.record
            made = case((same, assessments.c.at), else_=statement.excluded.at)
            statement = statement.on_conflict_do_update(index_elements=list(key), set_=values | {"at": made})
        with self._database.write() as connection:
            mine = (article_revisions.c.article_id == article_id, article_revisions.c.revision == revision)
            if connection.execute(select(article_revisions.c.revision).where(*mine)).first() is None:
                raise UnknownItemError("article revision", f"{article_id}/{revision}", hint="settle the article first")
            connection.execute(statement)
            mark = assessed_with(assessment.model_version, assessment.rules_version)
            present = (articles.c.id == article_id, articles.c.revision == revision)
            is_present = connection.execute(update(articles).where(*present).values(assessed_with=mark)).rowcount
            if is_present and not beside:
                self._places.put(connection, article_id, assessment.places)
            if assessment.flagged:
                self._frontier.flag(article_id, at)

    def of(self, article_id: int, revision: int | None = None) -> Assessment | None:
        """Return the assessment that stands of an article's present revision, or of ``revision``; None without one."""
        judged = self.of_many([article_id]) if revision is None else {}
        if revision is None:
            return judged[article_id].assessment if article_id in judged else None
        mine = (assessments.c.article_id == article_id, assessments.c.revision == revision)
        statement = select(assessments).where(*mine, STANDS).order_by(*(column.desc() for column in STOOD)).limit(1)
        with self._database.read() as connection:
            row = connection.execute(statement).first()
        return None if row is None else _judged(row).assessment

    def of_many(self, article_ids: Sequence[int]) -> dict[int, Judged]:
        """Return the assessment that stands of the present revision of each of ``article_ids`` that has one."""
        found: dict[int, Judged] = {}
        with self._database.read() as connection:
            for start in range(0, len(article_ids), 500):
                statement = (
                    select(assessments)
                    .join(articles, articles.c.id == assessments.c.article_id)
                    .where(
                        articles.c.id.in_(article_ids[start : start + 500]),
                        articles.c.revision == assessments.c.revision,
                        STANDS,
                    )
                    .order_by(*STOOD)
                )
                found |= {row.article_id: _judged(row) for row in connection.execute(statement)}
        return found

    def history(self, article_id: int) -> list[Judged]:
        """Return every assessment of an article, those beside too, the first one first."""
        statement = select(assessments).where(assessments.c.article_id == article_id)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(assessments.c.at, assessments.c.id))
            return [_judged(row) for row in rows]

    def flagged(self, since: datetime, limit: int = 1000) -> list[Judged]:
        """Return the flagged assessments made since ``since``, of present and former revisions, the newest first."""
        statement = select(assessments).where(assessments.c.flagged.is_(True), assessments.c.at >= since)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(assessments.c.at.desc(), assessments.c.id.desc()).limit(limit))
            return [_judged(row) for row in rows]


def _judged(row: Row[Any]) -> Judged:
    return Judged(row.article_id, row.revision, row.at, decode(Assessment, row.record), row.stood_at)
