"""The watch over the watchers: which sources answer and which are quiet, so that *no alert* never means *no crawl*.

What is looked at is pure (``health_of``); what it is looked at with comes from the store's tallies of past runs.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from data.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from data.records import Source, SourceState, Tally
    from data.store import Store

QUIET_FACTOR = 6.0
"""A source is quiet once it has had nothing new for six times its usual gap. By reasoning, not yet by measurement: a
regional portal's night is about three times its daytime gap, its Sunday about five. Real volumes will move it."""

LEAST_QUIET = timedelta(hours=12)
"""No source is called quiet sooner: a small portal's night."""

YIELD_FLOOR = 0.5
"""Share of a source's fetched pages that must be read as articles; a changed template shows as a fall to near 0."""

LEAST_PAGES = 8
"""Pages that must have been fetched before a yield says anything."""


DEAD_AFTER = 3
"""Runs in a row in which no finder answered: one is an accident, three are an answer."""


class Health(StrEnum):
    """What is the matter with a source, the worst first."""

    MATI = "mati"  # no finder has answered for three runs or more
    DIBLOKIR = "diblokir"  # bot walls, logins, robots
    RUSAK = "rusak"  # pages come, but few are read: the template has changed
    SUNYI = "sunyi"  # answers, and has had nothing new for unusually long
    BELUM = "belum_dibaca"  # never read yet
    SEHAT = "sehat"
    MATIKAN = "dimatikan"  # switched off


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One line of the health table; ``note`` says in Indonesian what was seen."""

    source_id: str
    health: Health
    note: str
    last_ok: datetime | None
    last_new: datetime | None
    read_share: float | None


FETCHED_ENDS = frozenset(
    {
        Outcome.BARU,
        Outcome.REVISI,
        Outcome.TETAP,
        Outcome.TOO_SHORT,
        Outcome.NOT_ARTICLE,
        Outcome.SOFT_404,
        Outcome.EXTRACTION_FAILED,
        Outcome.QUARANTINED,
    }
)
WALLS = frozenset(
    {Outcome.CHALLENGE, Outcome.LOGIN, Outcome.PAYWALL, Outcome.ROBOTS_DENIED, Outcome.ROBOTS_UNREACHABLE}
)


def health_of(source: Source, state: SourceState, tallies: Sequence[Tally], now: datetime) -> SourceHealth:
    """Judge one source by its state and its tallies of the last days, newest first."""
    fetched = sum(count for tally in tallies for outcome, count in tally.counts.items() if outcome in FETCHED_ENDS)
    read = sum(count for tally in tallies for outcome, count in tally.counts.items() if outcome.is_article)
    walls = sum(count for tally in tallies for outcome, count in tally.counts.items() if outcome in WALLS)
    share = read / fetched if fetched else None

    def found(health: Health, note: str) -> SourceHealth:
        return SourceHealth(source.id, health, note, state.last_ok, state.last_new, share)

    if not (source.enabled and state.enabled):
        return found(Health.MATIKAN, "dimatikan")
    if state.last_run is None:
        return found(Health.BELUM, "belum pernah dibaca")
    if state.failures and (state.last_ok is None or state.failures >= DEAD_AFTER):
        return found(Health.MATI, f"{state.failures} kali berturut-turut tidak menjawab: {state.last_error}")
    if walls and walls >= max(1, fetched):
        return found(Health.DIBLOKIR, f"{walls} halaman terhalang (tantangan bot, robots, login atau berbayar)")
    if share is not None and fetched >= LEAST_PAGES and share < YIELD_FLOOR:
        return found(Health.RUSAK, f"hanya {read} dari {fetched} halaman terbaca: tata letak mungkin berubah")
    quiet_after = max(LEAST_QUIET, QUIET_FACTOR * _usual_gap(tallies))
    # A source that has never had anything new is quiet since it was first looked at.
    last = state.last_new or min((tally.started_at for tally in tallies), default=state.last_run)
    if now - last > quiet_after:
        hours = (now - last).total_seconds() / 3600
        return found(Health.SUNYI, f"tidak ada berita baru selama {hours:.0f} jam")
    return found(Health.SEHAT, "membaca seperti biasa")


def _usual_gap(tallies: Sequence[Tally]) -> timedelta:
    """Return the median time between two runs that brought something new; half a day where that is not known."""
    times = sorted(tally.ended_at for tally in tallies if tally.counts.get(Outcome.BARU, 0))
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(times))
    return gaps[len(gaps) // 2] if gaps else timedelta(hours=12)


def watch_sources(sources: Iterable[Source], store: Store, now: datetime, *, days: int = 7) -> tuple[SourceHealth, ...]:
    """Return the health of every source, the worst first."""
    since = now - timedelta(days=days)
    lines = [
        health_of(source, store.sources.state(source.id), store.runs.tallies_of(source.id, since=since), now)
        for source in sources
    ]
    order = list(Health)
    return tuple(sorted(lines, key=lambda line: (order.index(line.health), line.source_id)))
