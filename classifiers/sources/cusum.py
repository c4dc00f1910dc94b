"""Change points by cumulative sums: when counts, shares or means have left what they were.

The CUSUM of Page (1954, Biometrika 41) in its log-likelihood-ratio form: each observation adds the logarithm of how
much likelier it is after the change than before; the sum never falls below 0, and where it stands above a limit the
change is believed to have begun when it last was 0 (Moustakides 1986: no rule finds a change sooner at the same rate of
false alarms). Counts: Lucas (1985, Technometrics 27); with an expectation that varies by hour and season: Höhle & Paul
(2008, Computational Statistics & Data Analysis 52). Shares: Reynolds & Stoumbos (1999, Journal of Quality Technology
31).

News comes in bunches: what varies more than chance would have it (by ``dispersion``, the variance over that of the
plain model) has its sum divided by that, as in quasi-likelihood (McCullagh & Nelder 1989, section 9.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

When = TypeVar("When")


@dataclass(frozen=True, slots=True)
class Run(Generic[When]):
    """Where a cumulative sum stands at the end: its ``score``, and since when it has not been 0.

    ``since`` is the moment of the first observation after the last 0, None where the sum is 0.
    """

    score: float
    since: When | None


def run_of(steps: Iterable[tuple[When, float]], cap: float) -> Run[When]:
    """Return where the sum of ``steps`` (moment, log-likelihood ratio) stands at their end.

    ``cap`` holds the sum down, so that one that has long been high comes down soon after the change is undone.
    """
    score, since = 0.0, None
    for when, step in steps:
        score = min(cap, max(0.0, score + step))
        if score == 0.0:
            since = None
        elif since is None:
            since = when
    return Run(score, since)


def count_step(count: float, expected: float, ratio: float, dispersion: float = 1.0) -> float:
    """Return the step for ``count`` where ``expected`` were, against ``ratio`` times as many (Poisson)."""
    return (count * log(ratio) + expected * (1.0 - ratio)) / dispersion


def share_step(hits: float, of: float, before: float, after: float, dispersion: float = 1.0) -> float:
    """Return the step for ``hits`` among ``of`` trials, against a chance of ``after`` in place of ``before``."""
    return (hits * log(after / before) + (of - hits) * log((1.0 - after) / (1.0 - before))) / dispersion


def mean_step(total: float, of: float, before: float, shift: float, spread: float) -> float:
    """Return the step for ``of`` values that sum up to ``total``, against a mean of ``before + shift`` (normal).

    ``spread`` is the standard deviation of one value.
    """
    return shift * (total - of * (before + shift / 2.0)) / (spread * spread)
