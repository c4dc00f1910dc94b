"""Counts of incidents as series: per region and signal, day by day or hour by hour, with how much was read for each.

A region is a province or a kabupaten/kota. Every region has a series per signal and one of all signals together, in
which an incident counts once. Days are those of the region's own zone. Exposure is what a count is to be divided by: a
source that began last week must not look like a burst.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from classifiers.stages import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from data.watching import CountedIncident

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HOUR: Final = timedelta(hours=1)
SETTLING: Final = timedelta(days=2)
"""After its first article a source offers what its pages still hold, which is of days before; then it offers what is
new."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which series: ``signal`` None is all signals together."""

    region: str
    signal: str | None


@dataclass(frozen=True, slots=True)
class Panel:
    """Series side by side: ``counts`` and ``exposure`` are keys x days, the last day (in part) last.

    ``days`` are calendar days of each region's own zone, the last one today in western Indonesia. ``groups`` numbers
    the signals. ``members`` gives for a key the incidents in it, each with the number of its day.
    """

    keys: tuple[Key, ...]
    days: tuple[date, ...]
    counts: Floats
    exposure: Floats
    weekdays: Ints
    groups: Ints
    members: Mapping[Key, Sequence[tuple[int, CountedIncident]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One source's part in what is read of a region: its articles per day that name it, since when it is read."""

    region: str
    source_id: str
    since: datetime
    rate: float


def panel_of(
    incidents: Iterable[CountedIncident],
    regions: Sequence[str],
    signals: Sequence[str],
    now: datetime,
    days: int,
    exposure: Mapping[str, Floats],
    moment: Callable[[CountedIncident], datetime],
) -> Panel:
    """Return the series of ``regions`` over the last ``days`` days up to ``now``, today included.

    ``exposure`` (`exposures`) holds a row of ``days`` values per region; a region that it lacks is not covered. What
    lies outside is passed over. The order of incidents is irrelevant.
    """
    names: tuple[str | None, ...] = (*signals, None)
    column = {name: number for number, name in enumerate(names)}
    width = len(names)
    row = {region: number * width for number, region in enumerate(regions)}
    zones = {region: zone_of([region]) for region in regions}
    today = local_day(now, "").toordinal()
    counts = np.zeros((len(regions) * width, days))
    behind: list[list[tuple[int, CountedIncident]]] = [[] for _ in range(len(regions) * width)]
    for one in incidents:
        at = moment(one)
        columns = [*{column[signal] for signal in one.signals if signal in column}, width - 1]
        zone, day = None, -1
        for region in one.regions:
            if region not in row:
                continue
            if zones[region] is not zone:
                # Past midnight in Jayapura the new day waits two hours for Jakarta's: one calendar for all.
                zone = zones[region]
                day = days - 1 - today + at.astimezone(zone).toordinal()
            if 0 <= day < days:
                for number in columns:
                    counts[row[region] + number, day] += 1
                    behind[row[region] + number].append((day, one))
    none = np.zeros(days)
    shown = np.stack([exposure.get(region, none) for region in regions]) if regions else np.zeros((0, days))
    calendar = tuple(date.fromordinal(today - days + 1 + number) for number in range(days))
    keys = tuple(Key(region, name) for region in regions for name in names)
    return Panel(
        keys=keys,
        days=calendar,
        counts=counts,
        exposure=np.repeat(shown, len(names), axis=0),
        weekdays=np.array([day.weekday() for day in calendar], dtype=np.int64),
        groups=np.tile(np.arange(len(names), dtype=np.int64), len(regions)),
        members={
            key: sorted(found, key=lambda pair: pair[1].id) for key, found in zip(keys, behind, strict=True) if found
        },
    )


def exposures(readings: Iterable[Reading], regions: Sequence[str], now: datetime, days: int) -> dict[str, Floats]:
    """Return how much was read of each region on each of the last ``days`` days, in articles a day that name it.

    A source counts with the same rate for all days since it settled, however much it printed on each: a burst of
    articles must not explain the burst of incidents that made it. 0 before the first source of a region settled. A
    source that has stopped goes on counting: its silence makes the watch less quick, never quicker.
    """
    found = {region: np.zeros(days) for region in regions}
    for one in readings:
        if one.region not in found or one.rate <= 0:
            continue
        # The first day of which the source was read from the beginning.
        first = local_day(one.since + SETTLING, one.region) + timedelta(days=1)
        back = (local_day(now, "") - first).days
        if back >= 0:
            found[one.region][max(0, days - 1 - back) :] += one.rate
    return found


def local_day(moment: datetime, region: str) -> date:
    """Return the calendar day of a moment in a region's zone (WIB where none is named)."""
    return moment.astimezone(zone_of([region] if region else [])).date()


def day_begins(day: date, region: str) -> datetime:
    """Return the moment (UTC) at which a day begins in a region."""
    return datetime.combine(day, time(), zone_of([region])).astimezone(UTC)
