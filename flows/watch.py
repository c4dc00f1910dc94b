"""The watch over the watchers: which sources answer and which are quiet, so that *no alert* never means *no crawl*.

What is decided is pure (`classifiers.sources`); here it meets the store's tallies and articles, summed up by the hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from classifiers.sources.alarms import Turn, turn
from classifiers.sources.finding import FINDERS_BEFORE, FINDERS_LATELY, Finding, Offered, findings_of
from classifiers.sources.rhythm import series_of
from classifiers.sources.volume import BACK, common_days, volume_of
from data.sightings import AlarmKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from classifiers.sources.rhythm import LocalHour
    from data.records import Source, SourceState
    from data.sightings import SourceHour
    from data.store import Store

log = structlog.get_logger(__name__)

SHARE_DAYS = timedelta(days=7)
"""What the share of read pages in the table is of."""

ALL_LOW = 0.4
"""Share of their usual news that all sources together bring on a day on which something is the matter with all: a
holiday of the whole country, or our own reading of pages."""

BEHIND = timedelta(hours=6)
"""Without a look for so long the crawl itself stands still: no source waits longer than an hour for its next one."""

READS_AS_USUAL = "membaca seperti biasa"


class Health(StrEnum):
    """What is the matter with a source, the worst first."""

    MATI = "mati"  # no finder has answered for three runs or more
    DIBLOKIR = "diblokir"  # bot walls, logins, robots
    RUSAK = "rusak"  # pages come, but fewer are read than before: the template has changed
    SUNYI = "sunyi"  # answers, and has had nothing new for unusually long
    TERTINGGAL = "tertinggal"  # not asked for hours: the crawl itself stands still, and nothing is held against it
    KURANG = "kurang"  # reads, but something is missing: much news, parts of texts, dates, a feed
    BELUM = "belum_dibaca"  # never read yet
    SEHAT = "sehat"
    MATIKAN = "dimatikan"  # switched off


HEALTH_BY_ALARM = {
    AlarmKind.MATI: Health.MATI,
    AlarmKind.DIBLOKIR: Health.DIBLOKIR,
    AlarmKind.ROBOTS: Health.DIBLOKIR,
    AlarmKind.RUSAK: Health.RUSAK,
    AlarmKind.TEKS: Health.KURANG,
    AlarmKind.SUNYI: Health.SUNYI,
    AlarmKind.TURUN: Health.KURANG,
    AlarmKind.UMPAN: Health.KURANG,
    AlarmKind.TANPA_TANGGAL: Health.KURANG,
    AlarmKind.TANPA_PENULIS: Health.KURANG,
}


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One line of the health table; ``note`` says in Indonesian what was seen, ``advice`` what to do ("" nothing).

    ``read_share`` is of the last week's pages. ``since`` is when what is wrong seems to have begun. ``findings`` are
    all that is wrong, the worst first: the line's own is the first.
    """

    source_id: str
    health: Health
    note: str
    last_ok: datetime | None
    last_new: datetime | None
    read_share: float | None
    advice: str = ""
    since: datetime | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """A look at all sources: their lines, the worst first, what was told now and what is over.

    ``common`` is what all sources together brought on each of the last days, as a share of the usual.
    """

    lines: tuple[SourceHealth, ...]
    turn: Turn
    common: Mapping[date, float]


def health_of(
    source: Source,
    state: SourceState,
    hours: Sequence[SourceHour],
    now: datetime,
    *,
    offered: Offered | None = None,
    common: Mapping[date, float] | None = None,
    series: Sequence[LocalHour] | None = None,
) -> SourceHealth:
    """Judge one source by its state and its ``hours`` of the last six weeks, oldest first.

    ``offered`` is what its finders brought (None: not asked), ``common`` what all sources bring together, ``series``
    its hours in its own zone where they were made already.
    """
    lately = [one for one in hours if one.hour >= now - SHARE_DAYS]
    fetched, read = sum(one.fetched for one in lately), sum(one.read for one in lately)
    share = read / fetched if fetched else None
    if not (source.enabled and state.enabled) or state.last_run is None:
        return _line(source, state, (), share, now)
    local = series_of(hours, ZoneInfo(source.timezone)) if series is None else series
    volume = volume_of(local, now, common=common, last_new=state.last_new)
    return _line(source, state, findings_of(source, state, hours, volume, offered or Offered({}, {}), now), share, now)


