"""Rising precursors: threats and allegations that build up in a kabupaten/kota before a stage of the election begins.

Per kabupaten/kota and signal the last week is held against the four weeks before it. Two tests must both agree (an
intersection-union test: R. L. Berger, Technometrics 24 (1982), 295-300): the comparison of two Poisson rates given
their sum (J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31
(1940), 313-323), and the score test for a trend of Poisson counts over the five weeks (D. R. Cox, P. A. W. Lewis, "The
statistical analysis of series of events", 1966, section 3.3). What grew must have grown over three weeks. False
discoveries are controlled over all of them with weights that favour a near stage (C. R. Genovese, K. Roeder, L.
Wasserman, "False discovery control with p-value weighting", Biometrika 93 (2006), 509-524).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betainc, ndtr

from classifiers.discoveries import q_values
from classifiers.region_picture import stage_name
from classifiers.series import day_begins, local_day
from classifiers.standing import Finding, gravest_first
from data.gazetteer import KABKOTA
from data.records import Modality
from data.watching import Scale, WarningKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from numpy.typing import NDArray

    from classifiers.series import Key, Panel
    from classifiers.stages import Calendar, Stage
    from data.watching import CountedIncident

    Floats = NDArray[np.float64]

PRECURSORS: Final = frozenset({Modality.ANCAMAN_POTENSI, Modality.DUGAAN})
PANEL_DAYS: Final = 35
WEEKS: Final = 5
GROWING_WEEKS: Final = 3
AHEAD: Final = timedelta(days=30)
"""How far ahead a stage is looked for: what builds up earlier has time to be seen as a burst or to pass."""

RATE: Final = 0.10
LEAST_OBSERVED: Final = 4
"""Threats or allegations of the last week; fewer are a topic, not a build-up."""

LEAST_TOTAL: Final = 8
"""Threats or allegations of the five weeks together from which a series is tested.

Both tests are made given that sum, so choosing by it leaves them valid (independent filtering: R. Bourgon and others,
PNAS 107 (2010), 9546-9551), and what could never stand out takes nothing from what could."""

LEAST_RATIO: Final = 2.0
NEAR_DAYS: Final = 7.0
"""Days before a stage at which a test weighs half of what it weighs on the eve."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next stage of a kabupaten/kota and the days until it begins."""

    stage: Stage
    days: int

    @property
    def weight(self) -> float:
        """How much the test of it may spend of the false discoveries, before weights are set to 1 on average."""
        return 1.0 / (1.0 + self.days / NEAR_DAYS)


def is_precursor(incident: CountedIncident) -> bool:
    """Return whether an incident is a threat or an allegation with something in it."""
    return incident.modality in PRECURSORS and incident.severity > 0


def next_stage(calendar: Calendar, region: str, today: date) -> Ahead | None:
    """Return the stage that begins next in a region, within `AHEAD`; of several on a day the first listed."""
    coming = [
        Ahead(stage, (stage.first - today).days)
        for stage in calendar.stages
        if stage.holds_in([region]) and today < stage.first <= today + AHEAD
    ]
    return min(coming, key=lambda one: one.days, default=None)


