"""Whether a source's pages are read as before: the share that is read, walled or denied, dates, authors, lengths.

Each is a share (or a mean) by the hour, watched by a CUSUM against the source's own past: a changed template, a new bot
wall or a new robots.txt shows within a few pages, and a portal that has always had many videos is not complained of.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from classifiers.sources.cusum import mean_step, run_of, share_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from data.sightings import SourceHour

SHARE_LIMIT = 9.0
"""Score from which a share has changed. Found by simulation (scripts/simulate_sources.py --reading, table in
docs/sources-health.md): the least of 5, 7, 9, 11 with at most one false alarm in 20 source-months at every source."""

LENGTH_LIMIT = 9.0
"""The same for the mean length of texts."""

CAP = 1.5
"""The scores stay below this many limits: so they come down soon once the source is mended."""

LEAST_BEFORE = 40
"""Pages (articles) that a source's own past must have before anything is said against it."""

LEAST_AFTER = 8
"""Pages (articles) since the change, at least: three odd ones in a row are an accident."""

LEAST_CHANGE = 0.2
"""A share must have changed by this much to matter: one page in five."""

LENGTH_SHIFT = log(2.0)
"""Texts half or twice as long (on average, in logarithms) are what is looked for."""

LEAST_SPREAD = 0.3
"""Standard deviation of the logarithm of lengths, at least: agency copy is more even, and no rule for tomorrow."""

DISPERSION_PRIOR = (7.0, 1.5)
MOST_DISPERSION = 8.0


@dataclass(frozen=True, slots=True)
class Change:
    """A share or a mean that is no longer what it was: ``before`` and ``after``, over ``of`` pages since ``since``.

    ``hits`` of those are what was counted; for lengths both are characters (geometric means), and ``hits`` is ``of``.
    """

    since: datetime
    before: float
    after: float
    hits: int
    of: int


def share_change(
    rows: Sequence[tuple[datetime, int, int]], worse: Callable[[float], float], limit: float = SHARE_LIMIT
) -> Change | None:
    """Return how the share of hits has risen; None where it has not, or too little is known.

    ``rows`` are (hour, hits, trials), oldest first. ``worse`` gives of a usual share the one to be on the look-out for.
    The usual share is learned a second time without what came after the change.
    """
    known = [row for row in rows if row[2]]
    past, since = known, None
    for _ in range(2):
        if sum(of for _, _, of in past) < LEAST_BEFORE:
            return None
        usual = (sum(hits for _, hits, _ in past) + 0.5) / (sum(of for _, _, of in past) + 1.0)
        changed = worse(usual)
        if changed - usual < LEAST_CHANGE / 2:
            return None  # nothing is left to be lost: it was never there
        dispersion = _dispersion(past, usual)
        run = run_of(((at, share_step(hits, of, usual, changed, dispersion)) for at, hits, of in known), CAP * limit)
        since = run.since
        if since is None:
            return None
        begin = since
        past = [row for row in known if row[0] < begin]
    after = [(hits, of) for at, hits, of in known if since is not None and at >= since]
    hits, of = sum(hits for hits, _ in after), sum(of for _, of in after)
    if since is None or run.score < limit or of < LEAST_AFTER or hits / of - usual < LEAST_CHANGE:
        return None
    return Change(since, usual, hits / of, hits, of)


def _dispersion(rows: Sequence[tuple[datetime, int, int]], share: float) -> float:
    """Return by how much days differ more than chance would have it (Pearson's statistic per day), at least 1."""
    days: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for at, hits, of in rows:
        days[at.date()][0] += hits
        days[at.date()][1] += of
    pearson = sum((hits - of * share) ** 2 / (of * share * (1.0 - share)) for hits, of in days.values())
    weight, usual = DISPERSION_PRIOR
    return min(MOST_DISPERSION, max(1.0, (pearson + weight * usual) / (len(days) + weight)))


def length_change(hours: Sequence[SourceHour], limit: float = LENGTH_LIMIT) -> Change | None:
    """Return how the length of a source's texts has changed, either way; None where it has not."""
    known = [one for one in hours if one.articles]
    found = [change for shift in (-LENGTH_SHIFT, LENGTH_SHIFT) if (change := _shifted(known, shift, limit)) is not None]
    return max(found, key=lambda change: change.of, default=None)


def _shifted(known: Sequence[SourceHour], shift: float, limit: float) -> Change | None:
    past, since = known, None
    for _ in range(2):
        of = sum(one.articles for one in past)
        if of < LEAST_BEFORE:
            return None
        mean = sum(one.log_length for one in past) / of
        spread = max(LEAST_SPREAD, sqrt(max(0.0, sum(one.log_length_squared for one in past) / of - mean * mean)))
        steps = ((one.hour, mean_step(one.log_length, one.articles, mean, shift, spread)) for one in known)
        run = run_of(steps, CAP * limit)
        since = run.since
        if since is None:
            return None
        begin = since
        past = [one for one in known if one.hour < begin]
    after = [one for one in known if since is not None and one.hour >= since]
    of = sum(one.articles for one in after)
    if since is None or run.score < limit or of < LEAST_AFTER:
        return None
    return Change(since, exp(mean), exp(sum(one.log_length for one in after) / of), of, of)


def half_lost(usual: float) -> float:
    """Return the share of what is missing once half of what was there is lost."""
    return (1.0 + usual) / 2.0


def barred(usual: float) -> float:
    """Return the share of pages barred that tells of a new wall: three times the usual, from 30 % to 95 %."""
    return min(0.95, max(0.3, 3.0 * usual))
