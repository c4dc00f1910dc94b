"""Who reports from which province and kabupaten/kota: coverage in a period, from catalogue, tallies and articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifiers.coverage import Named, coverages
from data.gazetteer import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from data.gazetteer import Gazetteer
    from data.records import Source, Tally
    from data.store import Store
    from data.watching import Coverage

LOOKED_BACK = 50
"""Tallies of a source that are looked through for one that was answered, the newest first: half a day at least."""


def coverage_of(
    store: Store, sources: Iterable[Source], gazetteer: Gazetteer, start: datetime, end: datetime
) -> Mapping[str, Coverage]:
    """Return the coverage in [start, end) of every province and kabupaten/kota, by code, provinces first.

    A source counts as declared where it is switched on, in the catalogue and on the desk; as answering where a look at
    it that ended in the period was answered. Articles count by when they were first seen.
    """
    active = switched_on(store, sources)
    named = [Named(one.code, one.sources, one.articles, one.last) for one in store.article_places.namings(start, end)]
    answered = answering(store, [source.id for source in active], start, end)
    return coverages(regions_of(gazetteer), active, answered, named)


def regions_of(gazetteer: Gazetteer) -> list[str]:
    """Return the codes of all provinces and kabupaten/kota, provinces first."""
    return [*gazetteer.codes(Level.PROVINCE), *gazetteer.codes(Level.KABKOTA)]


def switched_on(store: Store, sources: Iterable[Source]) -> list[Source]:
    """Return the sources that are on in the catalogue and on the desk."""
    off = {state.source_id for state in store.sources.all() if not state.enabled}
    return [source for source in sources if source.enabled and source.id not in off]


def answering(store: Store, source_ids: Sequence[str], start: datetime, end: datetime) -> frozenset[str]:
    """Return the ids of the sources that answered in [start, end)."""
    wanted = set(source_ids)
    last = {state.source_id: state.last_ok for state in store.sources.all() if state.source_id in wanted}
    found: set[str] = set()
    unsure: set[str] = set()
    for name, moment in last.items():
        if moment is not None and moment >= start:
            (found if moment < end else unsure).add(name)
    if not unsure:
        return frozenset(found)
    for name, tally in store.runs.newest_tallies(start, end).items():
        # Nearly always the newest look was answered: fifty are read only where it was not.
        if name in unsure and (
            was_answered(tally)
            or any(map(was_answered, store.runs.tallies_of(name, start, until=end, limit=LOOKED_BACK)))
        ):
            found.add(name)
    return frozenset(found)


def was_answered(tally: Tally) -> bool:
    """Return whether the source answered in this look: something was asked, and not every finder failed."""
    return not tally.error and sum(tally.requests.values()) > 0
