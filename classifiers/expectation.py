"""What a day's count of incidents should be by its own past, and how far chance alone may take it above.

Quasi-Poisson with level, weekday and trend, bursts of the past weighed down, over-dispersion measured per series and
per length of window, as in C. P. Farrington et al., "A statistical algorithm for the early detection of outbreaks of
infectious disease", J. R. Stat. Soc. A 159 (1996), 547-563, with the reweighting (Anscombe residuals above 2.58) and
the negative binomial limit of A. Noufaily et al., "An improved algorithm for outbreak detection in multiple
surveillance systems", Statistics in Medicine 32 (2013), 1206-1222.

Other than there the past is twelve weeks, not five years (no installation has them; a slow season is a trend over
twelve weeks), and what a sparse series cannot tell of weekday, trend and dispersion it takes from all series of its
signal, by shrinkage. The limit is of a prediction: the less past, the wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betainc, gammainc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BASELINE_DAYS: Final = 84
GUARD_DAYS: Final = 7
"""The last week is what is tested; it is no part of its own past, else a slow burst would explain itself."""

LEAST_HISTORY: Final = 21
"""Covered days of past without which nothing is said of a series: three of each weekday."""

WEEKDAY_PRIOR: Final = 20.0
"""Incidents of its own at which a series' weekdays count as much as those of its signal."""

TREND_SD: Final = 0.006
"""How much log counts move per day at most times: a season that halves and doubles within a year has at its steepest
0.009, a growth of 100 % a year 0.002."""

TREND_LIMIT: Final = 0.02
DISPERSION_PRIOR: Final = 10.0
RESIDUAL_LIMIT: Final = 2.58
LEAST_OUTBREAK: Final = 3
"""A past day of one or two incidents is never weighed down as a burst: in a sparse series it is its level."""

LEVEL_PRIOR: Final = 0.5
"""Incidents added to a series' past (Jeffreys' prior of a Poisson mean): none in twelve weeks does not mean never."""

ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Expectation:
    """What series x days should be.

    ``mean`` has the shape of the counts. ``log_variance`` is of the level's logarithm, ``dispersion`` by length of
    window in days is the variance of its sum over its mean, 1 at least; ``history`` counts the days that were covered.
    """

    mean: Floats
    log_variance: Floats
    dispersion: Mapping[int, Floats]
    history: Ints

    def p_values(self, observed: Floats, mean: Floats, length: int) -> Floats:
        """Return the probability of ``observed`` or more over ``length`` days whose expected sum is ``mean``.

        Arrays of one value per series; negative binomial with the dispersion of the window and the uncertainty of the
        level. 1 where nothing was observed.
        """
        return upper_tail(observed, mean, self.dispersion[length], self.log_variance)


def upper_tail(observed: Floats, mean: Floats, dispersion: Floats, log_variance: Floats) -> Floats:
    """Return P(X >= observed) of a negative binomial with variance ``dispersion * mean + log_variance * mean ** 2``."""
    mean = np.maximum(mean, 1e-9)
    extra = (dispersion - 1.0) * mean + log_variance * mean**2
    shape = mean**2 / np.maximum(extra, 1e-12)
    at_least = np.maximum(observed, 1.0)
    # Beyond a shape of a million it is Poisson to every digit that matters, and betainc grows slow.
    tail = np.where(
        shape < 1e6,
        betainc(at_least, np.minimum(shape, 1e6), mean / (mean + np.minimum(shape, 1e6))),
        gammainc(at_least, mean),
    )
    return np.where(observed < 1, 1.0, tail)


