"""Whether what comes in, what the model says, or what the desk corrects is no longer as it was: with few false alarms.

Each measure is a table of counts: weeks of the reference by bins, and the recent week. Two things are asked of it, and
an alarm needs both:

- *Is it chance?* The recent week is asked, and the last four together, which finds what is smaller and lasts. Pearson's
  chi-square of either against the reference, divided by how much the reference's own weeks differ from one another
  beyond chance, is an F test (quasi-likelihood, McCullagh & Nelder 1989, section 4.5): news comes in bursts and copies,
  so that plain counts always "differ significantly". All measures of a look are corrected together (Benjamini &
  Hochberg 1995).
- *Does it matter?* The population stability index (Siddiqi 2006: 0.1 is worth a look, 0.25 is another population) less
  what chance alone would give (Yurdakul & Naranjo 2020: about (bins - 1)(1/n + 1/m)); for a rate, the ratio of both.

Election calendars change the news rightly: the reference is taken from weeks of the same stage where enough are there;
where not, inputs and scores raise no alarm, and the look says that the stage changed. Neither does what a model says
while a new one has judged the recent week and not yet the reference. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from data.records import DriftFinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.float64]

FALSE_ALARMS: Final = 0.002
"""Chance of any alarm in a look at news that has not changed, were the model of bursts exact. Simulated with copies of
2 to 3 and shares that wander from week to week (1,500 looks each at six settings, as in tests/models/test_drift.py) it
was 0 to 7 in 1,000 looks; at 0.005 up to 18."""

LEAST_PSI: Final = 0.1
LEAST_RATIO: Final = 1.5
"""A rate that is half as high again, or two thirds: a desk would notice the work."""

WEEKS: Final = 12
"""Weeks of the reference: a season, and eleven degrees of freedom for how much weeks differ."""

GAP: Final = 4
"""Weeks left out between the reference and the recent one, where there are enough: what changed three weeks ago would
else hide itself in the reference, and what changes slowly would never be seen."""

MONTH: Final = 4
"""Weeks that are also looked at together."""

LEAST_WEEKS: Final = 6
"""With fewer weeks nothing is known of how they differ."""

LEAST_RECENT: Final = 50
"""Articles (or reviews) of the recent week under which a measure is not tested."""

LEAST_EXPECTED: Final = 5.0
"""Count, expected or found, under which a bin joins its neighbour: where chi-square holds (Cochran 1954)."""

NO_CHANGE: Final = "belum cukup data"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is watched: ``reference`` counts by week and bin, ``recent`` by bin; ``bins`` name the columns.

    ``month`` are the counts of the last four weeks, the recent one among them; None where the reference reaches into
    them.
    A ``rasio`` has two bins, the second one being what is counted. ``ordered`` bins join their neighbours where they
    are thin, others a rest. ``other_judge`` says that other versions judged the reference than the recent week: what
    differs then may be the judge and not the news, and is no alarm.
    """

    name: str
    kind: Literal["masukan", "skor", "label"]
    unit: Literal["psi", "rasio"]
    bins: tuple[str, ...]
    reference: Counts
    recent: Counts
    ordered: bool = True
    month: Counts | None = None
    other_judge: bool = False


@dataclass(frozen=True, slots=True)
class Tested:
    """A measure's ``p_value`` (None: too little to test) and ``effect``, in the measure's unit."""

    p_value: float | None
    effect: float


@dataclass(frozen=True, slots=True)
class Windows:
    """Which weeks are looked at, by index among those before the recent one, the latest first.

    ``month`` are the three that make a month with the recent one, () where they are too few to be spared;
    ``reference`` what both are held against; ``changed`` says that it is of another stage.
    """

    month: tuple[int, ...]
    reference: tuple[int, ...]
    changed: bool


def windows(stages: Sequence[str | None], recent: str | None) -> Windows:
    """Return the weeks that a look is made of; ``stages`` are those of the weeks before, the latest first.

    `WEEKS` of the same stage are taken, or of any where there are fewer than `LEAST_WEEKS` of it; the latest `GAP` are
    left out of the reference as far as enough remain.
    """
    same = [index for index, stage in enumerate(stages) if stage == recent]
    chosen = same if len(same) >= LEAST_WEEKS else list(range(len(stages)))
    gap = min(GAP, max(0, len(chosen) - LEAST_WEEKS))
    reference = chosen[gap : gap + WEEKS]
    month = chosen[: MONTH - 1] if gap >= MONTH - 1 else []
    return Windows(tuple(month), tuple(reference), any(stages[index] != recent for index in reference))


def findings(measures: Sequence[Measure], *, stage_changed: bool = False) -> tuple[DriftFinding, ...]:
    """Return how each measure stands, tested together: the recent week's, then, as ``NAME_sebulan``, the month's."""
    months = [
        replace(measure, name=f"{measure.name}_sebulan", recent=measure.month)
        for measure in measures
        if measure.month is not None
    ]
    thick = [joined(measure) for measure in [*measures, *months]]
    tested = [compare(measure) for measure in thick]
    passed = benjamini_hochberg([one.p_value for one in tested], FALSE_ALARMS)
    return tuple(
        _finding(measure, one, real, stage_changed) for measure, one, real in zip(thick, tested, passed, strict=True)
    )


