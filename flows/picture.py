"""The picture of an area in a period, from what the store holds: counts of incidents beside the coverage."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from classifiers.ikp import load_ikp
from classifiers.region_picture import picture_of, stage_name
from data.gazetteer import Level, level_of
from flows.coverage import coverage_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from classifiers.region_picture import By
    from classifiers.stages import Calendar
    from data.gazetteer import Gazetteer
    from data.records import Source
    from data.store import Store
    from data.watching import CountedIncident, Coverage, Picture


def picture_in(
    store: Store,
    sources: Iterable[Source],
    gazetteer: Gazetteer,
    calendar: Calendar,
    start: datetime,
    end: datetime,
    *,
    area: str | None = None,
    by: By | None = None,
    coverage: Mapping[str, Coverage] | None = None,
    incidents: Iterable[CountedIncident] | None = None,
) -> Picture:
    """Return the picture of ``area`` (province or kabupaten/kota; None: the country) in [start, end), worst first.

    Rows are provinces for the country and kabupaten/kota below it; ``by`` says otherwise. ``coverage`` and
    ``incidents`` (all that count in the period, or those of them that somebody may see) are looked up where they are
    not handed in. The stage is the most delicate one that ran at the end of the period. Raises
    UnknownItemError for an ``area`` that no region has.
    """
    if area is not None:
        gazetteer.unit(area)
    if coverage is None:
        coverage = coverage_of(store, sources, gazetteer, start, end)
    if incidents is None:
        incidents = store.counts.incidents(start, end, area=area)
    return picture_of(
        incidents,
        region_names(gazetteer),
        coverage,
        load_ikp(),
        start=start,
        end=end,
        area=area,
        by=by,
        stage=stage_of(calendar, end, area),
    )


def stage_of(calendar: Calendar, end: datetime, area: str | None) -> str | None:
    """Return the name of the stage that runs in ``area`` just before ``end``; None outside all stages."""
    window = calendar.stage_at(end - timedelta(microseconds=1), [area] if area else [])
    return None if window is None else stage_name(window.stage)


def region_names(gazetteer: Gazetteer) -> dict[str, str]:
    """Return the full names of all provinces and kabupaten/kota by code, in the order of codes."""
    codes = [*gazetteer.codes(Level.PROVINCE), *gazetteer.codes(Level.KABKOTA)]
    return {code: gazetteer.name(code) for code in codes}


def is_region(code: str) -> bool:
    """Return whether a code is of a province or kabupaten/kota; UnknownItemError where it is no code at all."""
    return level_of(code) in {Level.PROVINCE, Level.KABKOTA}
