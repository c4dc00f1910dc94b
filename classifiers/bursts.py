"""Bursts: more incidents of a signal in a region, in days or hours, than its own past lets expect.

Every series (`classifiers.series`) is tested over windows that end now: 1, 2, 3, 5 and 7 days against a quasi-Poisson
model of its past (`classifiers.expectation`), 1 to 12 hours against the same model spread over the hours of a day. Over
many windows at once this is the temporal scan of M. Kulldorff, "Prospective time periodic geographical disease
surveillance using a scan statistic", J. R. Stat. Soc. A 164 (2001), 61-72, restricted to windows that are still alive.
False discoveries are controlled over all series and windows of one kind together (`classifiers.discoveries`): provinces
and kabupaten/kota, single signals and all of them, are four kinds, because a hundred quiet kabupaten must not drown a
province; separate classes as in B. Efron, "Simultaneous inference: when should hypothesis testing problems be
combined?", Annals of Applied Statistics 2 (2008), 197-223.

One event shows in four series: its kabupaten and province, its signal and all of them. The narrowest is raised, unless
several of one kind stand out within a wider one, which then speaks for all of them; and another only if what it counts
besides stands out by itself (secondary clusters adjusted for the first: Z. Zhang, R. Assuncao,
M. Kulldorff, "Spatial scan statistics adjusted for multiple clusters", J. Probability and Statistics 2010, 642379).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from classifiers import ears
from classifiers.discoveries import q_values
from classifiers.expectation import LEAST_HISTORY, Expectation, expect, upper_tail
from classifiers.series import HOUR, Key, day_begins, local_day
from classifiers.stages import zone_of
from classifiers.standing import Finding, gravest_first
from data.gazetteer import PROVINCE
from data.watching import Scale, WarningKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from classifiers.series import Panel
    from data.watching import CountedIncident

    Floats = NDArray[np.float64]

DAY_WINDOWS: Final = (1, 2, 3, 5, 7)
HOUR_WINDOWS: Final = (1, 2, 3, 6, 12)
PANEL_DAYS: Final = 91
"""Days that a panel should hold: twelve weeks of past and the week that is tested."""

DAY_RATE: Final = 0.05
"""Share of false bursts among those raised that a look over days may reach. Chosen on the simulation
(``docs/early-warning.md``): with it one false episode is raised per several hundred region-weeks."""

HOUR_RATE: Final = 0.01
"""The same for a look over hours: there are twenty-four of them a day."""

LEAST_OBSERVED: Final = 3
"""Incidents that a burst has at least: one is an incident, two are a coincidence."""

EARS_DAYS: Final = 14
"""Days that C3 looks at: three, with two between and seven of past, and two more for the days left out."""

SEVERAL: Final = 4
"""Kabupaten of a province with one signal, or signals of one region, that stand out at once and are raised as one: on a
polling day a desk wants to read that the province burns, not twenty lines."""

LEAST_RATIO: Final = 1.5
"""Times the expected count: in a province with hundreds of incidents a week chance is excluded long before anybody
would call it a burst."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window of one series that stands out, and what is needed to judge what is left of it without some incidents."""

    key: Key
    scale: Scale
    length: int
    mean: float
    dispersion: float
    log_variance: float
    p_value: float
    q_value: float
    limit: float
    expected: tuple[tuple[datetime, datetime, float], ...]
    incidents: tuple[tuple[int, CountedIncident], ...]
    rules: tuple[str, ...]


def find_bursts(
    days: Panel, hours: Panel, now: datetime, taken: Collection[int] = (), own: Collection[Key] = ()
) -> list[Finding]:
    """Return the bursts that stand out now, the clearest first.

    ``days`` counts incidents by the day they belong to, ``hours`` by the day they became known (its members by
    ``known_at``), both over `PANEL_DAYS`. ``taken`` are incidents behind warnings that stand already: a series is
    raised only for what it has besides, unless it is one of ``own``, the series of those very warnings.
    """
    found = [*candidates_over_days(days), *candidates_over_hours(hours, now)]
    return chosen(found, set(taken), set(own))


