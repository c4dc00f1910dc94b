"""Measure what the search for bursts finds and what it raises for nothing, on simulated series; prints a table.

    python scripts/simulate_bursts.py [--kabupaten 500] [--runs 1] [--seed 1] [--weeks 12] [--clumped]

A made-up country: provinces of twenty kabupaten, fourteen signals, a year of daily counts. Rates differ a hundredfold
between kabupaten and signals (most series have one or two incidents a month), with a season per signal, weekdays,
growth of up to 100 % a year in half of the kabupaten. Half of the series are over-dispersed: a day's rate varies by
itself with a coefficient of variation of 0.55 or 1. With ``--clumped`` a quarter of them have a variance of 2.5 times
the mean however rare they are: incidents then come in clumps by nature, and most alarms are such clumps.

Into the last weeks outbreaks of known size are put: a signal doubles, trebles, quintuples in a whole province, or 3, 6,
12 incidents come on top in one kabupaten, within 1, 3 or 7 days. False alarms are counted on the same country without
outbreaks. What is held against it are plain three sigma (28 days) and EARS C1, C2, C3, each series by itself, as
published, and once more with our least count of three.

An alarm of ours is a warning that is raised: what goes on, or is the same incidents in another series, is none. Of the
others, alarms of one series with at most two days between are one. An outbreak is found if an alarm of its region (or
of the province) begins while it lasts or within two days after, for its signal or for all signals. In brackets: at how
many of the same places and days the method has an alarm although nothing was put in, and the mean days to the alarm.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from classifiers import ears
from classifiers.bursts import PANEL_DAYS, candidates_over_days, chosen
from classifiers.series import Key, Panel
from classifiers.standing import REOPENED_WITHIN, carried
from data.records import Modality
from data.watching import CountedIncident

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from data.watching import EarlyWarning

    Floats = NDArray[np.float64]

DAYS = 364
SIGNALS = tuple(f"sinyal_{number:02}" for number in range(14))
IN_PROVINCE = 20
FIRST = date(2023, 1, 2)
SIZES = ("x2", "x3", "x5", "+3", "+6", "+12")
LENGTHS = (1, 3, 7)
FOUND_WITHIN = 2
WEEKDAYS = np.array([1.15, 1.1, 1.1, 1.05, 1.1, 0.8, 0.7])


@dataclass(frozen=True)
class Outbreak:
    """What was put in: ``region`` a province or kabupaten, ``start`` the number of its first day."""

    region: str
    signal: str
    size: str
    start: int
    length: int

    def found_by(self, region: str, signal: str | None, day: int) -> bool:
        """Return whether an alarm that begins on ``day`` is of this outbreak."""
        where = region in {self.region, self.region[:2]} or region.startswith(self.region + ".")
        when = self.start <= day < self.start + self.length + FOUND_WITHIN
        return where and when and signal in {self.signal, None}


class Country:
    """A made-up country's counts: kabupaten x signals x days, as they were without and are with outbreaks."""

    def __init__(self, kabupaten: int, seed: int, *, clumped: bool = False) -> None:
        lot = np.random.default_rng(seed)
        self.lot = lot
        self.regencies = [f"{11 + number // IN_PROVINCE}.{1 + number % IN_PROVINCE:02}" for number in range(kabupaten)]
        self.provinces = sorted({code[:2] for code in self.regencies})
        self.keys = [Key(region, name) for region in (*self.regencies, *self.provinces) for name in (*SIGNALS, None)]
        at = np.arange(DAYS)
        size, rate = lot.lognormal(0, 0.8, kabupaten), lot.lognormal(-3.0, 0.8, len(SIGNALS))
        season = np.exp(0.5 * np.sin(2 * np.pi * (at / 365 + lot.random((len(SIGNALS), 1)))))
        growth = np.exp(np.log(lot.choice([1.0, 1.0, 1.5, 2.0], (kabupaten, 1))) * at / 365)
        weekdays = (WEEKDAYS / WEEKDAYS.mean())[at % 7]
        self.mean = (size[:, None] * rate)[:, :, None] * season[None] * growth[:, None] * weekdays
        several = (kabupaten, len(SIGNALS), 1)
        self.extra = (
            lot.choice([0.0, 0.0, 0.5, 1.5], several)
            if clumped
            else self.mean * lot.choice([0.0, 0.0, 0.3, 1.0], several)
        )
        self.counts = self._drawn(self.mean, self.extra)

    def _drawn(self, mean: Floats, extra: Floats) -> Floats:
        """Return counts with variance (1 + extra) x mean: Poisson, or negative binomial."""
        shape = mean / np.where(extra > 0, extra, 1.0)
        rate = np.where(extra > 0, self.lot.gamma(np.maximum(shape, 1e-12)) * extra, mean)
        return self.lot.poisson(rate).astype(np.float64)

    def outbreaks(self, each: int, first: int) -> list[Outbreak]:
        """Return ``each`` outbreaks of every size and length, from ``first`` on, three weeks apart in one province."""
        used: dict[tuple[str, str], list[int]] = {}
        made = []
        for size in SIZES * each:
            for length in LENGTHS:
                while True:
                    signal = SIGNALS[self.lot.integers(len(SIGNALS))]
                    places = self.provinces if size[0] == "x" else self.regencies
                    region = places[self.lot.integers(len(places))]
                    start = int(self.lot.integers(first, DAYS - length - FOUND_WITHIN))
                    others = used.setdefault((region[:2], signal), [])
                    if all(abs(start - other) > 21 for other in others):
                        others.append(start)
                        break
                made.append(Outbreak(region, signal, size, start, length))
        return made

    def with_outbreaks(self, outbreaks: list[Outbreak]) -> Floats:
        """Return the counts with what the outbreaks add."""
        counts = self.counts.copy()
        for one in outbreaks:
            signal = SIGNALS.index(one.signal)
            if one.size[0] == "x":
                rows = [row for row, code in enumerate(self.regencies) if code.startswith(one.region + ".")]
                days = slice(one.start, one.start + one.length)
                counts[rows, signal, days] += self.lot.poisson(self.mean[rows, signal, days] * (int(one.size[1:]) - 1))
            else:
                days_of = self.lot.integers(one.start, one.start + one.length, int(one.size[1:]))
                np.add.at(counts, (self.regencies.index(one.region), signal, days_of), 1.0)
        return counts

    def series(self, counts: Floats) -> tuple[list[Key], Floats]:
        """Return every series that is looked at: kabupaten and provinces, per signal and all together."""
        by_province = np.stack(
            [
                counts[[row for row, code in enumerate(self.regencies) if code[:2] == name]].sum(axis=0)
                for name in self.provinces
            ]
        )
        every = np.concatenate([counts, by_province])
        whole = np.concatenate([every, every.sum(axis=1, keepdims=True)], axis=1)
        return self.keys, whole.reshape(-1, DAYS)


