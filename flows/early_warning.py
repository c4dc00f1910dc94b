"""The look for early warnings: bursts and rising precursors over all regions, raised once, followed, ended and kept.

What stands out is decided in `classifiers.bursts` and `classifiers.precursors`, what becomes of it from look to look in
`classifiers.standing`; here the counts are had from the store. Every warning is the machine's: *belum terverifikasi*.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from classifiers import bursts, precursors
from classifiers.series import Key, Reading, exposures, panel_of
from classifiers.standing import REOPENED_WITHIN, carried
from data.gazetteer import load_gazetteer
from data.taxonomy import load_taxonomy
from data.watching import Scale, WarningKind
from flows.leases import held
from flows.picture import region_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from classifiers.expectation import Floats
    from classifiers.stages import Calendar
    from classifiers.standing import Changes, Finding
    from data.records import Source
    from data.store import Store
    from data.watching import CountedIncident, EarlyWarning

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=15)
"""A look over a year of a country's incidents takes seconds; a look that died is taken over at once."""

UNVERIFIED: Final = "belum terverifikasi"
"""Printed with every early warning, whoever reads it: no person has looked at the count."""

STANDS: Final = "berlangsung"


@dataclass(frozen=True, slots=True)
class LookTally:
    """What a look did: regions that are read from, incidents counted, warnings by what became of them."""

    regions: int
    incidents: int
    raised: int
    updated: int
    ended: int
    standing: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted for a look, and the warnings that it would make of it."""

    regions: int
    incidents: int
    changes: Changes


def look(store: Store, sources: Iterable[Source], calendar: Calendar, clock: Callable[[], datetime]) -> LookTally:
    """Look once, and keep what is raised, updated and ended; LeaseError where another look is under way."""
    with held(store, "early_warning", clock, LEASE):
        now = clock()
        seen = seen_at(store, sources, calendar, now)
        changes = seen.changes
        with store.transaction():
            raised = [store.early_warnings.open(warning) for warning in changes.raised]
            for warning in (*changes.updated, *changes.ended):
                store.early_warnings.update(warning)
        for warning in raised:
            log.warning(
                "early_warning",
                id=warning.id,
                kind=str(warning.kind),
                region=warning.region,
                signal=warning.signal,
                observed=warning.observed,
                expected=round(warning.expected, 2),
                status=UNVERIFIED,
            )
        standing = len(store.early_warnings.standing())
    return LookTally(seen.regions, seen.incidents, len(raised), len(changes.updated), len(changes.ended), standing)


def seen_at(store: Store, sources: Iterable[Source], calendar: Calendar, now: datetime) -> Seen:
    """Return what a look at ``now`` finds, without keeping it.

    What the store came to know later is left out of the counts as far as that can be told: incidents that became known
    after ``now``. Warnings raised later are not looked at.
    """
    start = now - timedelta(days=bursts.PANEL_DAYS + 2)
    until = now + timedelta(microseconds=1)  # what became known this very moment counts
    counted = [one for one in store.counts.incidents(start, until) if one.severity > 0 and one.known_at <= now]
    regions = list(region_names(load_gazetteer()))
    read = exposures(readings(store, sources, now), regions, now, bursts.PANEL_DAYS)
    watched = [region for region in regions if read[region].any()]
    kept = [warning for warning in store.early_warnings.list(since=now - REOPENED_WITHIN) if warning.raised_at <= now]
    known = [_without_rejected(warning, counted, start) for warning in kept]
    findings = [
        *_bursts(counted, watched, read, now, _of(known, WarningKind.LONJAKAN)),
        *_precursors(counted, watched, read, now, calendar, _of(known, WarningKind.PRAKURSOR)),
    ]
    changes = _with_corrections(carried(known, findings, now), kept, known, now)
    return Seen(len(watched), len(counted), changes)


def _with_corrections(
    changes: Changes, kept: Sequence[EarlyWarning], known: Sequence[EarlyWarning], now: datetime
) -> Changes:
    """Return changes with those of warnings that only lost incidents; one that has lost all of them ends."""
    dealt_with = {warning.id for warning in (*changes.updated, *changes.ended)}
    lost = [
        replace(after, updated_at=now, ended_at=after.ended_at if after.incident_ids else after.ended_at or now)
        for before, after in zip(kept, known, strict=True)
        if before != after and after.id not in dealt_with
    ]
    ended = [one for one in lost if one.ended_at == now]
    updated = [one for one in lost if one.ended_at != now]
    return replace(changes, updated=(*changes.updated, *updated), ended=(*changes.ended, *ended))


def readings(store: Store, sources: Iterable[Source], now: datetime) -> list[Reading]:
    """Return how much each source has been telling of each region, since it is read."""
    since = now - timedelta(days=bursts.PANEL_DAYS)
    first = store.counts.first_articles()
    enabled = {source.id for source in sources}
    found = []
    for one in store.article_places.by_source(since, now):
        # A source that was taken out of the catalogue has stopped for good.
        if one.source_id not in enabled or one.source_id not in first:
            continue
        began = max(first[one.source_id], since)
        days = max(1.0, (now - began) / timedelta(days=1))
        found.append(Reading(one.code, one.source_id, first[one.source_id], one.articles / days))
    return found


def _of(kept: Sequence[EarlyWarning], kind: WarningKind) -> list[EarlyWarning]:
    return [warning for warning in kept if warning.kind is kind]


def _bursts(
    counted: Sequence[CountedIncident],
    regions: Sequence[str],
    read: Mapping[str, Floats],
    now: datetime,
    kept: Sequence[EarlyWarning],
) -> list[Finding]:
    signals = load_taxonomy().slugs
    days = panel_of(counted, regions, signals, now, bursts.PANEL_DAYS, read, lambda one: one.counted_at)
    hours = panel_of(counted, regions, signals, now, bursts.PANEL_DAYS, read, lambda one: one.known_at)
    return bursts.find_bursts(days, hours, now, _behind(kept), _keys(kept))


def _precursors(
    counted: Sequence[CountedIncident],
    regions: Sequence[str],
    read: Mapping[str, Floats],
    now: datetime,
    calendar: Calendar,
    kept: Sequence[EarlyWarning],
) -> list[Finding]:
    days = precursors.PANEL_DAYS
    rising = [one for one in counted if precursors.is_precursor(one)]
    recent = {region: values[-days:] for region, values in read.items()}
    panel = panel_of(rising, regions, load_taxonomy().slugs, now, days, recent, lambda one: one.known_at)
    return precursors.find_precursors(panel, calendar, now, _behind(kept), _keys(kept))


def _behind(kept: Iterable[EarlyWarning]) -> set[int]:
    return {number for warning in kept for number in warning.incident_ids}


def _keys(kept: Iterable[EarlyWarning]) -> set[Key]:
    return {Key(warning.region, warning.signal) for warning in kept}


def _without_rejected(warning: EarlyWarning, counted: Sequence[CountedIncident], start: datetime) -> EarlyWarning:
    """Return a warning without incidents that count no more: called no threat, merged away, or moved elsewhere."""
    if warning.start < start:
        return warning
    there = {one.id for one in counted if warning.region in one.regions}
    left = tuple(number for number in warning.incident_ids if number in there)
    return warning if left == warning.incident_ids else replace(warning, incident_ids=left, observed=len(left))


def rows_of(warnings: Iterable[EarlyWarning], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return warnings as rows for people, in Indonesian; each says that nobody has verified it."""
    signals = {signal.slug: signal.name for signal in load_taxonomy().signals}
    unit = {Scale.JAM: "jam", Scale.HARI: "hari"}
    return [
        {
            "no": one.id,
            "jenis": str(one.kind),
            "wilayah": f"{names.get(one.region, one.region)} ({one.region})",
            "sinyal": signals.get(one.signal, one.signal) if one.signal else "semua sinyal",
            "skala": unit[one.scale],
            "sejak": one.start,
            "sampai": one.end,
            "kejadian": one.observed,
            "biasanya": round(one.expected, 1),
            "q": float(f"{one.q_value:.1g}"),
            "keadaan": STANDS if one.ended_at is None else "berakhir",
            "status": UNVERIFIED,
            "terberat": list(one.incident_ids[:5]),
            "catatan": one.note,
        }
        for one in warnings
    ]


def summary_of(tally: LookTally, warnings: Iterable[EarlyWarning]) -> str:
    """Return a look as one English sentence for the engine's log."""
    kinds = Counter(str(one.kind) for one in warnings)
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    return (
        f"{tally.raised} early warnings raised, {tally.updated} updated, {tally.ended} ended over {tally.regions} "
        f"regions; standing: {listed}; unverified"
    )
