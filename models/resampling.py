"""Counts, ranked curves and calibration under bootstrap weights, all resamples at once.

Articles that copy one another are no independent witnesses, so whole stories are drawn (the cluster bootstrap of
Davison & Hinkley 1997, section 3.8). A figure is a function of weights of shape (resamples, stories), which say how
often each story was drawn; weights of one give the figure of the articles themselves. Values are NaN in a resample
that drew nothing to measure. Counts are whole numbers below 2^53, which float64 holds exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.measurement import Bin, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    OfWeights = Callable[[Floats], Floats]

LEVEL = 0.95
BINS = 10
_CELLS = 1 << 20
"""Weights held at once, articles times resamples: 8 MB, so that a hundred thousand articles do not fill the memory."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``of`` gives a value for each row of weights; ``n`` is how many things it is a share of."""

    n: int
    of: OfWeights

    def point(self, stories: int) -> float:
        """Return the figure of the articles themselves."""
        return float(self.of(np.ones((1, stories)))[0])


def draws(stories: int, articles: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield weights in batches of rows; the same arguments give the same weights."""
    generator = np.random.default_rng(seed)
    rows = max(1, _CELLS // max(1, articles))
    shares = np.full(stories, 1 / stories)
    for start in range(0, resamples, rows):
        yield generator.multinomial(stories, shares, size=min(rows, resamples - start)).astype(np.float64)


def interval(value: float, samples: Floats, n: int) -> Interval:
    """Return a value with the percentile interval of its resamples (Efron & Tibshirani 1993, chapter 13)."""
    known = samples[~np.isnan(samples)]
    if math.isnan(value) or not len(known):
        return Interval(value, math.nan, math.nan, n)
    low, high = np.percentile(known, [50 * (1 - LEVEL), 50 * (1 + LEVEL)]).tolist()
    return Interval(value, low, high, n)


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Return a quotient, NaN where the divisor is 0."""
    quotient: Floats = np.full(np.broadcast(top, bottom).shape, np.nan)
    np.divide(top, bottom, out=quotient, where=bottom > 0)
    return quotient


def mean_of_known(columns: Floats) -> Floats:
    """Return the mean of each row without its NaN."""
    known = ~np.isnan(columns)
    return ratio(np.where(known, columns, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64))


def per_story(values: Floats, story: NDArray[np.int64], stories: int) -> Floats:
    """Return sums by story, shape (stories, columns), of values by article."""
    sums = np.zeros((stories, values.shape[1]))
    np.add.at(sums, story, values)
    return sums


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits, false alarms and misses by story, shape (stories, 3)."""

    table: Floats

    @property
    def totals(self) -> tuple[int, int, int]:
        """The three counts over all articles."""
        hit, wrong, missed = (int(count) for count in self.table.sum(axis=0))
        return hit, wrong, missed

    def precision(self, weights: Floats) -> Floats:
        """Return the share of what was said that is so; 0 where nothing was said and something is so."""
        hit, wrong, missed = (weights @ self.table).T
        return np.where((hit + wrong == 0) & (missed > 0), 0.0, ratio(hit, hit + wrong))

    def recall(self, weights: Floats) -> Floats:
        """Return the share of what is so that was said."""
        hit, _, missed = (weights @ self.table).T
        return ratio(hit, hit + missed)

    def f1(self, weights: Floats) -> Floats:
        """Return the harmonic mean of both; NaN where nothing was said and nothing is so."""
        hit, wrong, missed = (weights @ self.table).T
        return ratio(2 * hit, 2 * hit + wrong + missed)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores in falling order with what is true; equal scores are one step, taken together."""

    truth: Floats
    story: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, scores: Floats, truth: NDArray[np.bool_], story: NDArray[np.int64]) -> Ranking:
        """Return the ranking of scores by article."""
        order = np.argsort(-scores, kind="stable")
        falling = scores[order]
        ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) if len(order) else np.zeros(0, np.int64)
        return cls(truth[order].astype(np.float64), story[order], ends.astype(np.int64))

    def curve(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return recall and precision after each step, both of shape (resamples, steps)."""
        drawn = weights[:, self.story]
        hits = np.cumsum(drawn * self.truth, axis=1)
        total = hits[:, -1:].copy()
        hits = hits[:, self.ends]
        seen = np.cumsum(drawn, axis=1)[:, self.ends]
        # A step that was not drawn stands where the one before it stood, or at nothing: it is never the best.
        return ratio(hits, total), np.where(seen > 0, ratio(hits, seen), 0.0)

    def average_precision(self, weights: Floats) -> Floats:
        """Return the area under the steps: each gain of recall times the precision after it."""
        if not len(self.ends):
            return np.full(len(weights), np.nan)
        recall, precision = self.curve(weights)
        area: Floats = (np.diff(recall, axis=1, prepend=0.0) * precision).sum(axis=1)
        return area

    def precision_at(self, least: float) -> OfWeights:
        """Return a figure: the best precision at this recall or more."""

        def best(weights: Floats) -> Floats:
            if not len(self.ends):
                return np.full(len(weights), np.nan)
            recall, precision = self.curve(weights)
            found = np.where(recall >= least, precision, -1.0).max(axis=1)
            return np.where(np.isnan(recall[:, -1]), np.nan, found)

        return best


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probabilities and truths summed over ten equal bins, by story: shape (stories, bins) each."""

    said: Floats
    true: Floats
    counts: Floats

    @classmethod
    def of(cls, probabilities: Floats, truth: NDArray[np.bool_], story: NDArray[np.int64], stories: int) -> Calibration:
        """Return the sums of pairs of a probability and a truth, with the story of each pair."""
        at = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
        said, true, counts = (np.zeros((stories, BINS)) for _ in range(3))
        np.add.at(said, (story, at), probabilities)
        np.add.at(true, (story, at), truth.astype(np.float64))
        np.add.at(counts, (story, at), 1.0)
        return cls(said, true, counts)

    def error(self, weights: Floats) -> Floats:
        """Return the expected calibration error (Naeini et al. 2015): bins' distances weighted by their counts."""
        away = np.abs(weights @ self.said - weights @ self.true).sum(axis=1)
        return ratio(away, (weights @ self.counts).sum(axis=1))

    @property
    def n(self) -> int:
        """How many pairs."""
        return int(self.counts.sum())

    def bins(self) -> tuple[Bin, ...]:
        """Return the bins that hold something, the lowest first."""
        said, true, counts = (table.sum(axis=0) for table in (self.said, self.true, self.counts))
        return tuple(
            Bin(
                at / BINS,
                (at + 1) / BINS,
                float(said[at] / counts[at]),
                float(true[at] / counts[at]),
                int(counts[at]),
            )
            for at in range(BINS)
            if counts[at]
        )
