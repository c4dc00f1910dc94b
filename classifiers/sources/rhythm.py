"""How much a source brings at which hour of which day: its own rhythm, learned from weeks of its hours.

The rate of an hour is level x hour of the day x day of the week, the last two with mean 1 (the multiplicative model of
seasonal counts; Farrington et al. 1996, JRSS A 159, do the same week by week). Hours and days of which little is known
are drawn towards those of a usual newsroom, with the weight of a few articles (a gamma prior). Days that stand out
upwards, as the first reading of an archive, are cut back: a level that is too high would make any quiet day a silence.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from data.sightings import SourceHour

USUAL_HOURS = (
    *(0.25, 0.15, 0.1, 0.1, 0.2, 0.5, 0.9, 1.2, 1.4, 1.6, 1.6, 1.5),
    *(1.5, 1.6, 1.6, 1.6, 1.6, 1.4, 1.3, 1.3, 1.2, 1.0, 0.75, 0.45),
)
"""Articles by local hour, mean 1: a newsroom that sleeps from midnight to five. Only where a source tells too little of
itself: by reasoning, to be replaced once weeks of real hours are there."""

USUAL_DAYS = (1.05, 1.1, 1.1, 1.1, 1.1, 0.85, 0.7)
"""Articles by weekday from Monday, mean 1."""

HOURS_WEIGHT = 24.0
"""Articles that the usual newsroom counts for: with a month of one article a day a source's own hours weigh as much."""

DAYS_WEIGHT = 14.0

MOST_OF_MEDIAN = 3.0
"""A day counts for at most three times the median day, and three: what is above is an archive, not a rhythm."""

LEAST_DAYS = 7
LEAST_ARTICLES = 8
"""Without a week and eight articles there is no rhythm; the level would be off by more than a third."""

DISPERSION_PRIOR = (7.0, 1.5)
"""Days, and variance over mean, that the daily counts' own dispersion is drawn towards."""

MOST_DISPERSION = 8.0

LEBARAN = {
    date(2024, 4, 10),
    date(2025, 3, 31),
    date(2026, 3, 21),
    date(2027, 3, 10),
    date(2028, 2, 27),
    date(2029, 2, 15),
    date(2030, 2, 5),
}
"""First day of Idul Fitri: 2024 to 2026 as the government had it, then by reckoning, which may be a day off."""

LEBARAN_DAYS = range(-2, 6)
LEBARAN_SHARE = 0.35
"""What newsrooms bring from two days before to five days after it. By reasoning: most staff is on leave together."""

LEAST_SURE = 0.5
"""The sure level is at least half the level."""

FEED_HOLDS = 6
"""Hours. After a longer hole in the crawl a feed may have lost articles: how many came then tells nothing."""