def expect(
    counts: Floats,
    exposure: Floats,
    weekdays: Ints,
    groups: Ints,
    lengths: Sequence[int] = (1,),
    guard: int = GUARD_DAYS,
) -> Expectation:
    """Return what ``counts`` (series x days, the last day last) should be, by all days but the last ``guard``.

    ``exposure`` (same shape) is how much was read for each day, in any unit; 0: the series was not covered then, and
    the day says nothing. ``weekdays`` (days) are 0 to 6; ``groups`` (series) numbers from 0 of what shares weekdays,
    trend and dispersion. The result does not depend on the order of series.
    """
    past = slice(max(0, counts.shape[1] - guard - BASELINE_DAYS), counts.shape[1] - guard)
    covered = exposure > 0
    known = covered[:, past].astype(np.float64)
    history = known.sum(axis=1)
    y, e = counts[:, past] * known, exposure[:, past]
    days = np.arange(counts.shape[1], dtype=np.float64)
    weights = known
    total = groups.max() + 1 if groups.size else 0
    dispersion = np.ones(counts.shape[0])
    fit = _Fit(np.zeros(counts.shape), dispersion, np.zeros(counts.shape[0]))
    for _ in range(2):
        fit = _fitted(y, e, weights, weekdays, days, past, groups, total, dispersion, exposure)
        inside = fit.mean[:, past]
        dispersion = _dispersion(y, inside, known, groups, total, 1)
        weights = known * _reweighted(y, inside, dispersion)
    # Days that are independent of each other give sums of the same dispersion; a week's estimate is only noisier.
    found = {
        length: np.maximum(dispersion, _dispersion(y, fit.mean[:, past], known, groups, total, length))
        for length in lengths
    }
    return Expectation(fit.mean, fit.log_variance, found, history.astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Fit:
    mean: Floats
    dispersion: Floats
    log_variance: Floats


def _fitted(
    y: Floats,
    e: Floats,
    weights: Floats,
    weekdays: Ints,
    days: Floats,
    past: slice,
    groups: Ints,
    total: int,
    dispersion: Floats,
    exposure: Floats,
) -> _Fit:
    """Return mean over all days and the variance of its level, for present weights and dispersions."""
    wy = weights * y
    own = wy.sum(axis=1)
    rate = own / np.maximum((weights * e).sum(axis=1), 1e-12)
    # Weekdays: of the group, then of the series as far as it has counts of its own to say so.
    at_day = np.eye(7)[weekdays[past]]
    seen, meant = wy @ at_day, (weights * e * rate[:, None]) @ at_day
    group_seen, group_meant = _summed(seen, groups, total), _summed(meant, groups, total)
    group_factor = (group_seen + 7.0) / (group_meant + 7.0)
    factor = (seen + WEEKDAY_PRIOR * group_factor[groups]) / (meant + WEEKDAY_PRIOR)
    scaled = e * factor[:, weekdays[past]]
    # Trend: the same two steps. Days are counted from the middle of what was covered.
    x = days[past]
    pooled = scaled * rate[:, None]
    group_trend, _ = _trend(
        _summed(wy, groups, total),
        _summed(weights * pooled, groups, total),
        x,
        np.zeros(total),
        np.ones(total),
    )
    trend, information = _trend(wy, weights * scaled, x, group_trend[groups], dispersion)
    middle = x.mean()
    growth = np.exp(trend[:, None] * (x[None, :] - middle))
    level = (own + LEVEL_PRIOR) / np.maximum((weights * scaled * growth).sum(axis=1), 1e-12)
    ahead = days - middle
    mean = exposure * factor[:, weekdays] * level[:, None] * np.exp(trend[:, None] * ahead[None, :])
    distance = days[-1] - middle
    variance = dispersion / (own + LEVEL_PRIOR) + distance**2 / information
    return _Fit(mean, dispersion, variance)


def _summed(values: Floats, groups: Ints, total: int) -> Floats:
    found = np.zeros((total, values.shape[1]))
    # A product with a matrix of zeros and ones is ten times slower where other work keeps BLAS's threads waiting.
    np.add.at(found, groups, values)
    return np.asarray(found)


def _trend(wy: Floats, scaled: Floats, x: Floats, prior: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """Return the slope of log counts per day, shrunk to ``prior``, and its information (1 / variance)."""
    b = prior.copy()
    information = np.full(b.shape, 1 / TREND_SD**2)
    seen = wy.sum(axis=1)
    seen_x = wy @ x
    for _ in range(ROUNDS):
        grown = scaled * np.exp(b[:, None] * (x[None, :] - x.mean()))
        mass = np.maximum(grown.sum(axis=1), 1e-12)
        center = (grown @ x) / mass
        spread = np.maximum((grown @ x**2) / mass - center**2, 0.0)
        information = seen * spread / dispersion + 1 / TREND_SD**2
        slope = (seen_x - seen * center) / dispersion - (b - prior) / TREND_SD**2
        b = np.clip(b + slope / information, -TREND_LIMIT, TREND_LIMIT)
    return b, information


def _dispersion(y: Floats, mean: Floats, weights: Floats, groups: Ints, total: int, length: int) -> Floats:
    """Return variance over mean of sums over ``length`` days, a series' own as far as it has counts to say so."""
    sums, means, whole = (_rolling(values, length) for values in (y * (weights > 0), mean * (weights > 0), weights))
    share = whole / length
    squares, expected = (share * (sums - means) ** 2).sum(axis=1), (share * means).sum(axis=1)
    group = _summed(np.stack([squares, expected], axis=1), groups, total)
    group_value = np.maximum(1.0, (group[:, 0] + DISPERSION_PRIOR) / (group[:, 1] + DISPERSION_PRIOR))
    independent = share.sum(axis=1) / length
    average = expected / np.maximum(share.sum(axis=1), 1e-12)
    known = independent * average / (average + 1.0)
    own = squares / np.maximum(expected, 1e-12)
    shrunk = (known * own + DISPERSION_PRIOR * group_value[groups]) / (known + DISPERSION_PRIOR)
    return np.asarray(np.maximum(1.0, shrunk))


def _rolling(values: Floats, length: int) -> Floats:
    if values.shape[1] < length:
        return np.zeros((values.shape[0], 0))
    total = np.concatenate([np.zeros((values.shape[0], 1)), np.cumsum(values, axis=1)], axis=1)
    return np.asarray(total[:, length:] - total[:, :-length])


def _reweighted(y: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Return weights in (0, 1] that take days of past bursts back (Noufaily et al. 2013, section 3.3)."""
    mean = np.maximum(mean, 1e-6)
    residual = 1.5 * (y ** (2 / 3) - mean ** (2 / 3)) / (mean ** (1 / 6) * np.sqrt(dispersion)[:, None])
    high = (residual > RESIDUAL_LIMIT) & (y >= LEAST_OUTBREAK)
    return np.asarray(np.where(high, np.maximum(residual, RESIDUAL_LIMIT) ** -2.0, 1.0))
