"""Whether a source has fallen silent, or brings much less than it did: a CUSUM on its own rhythm.

Time counts only as far as the source was asked and answered: where the crawl itself stood still nothing is held against
a source. Articles that come at the first look after such a hole count for the whole of it, unless it was so long that
they may have dropped out of the feed meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from math import log
from typing import TYPE_CHECKING, Literal

from classifiers.sources.cusum import Run, count_step, run_of
from classifiers.sources.rhythm import FEED_HOLDS, HOUR, LocalHour, Rhythm, rhythm_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

BACK = timedelta(days=42)
"""How far back hours are looked at: the rhythm of six weeks."""

DROP = 0.25
"""The change that the CUSUM is sharpest for: to a quarter of what came. A stop and a fall to 20 % are found soon, a
fall to a half late; a source may rightly bring a half."""

LIMITS = (5.5, 9.0)
LIMIT_GROWTH = 2.5
"""Score from which a source has fallen silent or dropped: 5.5 for one article a day or fewer, 9 from four a day on, and
between them 5.5 + 2.5 ln(level); the more a source brings, the oftener a score rises by chance. Found by simulation
(scripts/simulate_sources.py, tables in docs/sources-health.md): one false alarm in 40 source-months over all levels on
sources that the limits were not chosen on."""

CAP = 1.5
"""The score stays below this many limits, so that a source that comes back is well again within a day or two."""

DROPPED_SHARE = 0.5
"""Of what was expected since the change; with more than that a run above the limit is no drop that matters."""

NEVER = timedelta(days=5)
"""Answers for so long without anything new, where no rhythm is known: that is silence too. As long as a weekend with
holidays before and after it."""

LEAST_SOURCES = 8
"""Sources whose common day is a common day; with fewer the weekday and Lebaran must do."""

LEAST_COMMON = 0.1
LEAST_EXPECTED = 1.0
MOST_WEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class Volume:
    """How much a source brings beside what it usually does.

    ``state``: ``biasa``, ``sunyi`` (nothing new since ``since``), ``turun`` (much less), ``belum`` (too little known).
    ``observed`` articles came since then where ``expected`` were; ``per_day`` is its usual level (None: not known).
    """

    state: Literal["biasa", "sunyi", "turun", "belum"]
    score: float = 0.0
    since: datetime | None = None
    observed: int = 0
    expected: float = 0.0
    per_day: float | None = None


def volume_of(
    series: Sequence[LocalHour],
    now: datetime,
    *,
    common: Mapping[date, float] | None = None,
    last_new: datetime | None = None,
    limit: float | None = None,
) -> Volume:
    """Judge the volume of one source by its hours of the last six weeks; the hour that is not over is left out.

    ``common`` as of `common_days`; ``last_new`` when it last had anything new; ``limit`` in place of `limit_of`. The
    rhythm is learned a second time without what came after the change, so that a silence does not make itself usual.
    """
    over = [one for one in series if one.hour + HOUR <= now]
    rhythm = rhythm_of(over, common)
    if rhythm is None:
        return _without_rhythm(over, last_new)
    bins, reach = _bins(over, rhythm, common), limit_of(rhythm) if limit is None else limit
    run = _run(bins, rhythm, reach)
    if run.since is not None:
        since = run.since
        earlier = rhythm_of([one for one in over if one.hour < since], common)
        if earlier is not None and earlier.sure_level > rhythm.sure_level:
            rhythm = earlier
            bins, reach = _bins(over, rhythm, common), limit_of(rhythm) if limit is None else limit
            run = _run(bins, rhythm, reach)
    if run.since is None or run.score < reach:
        return Volume("biasa", run.score, per_day=rhythm.level)
    after = [(new, mean) for hour, new, mean in bins if hour >= run.since]
    observed, expected = sum(new for new, _ in after), sum(mean for _, mean in after)
    if observed > DROPPED_SHARE * expected:
        return Volume("biasa", run.score, per_day=rhythm.level)
    return Volume("turun" if observed else "sunyi", run.score, run.since, observed, expected, rhythm.level)


def limit_of(rhythm: Rhythm) -> float:
    """Return the score from which a source of this level has fallen silent or dropped."""
    least, most = LIMITS
    return min(most, max(least, least + LIMIT_GROWTH * log(rhythm.level)))


def _without_rhythm(series: Sequence[LocalHour], last_new: datetime | None) -> Volume:
    answered = [one.hour for one in series if one.answered]
    if not answered:
        return Volume("belum")
    since = max(answered[0], last_new) if last_new is not None else answered[0]
    return Volume("sunyi", since=since) if answered[-1] - since >= NEVER else Volume("belum")


def _run(bins: Sequence[tuple[datetime, int, float]], rhythm: Rhythm, limit: float) -> Run[datetime]:
    steps = ((hour, count_step(new, mean, DROP, rhythm.dispersion)) for hour, new, mean in bins)
    return run_of(steps, CAP * limit)


def _bins(
    series: Sequence[LocalHour], rhythm: Rhythm, common: Mapping[date, float] | None
) -> list[tuple[datetime, int, float]]:
    """Return (hour of the look, what came, what was to come since the look before) for each hour with an answer."""
    factors, rates = common or {}, rhythm.rates()
    found: list[tuple[datetime, int, float]] = []
    mean, hole = 0.0, 0
    for one in series:
        mean += rates[one.weekday][one.at] * one.usual * factors.get(one.day, 1.0)
        if not one.answered:
            hole += 1
            continue
        if hole < FEED_HOLDS or not one.new:
            found.append((one.hour, one.new, mean))
        mean, hole = 0.0, 0
    return found


def common_days(sources: Iterable[Sequence[LocalHour]]) -> dict[date, float]:
    """Return for each local day what all sources together brought, as a share of what they usually do, at most 1.

    So that a day on which every newsroom is on leave is no silence of any of them. It is the median of the sources'
    own shares, each weighted by what was expected of it (at most 20): a few that have stopped move it little, whatever
    their size. Days are left out on which fewer than `LEAST_SOURCES` were read.
    """
    shares: defaultdict[date, list[tuple[float, float]]] = defaultdict(list)
    for series in sources:
        rhythm = rhythm_of(series)
        if rhythm is None:
            continue
        day_of = {one.hour: one.day for one in series}
        expected: defaultdict[date, float] = defaultdict(float)
        seen: defaultdict[date, int] = defaultdict(int)
        for hour, new, mean in _bins(series, rhythm, None):
            expected[day_of[hour]] += mean
            seen[day_of[hour]] += new
        for day, mean in expected.items():
            if mean >= LEAST_EXPECTED:
                shares[day].append((seen[day] / mean, min(mean, MOST_WEIGHT)))
    return {
        day: min(1.0, max(LEAST_COMMON, _weighted_median(found)))
        for day, found in shares.items()
        if len(found) >= LEAST_SOURCES
    }


def _weighted_median(pairs: Sequence[tuple[float, float]]) -> float:
    ordered = sorted(pairs)
    half = sum(weight for _, weight in ordered) / 2
    passed = accumulate(weight for _, weight in ordered)
    return next(value for (value, _), so_far in zip(ordered, passed, strict=True) if so_far >= half)
