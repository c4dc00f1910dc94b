"""Incidents as they are counted: by the day they belong to or the hour they became known, with signals and regions.

100,000 incidents are read in some three seconds of one core: three flat reads by an index on the moment, put together
here. Grouping by region, signal and day is the caller's: days begin at another hour in each of three zones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select

from data.gazetteer import KABKOTA
from data.records import IncidentStatus, Modality
from data.store.tables import articles, incident_articles, incident_places, incident_signals, incidents
from data.watching import CountedIncident

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.store.database import Database

NOT_COUNTED = (IncidentStatus.BUKAN_ANCAMAN.value, IncidentStatus.DUPLIKAT.value)
"""What a person has said is no threat, or the same as another one, is no incident to be counted."""

VERIFIED = frozenset(
    {IncidentStatus.TERVERIFIKASI.value, IncidentStatus.DITINDAKLANJUTI.value, IncidentStatus.SELESAI.value}
)


class Counts:
    """Incidents in a period, thin enough to be read by the hundred thousand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def incidents(
        self,
        start: datetime,
        end: datetime,
        *,
        area: str | None = None,
        by: Literal["counted_at", "known_at"] = "counted_at",
    ) -> list[CountedIncident]:
        """Return the incidents whose moment ``by`` lies in [start, end), by id; of ``area`` (a code) only if given.

        Left out are incidents that a person has called no threat or a duplicate.
        """
        moment = incidents.c[by]
        chosen: list[Any] = [moment >= start, moment < end, incidents.c.status.not_in(NOT_COUNTED)]
        if area is not None:
            chosen.append(
                incidents.c.id.in_(select(incident_places.c.incident_id).where(incident_places.c.code == area))
            )
        columns = (
            incidents.c.id,
            incidents.c.counted_at,
            incidents.c.known_at,
            incidents.c.severity,
            incidents.c.modality,
            incidents.c.status,
            incidents.c.independent_sources,
        )
        signals: dict[int, list[str]] = {}
        regions: dict[int, list[str]] = {}
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).where(*chosen).order_by(incidents.c.id)).all()
            found = select(incident_signals.c.incident_id, incident_signals.c.signal)
            for number, signal in connection.execute(found.join(incidents).where(*chosen)).all():
                signals.setdefault(number, []).append(signal)
            found = select(incident_places.c.incident_id, incident_places.c.code)
            within = func.length(incident_places.c.code) <= KABKOTA
            for number, code in connection.execute(found.join(incidents).where(*chosen, within)).all():
                regions.setdefault(number, []).append(code)
        modalities = {modality.value: modality for modality in Modality}
        return [
            CountedIncident(
                id=row.id,
                counted_at=row.counted_at,
                known_at=row.known_at,
                severity=row.severity,
                modality=modalities[row.modality],
                signals=tuple(sorted(signals.get(row.id, ()))),
                regions=tuple(sorted(regions.get(row.id, ()))),
                verified=row.status in VERIFIED,
                independent_sources=row.independent_sources,
            )
            for row in rows
        ]

    def outlets(self, start: datetime, end: datetime) -> list[tuple[str, int]]:
        """Return source and id of the incidents whose ``counted_at`` lies in [start, end), each pair once, by id."""
        moment = incidents.c.counted_at
        statement = (
            select(incidents.c.id, articles.c.source_id)
            .join_from(incidents, incident_articles)
            .join(articles, articles.c.id == incident_articles.c.article_id)
            .where(moment >= start, moment < end, incidents.c.status.not_in(NOT_COUNTED))
            .distinct()
            .order_by(incidents.c.id, articles.c.source_id)
        )
        with self._database.read() as connection:
            return [(source, number) for number, source in connection.execute(statement)]

    def first_articles(self) -> Mapping[str, datetime]:
        """Return by source when its first article was seen: since when there is anything to count from it."""
        statement = select(articles.c.source_id, func.min(articles.c.first_seen)).group_by(articles.c.source_id)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}