def _line(
    source: Source, state: SourceState, found: tuple[Finding, ...], share: float | None, now: datetime
) -> SourceHealth:
    """Return the line of a source of which ``found`` is wrong, the worst first."""

    def line(health: Health, note: str, advice: str = "", since: datetime | None = None) -> SourceHealth:
        return SourceHealth(source.id, health, note, state.last_ok, state.last_new, share, advice, since, found)

    if not (source.enabled and state.enabled):
        return line(Health.MATIKAN, "dimatikan")
    if state.last_run is None:
        return line(Health.BELUM, "belum pernah dibaca")
    waits = now - state.last_run
    if waits > BEHIND and not (found and found[0].kind is AlarmKind.MATI):
        note = f"tidak dibaca selama {waits.total_seconds() / 3600:.0f} jam: perayapan berhenti"
        advice = "jalankan kentongan up atau kentongan crawl; lihat kentongan doctor"
        return line(Health.TERTINGGAL, note, advice, state.last_run)
    if not found:
        return line(Health.SEHAT, READS_AS_USUAL)
    worst = found[0]
    return line(HEALTH_BY_ALARM[worst.kind], worst.note, worst.advice, worst.since)


def health_as_told(sources: Iterable[Source], store: Store, now: datetime) -> tuple[SourceHealth, ...]:
    """Return the health of every source by the alarms that the flow keeps, the worst first: for a page, in no time.

    ``read_share`` is not worked out. What has begun since the flow last looked is not in it.
    """
    kinds = list(AlarmKind)
    told: dict[str, list[Finding]] = {}
    for one in sorted(store.source_alarms.open(), key=lambda one: kinds.index(one.kind)):
        if one.raised_at is not None:
            told.setdefault(one.source_id, []).append(Finding(one.kind, one.since, one.note, one.advice))
    states = {state.source_id: state for state in store.sources.all()}
    lines = []
    for source in sources:
        state = states.get(source.id) or store.sources.state(source.id)
        lines.append(_line(source, state, tuple(told.get(source.id, ())), None, now))
    return _worst_first(lines)


def _worst_first(lines: Iterable[SourceHealth]) -> tuple[SourceHealth, ...]:
    order = list(Health)
    return tuple(sorted(lines, key=lambda line: (order.index(line.health), line.source_id)))


def watch_sources(sources: Iterable[Source], store: Store, now: datetime) -> tuple[SourceHealth, ...]:
    """Return the health of every source, the worst first; the hours are summed up, no alarm is raised."""
    return _look(sources, store, now)[0]


def watch_pass(sources: Iterable[Source], store: Store, now: datetime) -> Watched:
    """Look at every source, keep what was found, tell each thing once, and return the look.

    What is told is in the log as a warning.
    """
    lines, common = _look(sources, store, now)
    states = {line.source_id: line for line in lines}
    found = {line.source_id: line.findings for line in lines if line.health is not Health.MATIKAN}
    with store.transaction():
        turned = turn(
            found,
            store.source_alarms.open(),
            now,
            last_new={name: line.last_new for name, line in states.items()},
            last_ok={name: line.last_ok for name, line in states.items()},
        )
        store.source_alarms.save(turned.changed)
    for alarm in turned.raised:
        log.warning("source_alarm", source=alarm.source_id, kind=str(alarm.kind), note=alarm.note, advice=alarm.advice)
    for alarm in turned.closed:
        log.info("source_well_again", source=alarm.source_id, kind=str(alarm.kind))
    yesterday = [share for day, share in sorted(common.items()) if day < now.date()]
    if yesterday and yesterday[-1] < ALL_LOW:
        log.warning("all_sources_low", share=round(yesterday[-1], 2))
    return Watched(lines, turned, common)


def _look(
    sources: Iterable[Source], store: Store, now: datetime
) -> tuple[tuple[SourceHealth, ...], Mapping[date, float]]:
    sources = tuple(sources)
    hours, series = {}, {}
    for source in sources:
        store.source_hours.fill(source.id, now, BACK)
        hours[source.id] = store.source_hours.of(source.id, now - BACK)
        series[source.id] = series_of(hours[source.id], ZoneInfo(source.timezone))
    common = common_days(series[source.id] for source in sources if source.enabled)
    lately = store.source_hours.finders(now - FINDERS_LATELY, now)
    before = store.source_hours.finders(now - FINDERS_BEFORE, now - FINDERS_LATELY)
    lines = [
        health_of(
            source,
            store.sources.state(source.id),
            hours[source.id],
            now,
            offered=Offered(lately.get(source.id, {}), before.get(source.id, {})),
            common=common,
            series=series[source.id],
        )
        for source in sources
    ]
    return _worst_first(lines), common
