"""Measure what the search for rising precursors finds before a stage and what it raises for nothing; prints a table.

    python scripts/simulate_precursors.py [--kabupaten 200] [--runs 3] [--seed 1] [--each 12]

The made-up country of ``simulate_bursts.py``, its counts taken for threats and allegations, with a stage of the
calendar on the day after its last. Build-ups of three weeks are put into one kabupaten and signal each, as many
incidents in the first, second and third week as their name says; the third week ends by lot within the four weeks
before the stage. Every day is looked at. A build-up is found if a warning of its kabupaten and signal begins in its
third week or within three days after. In brackets: at how many of the same places and days there is a warning although
nothing was put in.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from simulate_bursts import DAYS, FIRST, SIGNALS, Alarm, Country, Members

from classifiers.bursts import PANEL_DAYS
from classifiers.precursors import AHEAD, find_precursors
from classifiers.series import Key, Panel
from classifiers.stages import Calendar, Stage
from classifiers.standing import REOPENED_WITHIN, carried

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.watching import EarlyWarning

    Floats = NDArray[np.float64]

Shape = tuple[int, int, int]
SHAPES: tuple[Shape, ...] = ((1, 2, 4), (1, 3, 6), (2, 4, 8), (2, 6, 12))
WEEK = 7
LATE = 3


@dataclass(frozen=True)
class BuildUp:
    """What was put in; ``last`` is the number of the day on which its third week ends."""

    region: str
    signal: str
    shape: Shape
    last: int

    def found_by(self, alarm: Alarm) -> bool:
        """Return whether a warning is of this build-up."""
        when = self.last - WEEK < alarm.day <= self.last + LATE
        return when and (alarm.region, alarm.signal) == (self.region, self.signal)


def raised(country: Country, counts: Floats, first: int) -> list[Alarm]:
    """Return the warnings that are raised, looked for at the end of every day from ``first`` on."""
    _, series = country.series(counts)
    vote = FIRST + timedelta(days=DAYS)
    calendar = Calendar((Stage("coblos", "simulasi", "pemungutan_suara", (), vote, vote, None, ""),))
    groups = np.tile(np.arange(len(SIGNALS) + 1), len(country.keys) // (len(SIGNALS) + 1))
    exposure = np.ones((len(country.keys), PANEL_DAYS))
    named = [row for row, key in enumerate(country.keys) if key.signal is not None]
    alarms: list[Alarm] = []
    kept: dict[int, EarlyWarning] = {}
    for day in range(first, DAYS):
        begin = day - PANEL_DAYS + 1
        days = tuple(FIRST + timedelta(days=begin + number) for number in range(PANEL_DAYS))
        keys = tuple(country.keys[row] for row in named)
        members = Members(country, counts, begin)
        weekdays = np.array([one.weekday() for one in days])
        panel = Panel(keys, days, series[named, begin : day + 1], exposure[named], weekdays, groups[named], members)
        now = datetime.combine(days[-1], datetime.min.time(), UTC) + timedelta(hours=16)
        alive = [one for one in kept.values() if one.ended_at is None or now - one.ended_at < REOPENED_WITHIN]
        behind = {number for one in alive for number in one.incident_ids}
        own = {Key(one.region, one.signal) for one in alive}
        changes = carried(alive, find_precursors(panel, calendar, now, behind, own), now)
        for one in (*changes.updated, *changes.ended):
            kept[one.id] = one
        for one in changes.raised:
            number = len(kept) + 1
            kept[number] = replace(one, id=number)
            alarms.append(Alarm(one.region, one.signal, day))
    return alarms


@dataclass
class Result:
    """Of the build-ups of each shape which were found, and which would have been by chance; false warnings."""

    found: dict[Shape, list[bool]]
    chance: dict[Shape, list[bool]]
    false: int = 0
    region_weeks: float = 0.0


def simulate(kabupaten: int, runs: int, seed: int, each: int) -> Result:
    """Return what came of ``each`` build-ups per shape in each of ``runs`` countries."""
    result = Result({shape: [] for shape in SHAPES}, {shape: [] for shape in SHAPES})
    first = DAYS - AHEAD.days
    for run in range(runs):
        country = Country(kabupaten, seed + run)
        counts, put = country.counts.copy(), []
        places = country.lot.permutation(len(country.regencies))[: each * len(SHAPES)]
        for number, row in enumerate(places):
            shape, column = SHAPES[number % len(SHAPES)], int(country.lot.integers(len(SIGNALS)))
            last = int(country.lot.integers(first + WEEK, DAYS))
            for ago, more in zip((2, 1, 0), shape, strict=True):
                at = country.lot.integers(last - WEEK * (ago + 1) + 1, last - WEEK * ago + 1, more)
                np.add.at(counts[int(row), column], at, 1.0)
            put.append(BuildUp(country.regencies[int(row)], SIGNALS[column], shape, last))
        idle, alarms = raised(country, country.counts, first), raised(country, counts, first)
        for one in put:
            result.found[one.shape].append(any(one.found_by(alarm) for alarm in alarms))
            result.chance[one.shape].append(any(one.found_by(alarm) for alarm in idle))
        result.false += len(idle)
        result.region_weeks += kabupaten * AHEAD.days / WEEK
    return result


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kabupaten", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=12, help="build-ups of each shape, per run")
    given = parser.parse_args()
    result = simulate(given.kabupaten, given.runs, given.seed, given.each)
    print("| false alarms per region-week | " + " | ".join("+".join(map(str, shape)) for shape in SHAPES) + " |")
    print("|---|" + "---|" * len(SHAPES))
    cells = [f"{np.mean(result.found[shape]):.0%} ({np.mean(result.chance[shape]):.0%})" for shape in SHAPES]
    print(f"| {result.false / result.region_weeks:.4f} | " + " | ".join(cells) + " |")
    print(
        f"\n{len(result.found[SHAPES[0]])} of each shape, {result.region_weeks:.0f} region-weeks, {result.false} false"
    )


if __name__ == "__main__":
    main()