def find_precursors(
    panel: Panel, calendar: Calendar, now: datetime, taken: Collection[int] = (), own: Collection[Key] = ()
) -> list[Finding]:
    """Return the build-ups that stand out now, the clearest first.

    ``panel`` holds the counts of precursors (`is_precursor`) by the day they became known over `PANEL_DAYS`. ``taken``
    and ``own`` as in `classifiers.bursts.find_bursts`. Regions without a stage ahead, provinces, and what was not
    covered for all five weeks are not tested.
    """
    stages: dict[str, Ahead | None] = {}
    rows = []
    for row, key in enumerate(panel.keys):
        if len(key.region) != KABKOTA or not (panel.exposure[row, -PANEL_DAYS:] > 0).all():
            continue
        if key.region not in stages:
            stages[key.region] = next_stage(calendar, key.region, local_day(now, key.region))
        if stages[key.region] is not None:
            rows.append(row)
    if not rows:
        return []
    at = np.array(rows)
    weekly = panel.counts[at, -PANEL_DAYS:].reshape(len(rows), WEEKS, 7).sum(axis=2)
    read = panel.exposure[at, -PANEL_DAYS:].reshape(len(rows), WEEKS, 7).sum(axis=2)
    enough = weekly.sum(axis=1) >= LEAST_TOTAL
    if not enough.any():
        return []
    at, weekly, read = at[enough], weekly[enough], read[enough]
    rows = at.tolist()
    p = p_values(weekly, read)
    weights = np.array([_weight(stages[panel.keys[row].region]) for row in rows])
    weights /= weights.mean()
    weighted = np.minimum(p / weights, 1.0)
    q = q_values(weighted)
    limit = float(weighted[q <= RATE].max(initial=0.0))
    found, gone = [], set(taken)
    order = sorted(range(len(rows)), key=lambda one: (panel.keys[rows[one]] not in own, weighted[one], one))
    for one in order:
        key, ahead = panel.keys[rows[one]], stages[panel.keys[rows[one]].region]
        if q[one] > RATE or ahead is None:
            continue
        mine = [incident for day, incident in panel.members.get(key, ()) if day >= len(panel.days) - 7]
        left = mine if key in own else [incident for incident in mine if incident.id not in gone]
        counts = weekly[one].copy()
        counts[-1] = len(left)
        rate = float(p_values(counts[None, :], read[one][None, :])[0])
        if not grown(counts, read[one]) or rate / weights[one] > limit:
            continue
        expected = float(counts[:-1].sum() * read[one][-1] / read[one][:-1].sum())
        found.append(_finding(key, panel, left, counts, expected, rate, float(q[one]), ahead))
        gone |= {incident.id for incident in left}
    return found


def p_values(weekly: Floats, read: Floats) -> Floats:
    """Return for each row of weekly counts the larger p-value of the two tests, the last week against those before.

    ``read`` (same shape) is how much was read in each week: what growth of reading explains is no growth. 1 where the
    last week has nothing.
    """
    last, before = weekly[:, -1], weekly[:, :-1].sum(axis=1)
    total = last + before
    share = read[:, -1] / read.sum(axis=1)
    # Of all incidents, as many or more fall into the last week: the upper tail of a binomial.
    rates = np.where(last > 0, betainc(np.maximum(last, 1.0), before + 1.0, share), 1.0)
    weights = read / read.sum(axis=1, keepdims=True)
    time = np.arange(weekly.shape[1], dtype=np.float64)
    middle = (weights * time).sum(axis=1)
    spread = np.maximum((weights * (time - middle[:, None]) ** 2).sum(axis=1), 1e-12)
    score = (weekly * (time - middle[:, None])).sum(axis=1)
    trend = ndtr(-score / np.sqrt(np.maximum(total, 1.0) * spread))
    return np.asarray(np.maximum(rates, np.where(total > 0, trend, 1.0)))


def grown(weekly: Floats, read: Floats) -> bool:
    """Return whether the last week is enough, twice what was usual, and the end of three weeks without a fall."""
    rates = weekly / read
    usual = weekly[:-1].sum() / read[:-1].sum()
    rising = bool((np.diff(rates[-GROWING_WEEKS:]) >= 0).all()) and rates[-1] > rates[-GROWING_WEEKS]
    return bool(weekly[-1] >= LEAST_OBSERVED and rates[-1] >= LEAST_RATIO * usual and rising)


def _weight(ahead: Ahead | None) -> float:
    return 0.0 if ahead is None else ahead.weight


def _finding(
    key: Key,
    panel: Panel,
    left: Iterable[CountedIncident],
    weekly: Floats,
    expected: float,
    p_value: float,
    q_value: float,
    ahead: Ahead,
) -> Finding:
    weeks = ", ".join(f"{count:.0f}" for count in weekly[-GROWING_WEEKS:])
    return Finding(
        kind=WarningKind.PRAKURSOR,
        signal=key.signal,
        region=key.region,
        scale=Scale.HARI,
        start=day_begins(panel.days[-7], key.region),
        end=day_begins(panel.days[-1] + timedelta(days=1), key.region),
        observed=int(weekly[-1]),
        expected=expected,
        p_value=p_value,
        q_value=q_value,
        method="laju-dua-poisson+tren-5-pekan",
        incident_ids=gravest_first(left),
        note=f"H-{ahead.days} {stage_name(ahead.stage)}; ancaman dan dugaan per pekan: {weeks}",
    )