class Members(Mapping[Key, Any]):
    """The incidents behind a series, made when they are asked for."""

    def __init__(self, country: Country, counts: Floats, first: int) -> None:
        self._country, self._counts, self._first = country, counts, first

    def __getitem__(self, key: Key) -> list[tuple[int, CountedIncident]]:
        rows = [row for row, code in enumerate(self._country.regencies) if code.startswith(key.region)]
        columns = range(len(SIGNALS)) if key.signal is None else [SIGNALS.index(key.signal)]
        found = []
        for row in rows:
            for column in columns:
                for day in np.flatnonzero(
                    self._counts[row, column, self._first + PANEL_DAYS - 7 : self._first + PANEL_DAYS]
                ):
                    number = self._first + PANEL_DAYS - 7 + int(day)
                    found.extend(
                        (number - self._first, self._incident(row, column, number, index))
                        for index in range(int(self._counts[row, column, number]))
                    )
        return found

    def _incident(self, row: int, column: int, day: int, index: int) -> CountedIncident:
        code = self._country.regencies[row]
        number = ((row * len(SIGNALS) + column) * DAYS + day) * 1000 + index
        at = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=day)
        return CountedIncident(number, at, at, 2, Modality.KEJADIAN, (SIGNALS[column],), (code[:2], code))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._country.keys)

    def __len__(self) -> int:
        return len(self._country.keys)


@dataclass(frozen=True)
class Alarm:
    """An alarm as it is raised: where, of what, and on which day."""

    region: str
    signal: str | None
    day: int


