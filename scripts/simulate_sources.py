"""Simulate sources and measure the watch over them: false alarms per source-month, and the delay to find a real stop.

    nice .venv/bin/python scripts/simulate_sources.py [--sources 40] [--limits 5 7 9] [--levels 1 10] [--seed 1]
    nice .venv/bin/python scripts/simulate_sources.py --reading [--limits 5 7 9]

Each source has its own level, hours (random weights around a newsroom's), weekend, and days that vary more than chance
(gamma, variance over mean up to about 3); the crawl misses 3 % of the hours, stands still for 2 to 20 hours twice a
month and for a whole day once. Lebaran halves the news of eight days. Looked at every four hours.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from classifiers.sources.reading import half_lost, share_change
from classifiers.sources.rhythm import USUAL_HOURS, LocalHour, is_lebaran, series_of
from classifiers.sources.volume import BACK, LIMITS, volume_of
from data.sightings import SourceHour

START = datetime(2025, 1, 20, tzinfo=UTC)
LEARN, WATCHED, AFTER = 42, 45, 21
LEVELS = (0.5, 1.0, 3.0, 10.0, 40.0)
ZONE = ZoneInfo("Asia/Jakarta")
LOOK = timedelta(hours=4)
ENDLESS = 100.0
HOUR = timedelta(hours=1)


@dataclass
class Made:
    """A made-up source: its hours, and where it changed."""

    series: tuple[LocalHour, ...]
    changed: datetime


def make(level: float, share: float, lot: random.Random) -> Made:
    """Return a source of ``level`` articles a day, which falls to ``share`` of it at a random hour after the watch."""
    profile = [weight * lot.gammavariate(4, 0.25) for weight in USUAL_HOURS]
    week = [1.0, 1.05, 1.05, 1.05, 1.0, lot.uniform(0.5, 1.0), lot.uniform(0.2, 1.0)]
    mean = sum(profile) / 24 * sum(week) / 7
    spread = lot.uniform(0.0, 2.0) / level if level > 2 else lot.uniform(0.0, 0.4)
    holes = {lot.randrange(24 * (LEARN + WATCHED)): lot.randint(2, 20) for _ in range(6)}
    holes[lot.randrange(24 * (LEARN + WATCHED))] = 24
    changed = START + timedelta(days=LEARN + WATCHED, hours=lot.randrange(24))
    hours, waiting, hole, day, factor = [], 0, 0, None, 1.0
    for number in range(24 * (LEARN + WATCHED + AFTER + 1)):
        at = START + HOUR * number
        local = at.astimezone(ZONE)
        if local.date() != day:
            day = local.date()
            factor = lot.gammavariate(1 / spread, spread) if spread > 0 else 1.0
        rate = level / 24 * profile[local.hour] * week[local.weekday()] / mean * factor
        rate *= (0.5 if is_lebaran(local.date()) else 1.0) * (share if at >= changed else 1.0)
        waiting += poisson(rate, lot)
        hole = max(hole - 1, holes.get(number, 0))
        if hole or lot.random() < 0.03:
            continue
        hours.append(SourceHour(at, looks=1, answered=1, new=min(waiting, 30)))
        waiting = 0
    return Made(series_of(hours, ZONE), changed)


def poisson(mean: float, lot: random.Random) -> int:
    """Return a Poisson number (waiting times between events)."""
    count, passed = 0, lot.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += lot.expovariate(1.0)
    return count


def scores(made: Made) -> list[tuple[datetime, float]]:
    """Return the score of a source at every look from the end of its first six weeks on."""
    first, last = START + timedelta(days=LEARN), made.changed + timedelta(days=AFTER)
    looks = [first + LOOK * number for number in range(int((last - first) / LOOK))]
    return [(now, volume_of(window(made, now), now, limit=ENDLESS).score) for now in looks]


def window(made: Made, now: datetime) -> tuple[LocalHour, ...]:
    """Return the hours of the last six weeks before ``now``."""
    first, last = (int((moment - made.series[0].hour) / HOUR) for moment in (now - BACK, now))
    return made.series[max(0, first) : max(0, last)]


def judged(made: Made, found: list[tuple[datetime, float]], limit: float) -> tuple[int, float | None]:
    """Return (false alarms before the change, days from the change to the alarm or None) of one source at a limit."""
    false, over = 0, START
    for at, score in found:
        if score < limit or at < over:
            continue
        if at > made.changed:
            return false, (at - made.changed) / timedelta(days=1)
        false, over = false + 1, at + timedelta(days=5)
    return false, None


def main() -> None:
    """Print a table: level, limit, false alarms per source-month, delays to a stop and to a fall to 20 %."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=40, help="of each level and kind of change")
    parser.add_argument("--limits", type=float, nargs="+", default=list(LIMITS))
    parser.add_argument("--levels", type=float, nargs="+", default=list(LEVELS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reading", action="store_true", help="the share of pages that is read, in place of volume")
    given = parser.parse_args()
    if given.reading:
        reading(given.sources, given.limits, given.seed)
        return
    print("| articles a day | limit | source-months | false a month | stop: found; days (50 %, 90 %) | to 20 % |")
    print("|---|---|---|---|---|---|")
    for level in given.levels:
        made = []
        for share in (0.0, 0.2):
            lot = random.Random(f"{given.seed}/{level}/{share}")  # noqa: S311  # a simulation, no secret
            sources = [make(level, share, lot) for _ in range(given.sources)]
            made.append([(one, scores(one)) for one in sources])
        for limit in given.limits:
            ends = [[judged(one, found, limit) for one, found in half] for half in made]
            months = 2 * given.sources * WATCHED / 30
            false = sum(count for half in ends for count, _ in half) / months
            cells = " | ".join(cell([delay for _, delay in half]) for half in ends)
            print(f"| {level:g} | {limit:g} | {months:.0f} | {false:.3f} | {cells} |", flush=True)


def reading(sources: int, limits: list[float], seed: int) -> None:
    """Print the same of the share of pages that is read: false alarms, and pages until a changed template is told.

    A day's unread share varies around the source's own (beta, as if of 20 pages); from the change on one page in ten is
    read, or half of those that were.
    """
    print(
        "| pages a day | usually unread | limit | source-months | false a month | template: pages | half lost: pages |"
    )
    print("|---|---|---|---|---|---|---|")
    for a_day, usual in product((5, 30), (0.05, 0.4)):
        lot = random.Random(f"{seed}/{a_day}/{usual}")  # noqa: S311  # a simulation, no secret
        made = [[unread(a_day, usual, after, lot) for _ in range(sources)] for after in (0.9, (1 + usual) / 2)]
        for limit in limits:
            false, cells = 0, []
            for half in made:
                delays: list[float | None] = []
                for rows in half:
                    before = [share_change(rows[: 24 * day], half_lost, limit) for day in range(LEARN, LEARN + WATCHED)]
                    false += sum(now is not None and then is None for then, now in pairwise([None, *before]))
                    first = 24 * (LEARN + WATCHED)
                    ends = (at for at in range(first, len(rows)) if share_change(rows[: at + 1], half_lost, limit))
                    end = next(ends, None)
                    delays.append(None if end is None else float(sum(of for _, _, of in rows[first : end + 1])))
                cells.append(cell(delays))
            months = 2 * sources * WATCHED / 30
            print(f"| {a_day} | {usual:.0%} | {limit:g} | {months:.0f} | {false / months:.3f} | {' | '.join(cells)} |")


def unread(a_day: int, usual: float, after: float, lot: random.Random) -> list[tuple[datetime, int, int]]:
    """Return hours of (unread, fetched) of a source whose template changes after the watch."""
    rows = []
    for day in range(LEARN + WATCHED + 5):
        middle = usual if day < LEARN + WATCHED else after
        share = lot.betavariate(20 * middle, 20 * (1 - middle))
        for hour in range(24):
            of = poisson(a_day / 24, lot)
            rows.append((START + timedelta(days=day, hours=hour), sum(lot.random() < share for _ in range(of)), of))
    return rows


def cell(delays: list[float | None]) -> str:
    """Return how many were found, and after how many days half and nine in ten of all were (- where not so many)."""
    ordered = sorted(float("inf") if delay is None else delay for delay in delays)
    half, most = ordered[(len(ordered) - 1) // 2], ordered[int(0.9 * (len(ordered) - 1))]
    found = sum(delay is not None for delay in delays)
    told = ", ".join("-" if value == float("inf") else f"{value:.1f}" for value in (half, most))
    return f"{found}/{len(delays)}; {told}"


if __name__ == "__main__":
    main()
