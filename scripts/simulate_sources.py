"""Simulate sources and measure the watch over them: false alarms per source-month, and the delay to find a real stop.

    nice .venv/bin/python scripts/simulate_sources.py [--sources 40] [--limits 5 7 9] [--seed 1]

Each source has its own level, hours (random weights around a newsroom's), weekend, and days that vary more than chance
(gamma, variance over mean up to about 3); the crawl misses 3 % of the hours, stands still for 2 to 20 hours twice a
month and for a whole day once. Lebaran halves the news of eight days. Looked at every four hours.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from classifiers.sources.rhythm import USUAL_HOURS, LocalHour, is_lebaran, series_of
from classifiers.sources.volume import BACK, LIMIT, volume_of
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
    parser.add_argument("--limits", type=float, nargs="+", default=[LIMIT])
    parser.add_argument("--levels", type=float, nargs="+", default=list(LEVELS))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
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


def cell(delays: list[float | None]) -> str:
    """Return how many were found, and after how many days half and nine in ten of all were (- where not so many)."""
    ordered = sorted(float("inf") if delay is None else delay for delay in delays)
    half, most = ordered[(len(ordered) - 1) // 2], ordered[int(0.9 * (len(ordered) - 1))]
    found = sum(delay is not None for delay in delays)
    told = ", ".join("-" if value == float("inf") else f"{value:.1f}" for value in (half, most))
    return f"{found}/{len(delays)}; {told}"


if __name__ == "__main__":
    main()