def raised(country: Country, counts: Floats, first: int) -> list[Alarm]:
    """Return our alarms, looked for at the end of every day from ``first`` on."""
    keys, series = country.series(counts)
    groups = np.tile(np.arange(len(SIGNALS) + 1), len(keys) // (len(SIGNALS) + 1))
    exposure = np.ones((len(keys), PANEL_DAYS))
    alarms: list[Alarm] = []
    kept: dict[int, EarlyWarning] = {}
    for day in range(first, DAYS):
        begin = day - PANEL_DAYS + 1
        days = tuple(FIRST + timedelta(days=begin + number) for number in range(PANEL_DAYS))
        weekdays = np.array([one.weekday() for one in days])
        panel = Panel(
            tuple(keys), days, series[:, begin : day + 1], exposure, weekdays, groups, Members(country, counts, begin)
        )
        now = datetime.combine(days[-1], datetime.max.time(), UTC)
        alive = [one for one in kept.values() if one.ended_at is None or now - one.ended_at < REOPENED_WITHIN]
        behind = {number for one in alive for number in one.incident_ids}
        own = {Key(one.region, one.signal) for one in alive}
        changes = carried(alive, chosen(list(candidates_over_days(panel)), behind, own), now)
        for one in (*changes.updated, *changes.ended):
            kept[one.id] = one
        for one in changes.raised:
            number = len(kept) + 1
            kept[number] = replace(one, id=number)
            alarms.append(Alarm(one.region, one.signal, day))
    return alarms


def plain(country: Country, counts: Floats, first: int, rule: str, least: int = 0) -> list[Alarm]:
    """Return the alarms of a rule that takes each series alone, from ``first`` on."""
    keys, series = country.series(counts)
    rules = {"3 sigma": ears.three_sigma, "EARS C1": ears.c1, "EARS C2": ears.c2, "EARS C3": ears.c3}
    begin = first - 40
    flags = rules[rule](series[:, begin:])[:, first - begin :] & (series[:, first:] >= least)
    alarms = []
    for row in np.flatnonzero(flags.any(axis=1)):
        last = -10
        for day in np.flatnonzero(flags[row]):
            if day - last > FOUND_WITHIN + 1:
                alarms.append(Alarm(keys[row].region, keys[row].signal, first + int(day)))
            last = int(day)
    return alarms


METHODS = ("Kentongan", "3 sigma", "EARS C1", "EARS C2", "EARS C3", "3 sigma, >= 3", "EARS C2, >= 3")


def alarms_of(method: str, country: Country, counts: Floats, first: int) -> list[Alarm]:
    """Return the alarms of one of `METHODS`."""
    if method == "Kentongan":
        return raised(country, counts, first)
    rule, _, least = method.partition(", >= ")
    return plain(country, counts, first, rule, int(least or 0))


@dataclass
class Result:
    """What one method did: outbreaks by size and length with the delay in days (None: missed), false alarms."""

    delays: dict[tuple[str, int], list[int | None]]
    chance: dict[str, list[bool]]
    false: int = 0
    region_weeks: float = 0.0

    @property
    def false_rate(self) -> float:
        """False alarms per region and week."""
        return self.false / self.region_weeks

    def sensitivity(self, size: str, length: int | None = None) -> float:
        """Share of outbreaks of a size (and length) that were found."""
        found = [
            delay for key, some in self.delays.items() if key[0] == size and length in {None, key[1]} for delay in some
        ]
        return sum(delay is not None for delay in found) / len(found)

    def by_chance(self, size: str) -> float:
        """Share of the same places and days at which there is an alarm although no outbreak was put in."""
        return sum(self.chance[size]) / len(self.chance[size])

    def delay(self, size: str) -> float:
        """Mean days from the start of an outbreak to its alarm, of those that were found; NaN where none was."""
        found = [delay for key, some in self.delays.items() if key[0] == size for delay in some if delay is not None]
        return float(np.mean(found)) if found else float("nan")


def simulate(
    kabupaten: int,
    runs: int,
    seed: int,
    weeks: int,
    each: int,
    *,
    clumped: bool = False,
    methods: Sequence[str] = METHODS,
) -> dict[str, Result]:
    """Return the results of all methods, over ``runs`` countries with ``each`` outbreaks per size and length."""
    results = {
        name: Result({(size, length): [] for size in SIZES for length in LENGTHS}, {size: [] for size in SIZES})
        for name in methods
    }
    first = DAYS - 7 * weeks
    for run in range(runs):
        country = Country(kabupaten, seed + run, clumped=clumped)
        outbreaks = country.outbreaks(each, first)
        counts = country.with_outbreaks(outbreaks)
        regions = len(country.regencies) + len(country.provinces)
        for name, result in results.items():
            idle = alarms_of(name, country, country.counts, first)
            result.false += len(idle)
            result.region_weeks += regions * weeks
            alarms = alarms_of(name, country, counts, first)
            for one in outbreaks:
                days = [
                    alarm.day - one.start for alarm in alarms if one.found_by(alarm.region, alarm.signal, alarm.day)
                ]
                result.delays[one.size, one.length].append(min(days, default=None))
                result.chance[one.size].append(
                    any(one.found_by(alarm.region, alarm.signal, alarm.day) for alarm in idle)
                )
    return results


def table(results: dict[str, Result]) -> str:
    """Return the results as Markdown: false alarms, then share found, share by chance and mean delay by size."""
    lines = [
        "| method | false alarms per region-week | " + " | ".join(f"{size}" for size in SIZES) + " |",
        "|---|---|" + "---|" * len(SIZES),
    ]
    for name, result in results.items():
        cells = [
            f"{result.sensitivity(size):.0%} ({result.by_chance(size):.0%}; {result.delay(size):.1f} d)"
            for size in SIZES
        ]
        lines.append(f"| {name} | {result.false_rate:.4f} | " + " | ".join(cells) + " |")
    lines += ["", "| Kentongan, by length | " + " | ".join(SIZES) + " |", "|---|" + "---|" * len(SIZES)]
    for length in LENGTHS:
        cells = [f"{results['Kentongan'].sensitivity(size, length):.0%}" for size in SIZES]
        lines.append(f"| {length} day{'s' * (length > 1)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kabupaten", type=int, default=500)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--each", type=int, default=8, help="outbreaks of each size and length, per run")
    parser.add_argument("--clumped", action="store_true", help="incidents come in clumps by nature")
    given = parser.parse_args()
    started = time.perf_counter()
    results = simulate(given.kabupaten, given.runs, given.seed, given.weeks, given.each, clumped=given.clumped)
    print(table(results))
    outbreaks = sum(map(len, results["Kentongan"].delays.values()))
    print(
        f"\n{given.runs} x {given.kabupaten} kabupaten, {given.weeks} weeks looked at daily, {outbreaks} outbreaks, "
        f"{time.perf_counter() - started:.0f} s"
    )


if __name__ == "__main__":
    main()
