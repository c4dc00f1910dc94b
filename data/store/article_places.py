"""Which provinces and kabupaten/kota each article names: what is asked when one wants to know who reports from where.

Filled by ``Assessments.save`` with the assessment that stands of an article's present revision; every finer place
counts for the two levels above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from data.records import PlaceRole
from data.store.tables import article_places, articles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Select

    from data.records import Place
    from data.store.database import Database

BY_NEARNESS = (
    PlaceRole.KEJADIAN,
    PlaceRole.PENANGANAN,
    PlaceRole.CAKUPAN,
    PlaceRole.PERBATASAN,
    PlaceRole.RUTE,
    PlaceRole.SUMBER,
    PlaceRole.LATAR,
)
"""The roles, what is nearest to the event first: the one that is kept where a text names a unit in several."""

UNIT_LENGTHS = (2, 5)  # 13, 13.77


@dataclass(frozen=True, slots=True)
class SourceNaming:
    """In how many articles one source named a unit."""

    code: str
    source_id: str
    articles: int


@dataclass(frozen=True, slots=True)
class Naming:
    """By how many sources a unit was named, in how many articles, and when the newest of them was first seen."""

    code: str
    sources: int
    articles: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """That one source named a unit in so many articles; ``last`` is when the newest of them was first seen."""

    code: str
    source_id: str
    articles: int
    last: datetime


class ArticlePlaces:
    """One row per article and unit, with the role that is nearest to the event."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def namings(self, start: datetime, end: datetime) -> list[Naming]:
        """Return which units were named by articles first seen in [start, end), by code; withdrawn ones too."""
        counts = (
            func.count(articles.c.source_id.distinct()),
            func.count(),
            func.max(articles.c.first_seen),
        )
        statement = _named(start, end).add_columns(*counts).group_by(article_places.c.code)
        with self._database.read() as connection:
            return [Naming(*row) for row in connection.execute(statement.order_by(article_places.c.code))]

    def by_source(self, start: datetime, end: datetime) -> list[SourceNaming]:
        """Return the same for each source, by code and source."""
        by = (article_places.c.code, articles.c.source_id)
        statement = _named(start, end).add_columns(articles.c.source_id, func.count()).group_by(*by).order_by(*by)
        with self._database.read() as connection:
            return [SourceNaming(*row) for row in connection.execute(statement)]

    def heard(self, start: datetime, end: datetime) -> list[Heard]:
        """Return the same with when the newest was first seen: days of it add up to any period."""
        by = (article_places.c.code, articles.c.source_id)
        figures = (func.count(), func.max(articles.c.first_seen))
        statement = _named(start, end).add_columns(articles.c.source_id, *figures).group_by(*by).order_by(*by)
        with self._database.read() as connection:
            return [Heard(*row) for row in connection.execute(statement)]

    def of(self, article_id: int) -> dict[str, PlaceRole]:
        """Return the units that an article names, with their roles; {} where it names none or was not judged yet."""
        statement = select(article_places.c.code, article_places.c.role).where(
            article_places.c.article_id == article_id
        )
        with self._database.read() as connection:
            return {row.code: PlaceRole(row.role) for row in connection.execute(statement)}

    # What follows is for data.store.assessments: it works inside its transaction.

    def put(self, connection: Connection, article_id: int, places: Iterable[Place]) -> None:
        """Keep what an article names in place of what it named before."""
        connection.execute(delete(article_places).where(article_places.c.article_id == article_id))
        rows = [{"article_id": article_id, "code": code, "role": role.value} for code, role in units_of(places).items()]
        if rows:
            connection.execute(self._database.insert(article_places), rows)


def _named(start: datetime, end: datetime) -> Select[Any]:
    return (
        select(article_places.c.code)
        .join_from(articles, article_places, article_places.c.article_id == articles.c.id)
        .where(articles.c.first_seen >= start, articles.c.first_seen < end)
    )


def units_of(places: Iterable[Place]) -> dict[str, PlaceRole]:
    """Return the provinces and kabupaten/kota that ``places`` lie in, each with its role nearest to the event.

    A place that could be several counts for the units in which all of them lie.
    """
    found: dict[str, PlaceRole] = {}
    for place in places:
        possible = [place.code, *(code for code, _ in place.alternatives)] if place.ambiguous else [place.code]
        for length in UNIT_LENGTHS:
            unit = place.code[:length]
            if len(unit) < length or any(code[:length] != unit for code in possible):
                continue
            if unit not in found or BY_NEARNESS.index(place.role) < BY_NEARNESS.index(found[unit]):
                found[unit] = place.role
    return found
