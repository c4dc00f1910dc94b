"""How much was missed: from labels of articles that were drawn by lot among those that nobody flagged.

Each drawing is a stratum of its own (its frame holds the articles first judged since the last drawing), and a simple
random sample within it. The number of missed articles is the sum of the labelled ones that should have been flagged,
each weighted by the inverse of its chance of being drawn (Horvitz & Thompson 1952; Särndal, Swensson & Wretman 1992,
section 3.7). The interval is that of Clopper & Pearson with the effective sample size of Korn & Graubard (1998), which
holds where nothing or next to nothing was found: the usual one would then be a point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.measurement import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

TAIL: Final = 0.025
"""Probability beyond each end of the interval."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One drawing: ``drawn`` of ``frame`` unflagged articles; of those ``labelled`` are decided.

    ``missed`` of the decided ones should have been flagged. ``flagged`` articles of the same time were.
    """

    frame: int
    drawn: int
    labelled: int
    missed: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Missed:
    """What was missed among ``covered`` of ``frame`` unflagged articles (drawings without a label are not covered).

    ``share`` is the part of the unflagged that should have been flagged, ``count`` their number. ``recall`` is what
    would have been found if every one of the ``flagged`` were right: the most that recall can be.
    """

    share: Interval
    count: Interval
    recall: Interval
    frame: int
    covered: int
    drawn: int
    labelled: int
    missed: int
    flagged: int


def missed(strata: Sequence[Stratum]) -> Missed | None:
    """Return the estimate over all drawings; None where no drawn article is decided yet."""
    known = [one for one in strata if one.labelled]
    covered, labelled = sum(one.frame for one in known), sum(one.labelled for one in known)
    if not covered:
        return None
    flagged = sum(one.flagged for one in known)
    total = sum(one.frame / one.labelled * one.missed for one in known)
    share = total / covered
    low, high = _interval(known, share, covered, labelled)
    ends = [flagged / (flagged + part * covered) if flagged else 0.0 for part in (high, share, low)]
    return Missed(
        share=Interval(share, low, high, labelled),
        count=Interval(total, low * covered, high * covered, labelled),
        recall=Interval(ends[1], ends[0], ends[2], labelled) if flagged else Interval(math.nan, math.nan, math.nan, 0),
        frame=sum(one.frame for one in strata),
        covered=covered,
        drawn=sum(one.drawn for one in strata),
        labelled=labelled,
        missed=sum(one.missed for one in known),
        flagged=flagged,
    )


def _interval(known: Sequence[Stratum], share: float, covered: int, labelled: int) -> tuple[float, float]:
    if labelled == covered:
        return share, share  # everything was looked at: nothing is estimated
    from scipy.stats import beta

    size = _effective(known, share, covered, labelled)
    hits = share * size
    low = float(beta.ppf(TAIL, hits, size - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1 - TAIL, hits + 1, size - hits)) if hits < size else 1.0
    return low, high


def _effective(known: Sequence[Stratum], share: float, covered: int, labelled: int) -> float:
    """Return the size of a simple random sample that would say as much; never more than was labelled."""
    # Kish (1965): what unequal weights cost where the strata are alike.
    kish = covered**2 / sum(one.frame**2 / one.labelled for one in known)
    variance = 0.0
    for one in known:
        part = one.missed / one.labelled
        # A stratum with one label says nothing of its own spread; the common share stands in for it.
        spread = share * (1 - share) if one.labelled == 1 else part * (1 - part) * one.labelled / (one.labelled - 1)
        variance += (one.frame / covered) ** 2 * (1 - one.labelled / one.frame) * spread / one.labelled
    if variance == 0:
        return min(kish, labelled)
    return min(share * (1 - share) / variance, labelled)