DAY_HOURS = 24
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LocalHour:
    """An hour of a source in its own zone; one in which nothing was asked or answered has ``answered`` False.

    ``usual`` is the share of their usual news that newsrooms bring on its day by the calendar alone. ``covered`` says
    whether the next look tells all that came in it, ``came`` how much that is: what a look brings after a short hole is
    spread over the hole.
    """

    hour: datetime
    day: date
    at: int
    weekday: int
    answered: bool
    new: int
    usual: float
    covered: bool
    came: float


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a source usually brings.

    ``level`` is articles per day, ``sure_level`` one standard error below it: what silence is measured by, so that a
    rate known from little is not taken for certain. ``hours`` (local) and ``days`` (from Monday) have mean 1.
    ``dispersion`` is the variance of a day's count over its mean, at least 1.
    """

    level: float
    sure_level: float
    hours: tuple[float, ...]
    days: tuple[float, ...]
    dispersion: float

    def rates(self) -> tuple[tuple[float, ...], ...]:
        """Return how many articles an hour brings, by weekday and hour of the day, by the sure level."""
        hourly = self.sure_level / DAY_HOURS
        return tuple(tuple(hourly * day * hour for hour in self.hours) for day in self.days)


@cache
def is_lebaran(day: date) -> bool:
    """Return whether newsrooms are on leave for Idul Fitri."""
    return any(day - timedelta(days=offset) in LEBARAN for offset in LEBARAN_DAYS)


def series_of(hours: Sequence[SourceHour], zone: ZoneInfo) -> tuple[LocalHour, ...]:
    """Return every hour from the first to the last of ``hours`` (oldest first), those that are not there as unanswered.

    Local hours are counted from the first one: Indonesia's zones have whole hours and no summer time.
    """
    if not hours:
        return ()
    known = {one.hour: one for one in hours}
    first, local_first = hours[0].hour, hours[0].hour.astimezone(zone).replace(tzinfo=None)
    number = int((hours[-1].hour - first) / HOUR) + 1
    at = [first + HOUR * index for index in range(number)]
    came: list[float | None] = [None] * number
    hole = 0
    for index, hour in enumerate(at):
        one = known.get(hour)
        if one is None or not one.answered:
            hole += 1
            continue
        if hole < FEED_HOLDS:
            came[index - hole : index + 1] = [one.new / (hole + 1)] * (hole + 1)
        hole = 0
    found = []
    for index, hour in enumerate(at):
        one, local, share = known.get(hour), local_first + HOUR * index, came[index]
        answered, new = (one.answered > 0, one.new) if one is not None else (False, 0)
        usual = LEBARAN_SHARE if is_lebaran(local.date()) else 1.0
        found.append(
            LocalHour(
                hour,
                local.date(),
                local.hour,
                local.weekday(),
                answered,
                new,
                usual,
                share is not None,
                share or 0.0,
            )
        )
    return tuple(found)


def rhythm_of(series: Sequence[LocalHour], common: Mapping[date, float] | None = None) -> Rhythm | None:
    """Return the rhythm that the hours of one source show; None where they are too few.

    Hours count that a look covers; ``common`` is what all sources together brought on a local day, as a share
    of what was to be expected (1 where it is not given). The first day is left out: it reads what has gathered before.
    """
    known = [one for one in series[DAY_HOURS:] if one.covered and one.usual == 1.0]
    days: defaultdict[date, float] = defaultdict(float)
    for one in known:
        days[one.day] += one.came
    if len(days) < LEAST_DAYS:
        return None
    most = MOST_OF_MEDIAN * median(days.values()) + MOST_OF_MEDIAN
    kept = {day: min(1.0, most / count) if count else 1.0 for day, count in days.items()}
    total = sum(count * kept[day] for day, count in days.items())
    if total < LEAST_ARTICLES:
        return None
    factors = common or {}
    by_hour, by_day = [0.0] * DAY_HOURS, [0.0] * len(USUAL_DAYS)
    hour_time, day_time = [0.0] * DAY_HOURS, [0.0] * len(USUAL_DAYS)
    for one in known:
        exposure = factors.get(one.day, 1.0)
        by_hour[one.at] += one.came * kept[one.day]
        hour_time[one.at] += exposure
        by_day[one.weekday] += one.came * kept[one.day]
        day_time[one.weekday] += exposure * USUAL_HOURS[one.at] / DAY_HOURS
    profile = _profile(by_hour, hour_time, USUAL_HOURS, HOURS_WEIGHT)
    week = _profile(by_day, day_time, USUAL_DAYS, DAYS_WEIGHT)
    # Of each day: time in days, weighted by what its hours bring.
    spent: defaultdict[date, float] = defaultdict(float)
    for one in known:
        spent[one.day] += factors.get(one.day, 1.0) * profile[one.at] * week[one.weekday] / DAY_HOURS
    level = total / sum(spent.values())
    dispersion = _dispersion([(count * kept[day], level * spent[day]) for day, count in days.items()])
    sure = level * max(LEAST_SURE, 1.0 - sqrt(dispersion / total))
    return Rhythm(level, sure, profile, week, dispersion)


def _profile(counts: list[float], times: list[float], usual: tuple[float, ...], weight: float) -> tuple[float, ...]:
    """Return rates with mean 1, drawn towards ``usual`` with the weight of ``weight`` articles in all."""
    mean, part = sum(counts) / sum(times), weight / len(usual)
    rates = [
        (count + part * share) / (mean * spent + part) for count, spent, share in zip(counts, times, usual, strict=True)
    ]
    middle = sum(rates) / len(rates)
    return tuple(rate / middle for rate in rates)


def _dispersion(days: Sequence[tuple[float, float]]) -> float:
    """Return the variance of a day's count over its mean (Pearson's statistic per day), drawn towards the usual one."""
    pearson = sum((seen - mean) ** 2 / mean for seen, mean in days if mean > 0)
    weight, usual = DISPERSION_PRIOR
    return min(MOST_DISPERSION, max(1.0, (pearson + weight * usual) / (len(days) + weight)))