def chosen(candidates: Sequence[Candidate], taken: set[int], own: set[Key]) -> list[Finding]:
    """Return the candidates that say something which no narrower one has said, as findings, the clearest first."""
    raised = []
    seen: set[Key] = set()
    gone = set(taken)
    wide = _gathering({one.key for one in candidates})

    def rank(one: Candidate) -> tuple[bool, bool, int, float, str, str]:
        # Those that are standing already come first: what is behind them is theirs. Then those that speak for several,
        # the widest first, then the narrowest.
        width = 2 * (len(one.key.region) == PROVINCE) + (one.key.signal is None)
        gathers = one.key in wide
        place = -width if gathers else width
        return one.key not in own, not gathers, place, one.p_value, one.key.region, one.key.signal or ""

    for one in sorted(candidates, key=rank):
        if one.key in seen:
            continue
        left = [pair for pair in one.incidents if one.key in own or pair[1].id not in gone]
        if not _stands_out(one, len(left)):
            continue
        seen.add(one.key)
        finding = _finding(one, left)
        gone |= set(finding.incident_ids)
        raised.append(finding)
    return sorted(raised, key=lambda finding: (finding.p_value, finding.region, finding.signal or ""))


def _gathering(keys: set[Key]) -> set[Key]:
    """Return those keys within which `SEVERAL` of the next narrower kind stand out too."""
    regions, signals = Counter[Key](), Counter[Key]()
    for key in keys:
        province = key.region[:PROVINCE]
        if key.region != province:
            regions[Key(province, key.signal)] += 1
        if key.signal is not None:
            signals[Key(key.region, None)] += 1
    return {key for key in keys if max(regions[key], signals[key]) >= SEVERAL}


def _stands_out(one: Candidate, observed: int) -> bool:
    if observed < LEAST_OBSERVED or observed < LEAST_RATIO * one.mean:
        return False
    return _tail(one, observed, one.mean) <= one.limit


def _tail(one: Candidate, observed: int, mean: float) -> float:
    values = (np.array([value]) for value in (float(observed), mean, one.dispersion, one.log_variance))
    return float(upper_tail(*values)[0])


def _finding(one: Candidate, left: Sequence[tuple[int, CountedIncident]]) -> Finding:
    """Return the burst from its first to its last part in excess; quiet days at a window's ends are no part of it."""
    counts = [sum(part == number for part, _ in left) for number in range(len(one.expected))]
    high = [number for number, count in enumerate(counts) if count > one.expected[number][2]]
    first, last = (high[0], high[-1]) if high else (0, len(counts) - 1)
    inside = [incident for part, incident in left if first <= part <= last]
    mean = sum(part[2] for part in one.expected[first : last + 1])
    start, end = one.expected[first][0], one.expected[last][1]
    if one.scale is Scale.JAM and inside:
        # Whole hours of the clock: a window that ends now would begin anew with every look.
        known = [incident.known_at for incident in inside]
        start, end = _full_hour(min(known)), _full_hour(max(known)) + HOUR
    return Finding(
        kind=WarningKind.LONJAKAN,
        signal=one.key.signal,
        region=one.key.region,
        scale=one.scale,
        start=start,
        end=end,
        observed=len(inside),
        expected=mean,
        p_value=_tail(one, len(inside), mean),
        q_value=one.q_value,
        method="+".join(one.rules),
        incident_ids=gravest_first(inside),
    )


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def candidates_over_days(panel: Panel) -> Iterator[Candidate]:
    """Yield for each series that stands out over days its clearest window; ``panel`` holds `PANEL_DAYS`."""
    if not panel.keys:
        return
    model = expect(panel.counts, panel.exposure, panel.weekdays, panel.groups, DAY_WINDOWS)
    observed = np.stack([panel.counts[:, -length:].sum(axis=1) for length in DAY_WINDOWS], axis=1)
    mean = np.stack([model.mean[:, -length:].sum(axis=1) for length in DAY_WINDOWS], axis=1)
    p = np.stack(
        [model.p_values(observed[:, at], mean[:, at], length) for at, length in enumerate(DAY_WINDOWS)], axis=1
    )
    flags = {
        name: rule(panel.counts[:, -EARS_DAYS:])[:, -1]
        for name, rule in (("c1", ears.c1), ("c2", ears.c2), ("c3", ears.c3))
    }
    for row, at, q, limit in _discovered(panel, model, p, observed, mean, DAY_RATE):
        length, key = DAY_WINDOWS[at], panel.keys[row]
        first = len(panel.days) - length
        yield Candidate(
            key=key,
            scale=Scale.HARI,
            length=length,
            mean=float(mean[row, at]),
            dispersion=float(model.dispersion[length][row]),
            log_variance=float(model.log_variance[row]),
            p_value=float(p[row, at]),
            q_value=q,
            limit=limit,
            expected=tuple(
                (day_begins(day, key.region), day_begins(day + timedelta(days=1), key.region), float(value))
                for day, value in zip(panel.days[first:], model.mean[row, first:], strict=True)
            ),
            incidents=tuple((day - first, one) for day, one in panel.members.get(key, ()) if day >= first),
            rules=(f"nb-{length}-hari", *(name for name, flag in flags.items() if flag[row])),
        )


