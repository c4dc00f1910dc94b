"""What articles are joined by: a profile of each, where it is looked for, and what persons said of pairs.

A profile is bytes to this module (``classifiers.incidents.profiles`` makes them). Profiles of articles that are in no
incident are kept too: they may be context of one that opens later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_, select

from data.store.tables import assessments, incident_articles, incident_links, join_profiles, join_regions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from data.store.database import Database

IN_ONE_QUERY = 500
"""Ids asked for at once: SQLite takes 32,766 variables, and a plan of a thousand is slow to make."""

PROVINCE = 2
"""Length of a province's code."""


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """The profile of an article, and the incident that the article is in; None where it is in none."""

    article_id: int
    incident_id: int | None
    profile: bytes


@dataclass(frozen=True, slots=True)
class PersonsLink:
    """What a person said of two articles: ``same`` event or not."""

    article_id: int
    other_id: int
    same: bool
    at: datetime
    by: str
    reason: str = ""


class Joins:
    """Profiles by article and by region and time; links that persons made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, article_id: int, profile: bytes, regions: Collection[str], moment: datetime) -> None:
        """Keep an article's profile in place of an older one; ``regions`` are where it is looked for ("": anywhere)."""
        values = {"article_id": article_id, "profile": profile}
        statement = self._database.insert(join_profiles).values(values)
        rows = [{"region": region, "moment": moment, "article_id": article_id} for region in sorted(regions)]
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["article_id"], set_=values))
            connection.execute(delete(join_regions).where(join_regions.c.article_id == article_id))
            if rows:
                connection.execute(self._database.insert(join_regions), rows)

    def near(self, regions: Collection[str], since: datetime, until: datetime, limit: int) -> list[KeptProfile]:
        """Return the articles that are looked for in ``regions`` between two moments, the newest first.

        A kabupaten or kota ("13.77") brings its own, and those of which only its province is known; a province ("13")
        all that lie in it. What is known to be nowhere ("") is near to every place, and "" is near to everything. At
        most ``limit``, for a day on which everything happens in one town.
        """
        wanted = {"", *regions, *(region[:PROVINCE] for region in regions)}
        wide = [region for region in sorted(regions) if len(region) <= PROVINCE]
        named = join_regions.c.region.in_(sorted(wanted))
        where = or_(named, join_regions.c.region.in_(_regions_within(wide))) if wide else named
        found = (
            select(join_regions.c.article_id, join_regions.c.moment)
            .where(where, join_regions.c.moment.between(since, until))
            .distinct()
            .order_by(join_regions.c.moment.desc(), join_regions.c.article_id.desc())
            .limit(limit)
            .subquery()
        )
        statement = (
            select(join_profiles.c.article_id, join_profiles.c.profile, incident_articles.c.incident_id)
            .join(found, found.c.article_id == join_profiles.c.article_id)
            .outerjoin(incident_articles, incident_articles.c.article_id == join_profiles.c.article_id)
        )
        with self._database.read() as connection:
            return [KeptProfile(row.article_id, row.incident_id, row.profile) for row in connection.execute(statement)]

    def of(self, article_ids: Iterable[int]) -> list[KeptProfile]:
        """Return the profiles of articles; one of which none is kept is left out."""
        wanted = sorted(set(article_ids))
        kept = []
        with self._database.read() as connection:
            for start in range(0, len(wanted), IN_ONE_QUERY):
                statement = (
                    select(join_profiles.c.article_id, join_profiles.c.profile, incident_articles.c.incident_id)
                    .outerjoin(incident_articles, incident_articles.c.article_id == join_profiles.c.article_id)
                    .where(join_profiles.c.article_id.in_(wanted[start : start + IN_ONE_QUERY]))
                )
                kept += [
                    KeptProfile(row.article_id, row.incident_id, row.profile) for row in connection.execute(statement)
                ]
        return kept

    def first_flagged(self, article_ids: Iterable[int]) -> datetime | None:
        """Return when the first of some articles was flagged; None where none ever was."""
        wanted = sorted(set(article_ids))
        found: list[datetime] = []
        with self._database.read() as connection:
            for start in range(0, len(wanted), IN_ONE_QUERY):
                mine = assessments.c.article_id.in_(wanted[start : start + IN_ONE_QUERY])
                # Asked for here, SQLite would read the index of all that was ever flagged.
                rows = connection.execute(select(assessments.c.at, assessments.c.flagged).where(mine))
                found += [row.at for row in rows if row.flagged]
        return min(found, default=None)

    def link(self, links: Sequence[PersonsLink]) -> None:
        """Keep what a person said of pairs of articles; the last word on a pair counts."""
        rows = [
            {
                "article_id": min(link.article_id, link.other_id),
                "other_id": max(link.article_id, link.other_id),
                "same": link.same,
                "at": link.at,
                "by": link.by,
                "reason": link.reason,
            }
            for link in links
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(self._database.insert(incident_links), rows)

    def links_of(self, article_ids: Iterable[int]) -> list[PersonsLink]:
        """Return the last word on each pair of which both are among ``article_ids``, in the order of the pairs."""
        wanted = sorted(set(article_ids))
        last: dict[tuple[int, int], PersonsLink] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), IN_ONE_QUERY):
                statement = (
                    select(incident_links)
                    .where(incident_links.c.article_id.in_(wanted[start : start + IN_ONE_QUERY]))
                    .order_by(incident_links.c.id)
                )
                for row in connection.execute(statement):
                    last[row.article_id, row.other_id] = PersonsLink(
                        row.article_id, row.other_id, row.same, row.at, row.by, row.reason
                    )
        known = set(wanted)
        return [link for pair, link in sorted(last.items()) if pair[1] in known]


def _regions_within(wide: Sequence[str]) -> Any:
    """Return a question for all regions kept that lie in provinces, or anywhere for "".

    Each is found from the one before it by the key, so that the many rows of a region are not walked through.
    """
    region = join_regions.c.region
    kept = select(func.min(region).label("region")).cte("kept", recursive=True)
    after = select(func.min(region)).where(region > kept.c.region).correlate(kept).scalar_subquery()
    kept = kept.union_all(select(after).where(kept.c.region.is_not(None)))
    return select(kept.c.region).where(or_(*(kept.c.region.startswith(one, autoescape=True) for one in wide)))