def compare(measure: Measure) -> Tested:
    """Return whether the recent counts differ by more than weeks do, and by how much."""
    reference, recent = measure.reference, measure.recent
    weeks = reference[reference.sum(axis=1) > 0]
    before, now = float(weeks.sum()), float(recent.sum())
    effect = 1.0 if measure.unit == "rasio" else 0.0
    if not before or not now:
        return Tested(None, effect)
    bins = len(measure.bins)
    spread = dispersion(weeks)
    effect = _ratio(weeks.sum(axis=0), recent) if measure.unit == "rasio" else 0.0
    if measure.unit == "psi":
        chance = (bins - 1) * (1 / before + 1 / now) * spread
        effect = max(0.0, psi(weeks.sum(axis=0), recent) - chance)
    if len(weeks) < LEAST_WEEKS or now < LEAST_RECENT or bins < 2:
        return Tested(None, effect)
    from scipy.stats import f

    found = _chi_square(np.vstack([weeks.sum(axis=0), recent])) / (bins - 1) / spread
    return Tested(float(f.sf(found, bins - 1, (len(weeks) - 1) * (bins - 1))), effect)


def dispersion(weeks: Counts) -> float:
    """Return by how much weeks differ from one another: 1 where only by chance, never less."""
    columns = int((weeks.sum(axis=0) > 0).sum())
    free = (len(weeks) - 1) * (columns - 1)
    return max(1.0, _chi_square(weeks) / free) if free > 0 else 1.0


def psi(reference: Counts, recent: Counts) -> float:
    """Return the population stability index of two rows of counts; half a count in each bin keeps it finite."""
    size = len(reference)
    expected = (reference + 0.5) / (reference.sum() + 0.5 * size)
    found = (recent + 0.5) / (recent.sum() + 0.5 * size)
    return float(((found - expected) * np.log(found / expected)).sum())


def benjamini_hochberg(p_values: Sequence[float | None], rate: float) -> list[bool]:
    """Return which hypotheses are refused, so that at most ``rate`` of those refused are refused wrongly."""
    known = sorted((value, index) for index, value in enumerate(p_values) if value is not None)
    last = max((rank for rank, (value, _) in enumerate(known, 1) if value <= rate * rank / len(known)), default=0)
    refused = {index for _, index in known[:last]}
    return [index in refused for index in range(len(p_values))]


def joined(measure: Measure) -> Measure:
    """Return a measure whose bins are thick enough for a test: thin ones join a neighbour, or a rest."""
    whole = measure.reference.sum() + measure.recent.sum()
    share = (measure.reference.sum(axis=0) + measure.recent) / whole if whole else np.zeros(len(measure.bins))
    # What was nowhere before is not expected, yet must not vanish in a rest: it stands by its own count.
    expected = np.maximum(share * measure.recent.sum(), measure.recent)
    if measure.unit == "rasio" or (expected >= LEAST_EXPECTED).all():
        return measure
    if measure.ordered:
        groups: list[list[int]] = [[]]
        for index in range(len(expected)):
            groups[-1].append(index)
            if expected[groups[-1]].sum() >= LEAST_EXPECTED:
                groups.append([])
        rest = groups.pop()
        if rest:
            groups = [*groups[:-1], [*groups[-1], *rest]] if groups else [rest]
    else:
        thick = [[index] for index in range(len(expected)) if expected[index] >= LEAST_EXPECTED]
        rest = [index for index in range(len(expected)) if expected[index] < LEAST_EXPECTED]
        while thick and expected[rest].sum() < LEAST_EXPECTED:
            rest += thick.pop(min(range(len(thick)), key=lambda at: expected[thick[at][0]]))
        groups = [*thick, rest]
    names = tuple(
        measure.bins[group[0]]
        if len(group) == 1
        else f"{measure.bins[group[0]]} … {measure.bins[group[-1]]}"
        if measure.ordered
        else "lain"
        for group in groups
    )
    return replace(
        measure,
        bins=names,
        reference=np.column_stack([measure.reference[:, group].sum(axis=1) for group in groups]),
        recent=np.array([measure.recent[group].sum() for group in groups]),
        month=None,
    )


def _chi_square(table: Counts) -> float:
    """Return Pearson's statistic of a table against rows of the same make-up; empty columns count for nothing."""
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    expected = rows * columns / table.sum()
    filled = expected > 0
    return float((((table - expected) ** 2)[filled] / expected[filled]).sum())


def _ratio(reference: Counts, recent: Counts) -> float:
    rates = [(counts[1] + 0.5) / (counts.sum() + 1) for counts in (reference, recent)]
    return float(rates[1] / rates[0])


def _finding(measure: Measure, tested: Tested, real: bool, stage_changed: bool) -> DriftFinding:
    large = (
        tested.effect >= LEAST_PSI
        if measure.unit == "psi"
        else tested.effect >= LEAST_RATIO or tested.effect <= 1 / LEAST_RATIO
    )
    excused = (stage_changed and measure.kind != "label") or measure.other_judge
    before, now = measure.reference.sum(axis=0), measure.recent
    shares = [counts / counts.sum() if counts.sum() else counts for counts in (before, now)]
    note = ""
    if tested.p_value is None:
        note = NO_CHANGE
    elif real and large:
        at = 1 if measure.unit == "rasio" else int(np.argmax(np.abs(shares[1] - shares[0])))
        note = f"terutama {measure.bins[at]}: {shares[0][at]:.0%} menjadi {shares[1][at]:.0%}"
        note += "; dinilai oleh model atau aturan lain, dapat wajar" if measure.other_judge else ""
        note += "; tahapan berganti, dapat wajar" if excused and not measure.other_judge else ""
    return DriftFinding(
        name=measure.name,
        kind=measure.kind,
        unit=measure.unit,
        effect=round(tested.effect, 4),
        p_value=tested.p_value,
        alarm=real and large and not excused,
        reference=tuple((name, round(float(share), 4)) for name, share in zip(measure.bins, shares[0], strict=True)),
        recent=tuple((name, round(float(share), 4)) for name, share in zip(measure.bins, shares[1], strict=True)),
        n_reference=int(before.sum()),
        n_recent=int(now.sum()),
        note=note,
    )