def candidates_over_hours(panel: Panel, now: datetime) -> Iterator[Candidate]:
    """Yield windows of the last hours; a day's mean is spread over its hours as incidents become known over a day."""
    if not panel.keys:
        return
    model = expect(panel.counts, panel.exposure, panel.weekdays, panel.groups, (1,))
    longest = max(HOUR_WINDOWS)
    ends = [now - HOUR * back for back in range(longest)]
    profile = _profile(panel)
    by_zone = {
        zone: _hour_means(model.mean, ends, zone, panel, profile)
        for zone in {key.region[:PROVINCE] for key in panel.keys}
    }
    hourly = np.stack([by_zone[key.region[:PROVINCE]][row] for row, key in enumerate(panel.keys)])
    counts = np.zeros((len(panel.keys), longest))
    recent: dict[Key, list[tuple[int, CountedIncident]]] = {}
    busy = panel.counts[:, -2:].sum(axis=1) > 0
    for row, key in enumerate(panel.keys):
        for day, one in panel.members.get(key, ()) if busy[row] else ():
            back = int((now - one.known_at) / HOUR) if day >= len(panel.days) - 2 and one.known_at <= now else -1
            if 0 <= back < longest:
                counts[row, back] += 1
                recent.setdefault(key, []).append((back, one))
    observed = np.stack([counts[:, :length].sum(axis=1) for length in HOUR_WINDOWS], axis=1)
    mean = np.stack([hourly[:, :length].sum(axis=1) for length in HOUR_WINDOWS], axis=1)
    p = np.stack([model.p_values(observed[:, at], mean[:, at], 1) for at in range(len(HOUR_WINDOWS))], axis=1)
    for row, at, q, limit in _discovered(panel, model, p, observed, mean, HOUR_RATE):
        length, key = HOUR_WINDOWS[at], panel.keys[row]
        yield Candidate(
            key=key,
            scale=Scale.JAM,
            length=length,
            mean=float(mean[row, at]),
            dispersion=float(model.dispersion[1][row]),
            log_variance=float(model.log_variance[row]),
            p_value=float(p[row, at]),
            q_value=q,
            limit=limit,
            expected=tuple(
                (now - HOUR * (back + 1), now - HOUR * back, float(hourly[row, back]))
                for back in reversed(range(length))
            ),
            incidents=tuple((length - 1 - back, one) for back, one in recent[key] if back < length),
            rules=(f"nb-{length}-jam",),
        )


def _discovered(
    panel: Panel, model: Expectation, p: Floats, observed: Floats, mean: Floats, rate: float
) -> Iterator[tuple[int, int, float, float]]:
    """Yield (row, window, q-value, p-value below which its class is raised) of each series' clearest window."""
    kinds = np.array([2 * (len(key.region) == PROVINCE) + (key.signal is None) for key in panel.keys])
    tested = model.history >= LEAST_HISTORY
    enough = (observed >= LEAST_OBSERVED) & (observed >= LEAST_RATIO * mean)
    for kind in range(4):
        rows = np.flatnonzero((kinds == kind) & tested)
        if not rows.size:
            continue
        q = q_values(p[rows])
        raised = q <= rate
        if not raised.any():
            continue
        limit = float(p[rows][raised].max())
        good = raised & enough[rows]
        for number in np.flatnonzero(good.any(axis=1)):
            at = int(np.where(good[number], p[rows[number]], 2.0).argmin())
            yield int(rows[number]), at, float(q[number, at]), limit


def _profile(panel: Panel) -> Floats:
    """Return the share of a day's incidents that become known in each local hour (24); even where little is known."""
    counts = np.full(24, 10.0)
    for key, members in panel.members.items():
        if key.signal is None and len(key.region) == PROVINCE:
            for _, one in members:
                counts[one.known_at.astimezone(zone_of([key.region])).hour] += 1
    return np.asarray(counts / counts.sum())


def _hour_means(mean: Floats, ends: Sequence[datetime], province: str, panel: Panel, profile: Floats) -> Floats:
    """Return what each series should have in the hour before each of ``ends``, for the zone of a province."""
    zone = zone_of([province])
    columns = []
    for end in ends:
        middle = end - HOUR / 2
        day = len(panel.days) - 1 - (panel.days[-1] - local_day(middle, province)).days
        columns.append(mean[:, min(day, len(panel.days) - 1)] * profile[middle.astimezone(zone).hour])
    return np.stack(columns, axis=1)
