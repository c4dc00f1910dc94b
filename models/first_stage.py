"""The first stage learned: signals and flag one by one, the modality as one of seven, and their scores out of fold.

All fits of a corpus, one for each fold that is left out and one for the weights that are kept, share the likenesses of
its rows and are made side by side. How many documents a word stands in is counted over all rows, also where a fold is
left out: that knows no label. Two threads share the work; they choose when a sum is taken, never in which order.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from models.judge import MODALITIES
from models.linear import (
    ALWAYS,
    ENOUGH,
    ENOUGH_SOFTMAX,
    NEVER_SEEN,
    Linear,
    document_frequency,
    fit_each,
    fit_one_of,
    matrix,
)
from models.newton import EachLogistic, Softmaxes, fit, likenesses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.features import Row

    Progress = Callable[[int, int], object]

STRENGTH = 10.0
"""Inverse L2 penalty of the first stage; 3, 10, 30 swept in grouped cross-validation: 0.883 micro-F1 at 10, 30 within
0.002."""

MOST_LIKENESSES = 16_000
"""Rows up to which the likenesses of all pairs are held in memory (1 GB); more are learned column by column, which
takes ten times as long and comes to the same figures."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be learned, with the say of each example: (rows, signals + flag), and (rows, modalities)."""

    labels: NDArray[np.float64]
    label_weights: NDArray[np.float64]
    modality: NDArray[np.float64]
    weights: NDArray[np.float64]

    def part(self, chosen: NDArray[np.bool_]) -> Targets:
        """Return the targets of the chosen rows."""
        return Targets(self.labels[chosen], self.label_weights[chosen], self.modality[chosen], self.weights[chosen])


def learn_first(
    rows: Sequence[Row],
    wanted: Targets,
    fold: NDArray[np.int64] | None = None,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[Linear, NDArray[np.float64]]:
    """Return the first stage learned from all rows, and each row's scores by one that has not seen its fold's labels.

    Without folds the scores are all 0. ``progress`` is told how many outputs are done, of how many.
    """
    idf = document_frequency(rows)
    table = matrix(rows, idf)
    left_out = [] if fold is None else [fold == number for number in np.unique(fold)]
    masks = [~mask for mask in left_out] + [np.ones(len(rows), bool)]
    learned = _by_columns if len(rows) > MOST_LIKENESSES else _by_likenesses
    with threadpool_limits(1):  # several threads would add up in another order from run to run
        weights, found = learned(table, wanted, masks, jobs, progress)
    scores = np.zeros((len(rows), weights.shape[1]))
    for mask, one in zip(left_out, found, strict=False):
        scores[mask] = one[mask]
    return Linear(idf, weights.astype(np.float32)), scores


_Learned = tuple["NDArray[np.float64]", "list[NDArray[np.float64]]"]
"""The weights of the last mask's fit, and the scores of all rows for each mask."""


def _by_columns(
    table: Any, wanted: Targets, masks: Sequence[NDArray[np.bool_]], jobs: int, progress: Progress | None
) -> _Learned:
    def one(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
        part, short = wanted.part(mask), table[mask]
        signals = fit_each(short, part.labels, part.label_weights, strength=STRENGTH)
        kinds = part.modality.argmax(axis=1)
        modality = fit_one_of(short, kinds, part.weights, strength=STRENGTH, kinds=len(MODALITIES))
        return np.hstack([signals, modality])

    with ThreadPoolExecutor(jobs) as pool:
        found, weights = [], np.zeros((table.shape[1], 0))
        for done, weights in enumerate(pool.map(one, masks), 1):
            found.append(np.asarray(table @ weights, np.float64))
            if progress:
                progress(done, len(masks))
    return weights, found


def _by_likenesses(
    table: Any, wanted: Targets, masks: Sequence[NDArray[np.bool_]], jobs: int, progress: Progress | None
) -> _Learned:
    like = likenesses(table, jobs=jobs)
    kept = np.column_stack(masks).astype(np.float64)
    done = [0, 0]
    of = len(masks) * (wanted.labels.shape[1] + wanted.modality.shape[1])

    def tell(which: int, count: int) -> None:
        done[which] = count
        if progress:
            progress(sum(done), of)

    with ThreadPoolExecutor(min(jobs, 2)) as pool:
        both = (
            pool.submit(_signals, like, wanted, kept, lambda count: tell(0, count)),
            pool.submit(_modality, like, wanted, kept, lambda count: tell(1, count)),
        )
        fits = [one.result() for one in both]
    if progress:
        progress(of, of)
    scores = [np.hstack([one.scores[at] for one in fits]) for at in range(len(masks))]
    weights = np.hstack([np.asarray(table.T @ one.shares[-1], np.float64) for one in fits])
    weights[-1] += np.concatenate([one.constants[-1] for one in fits])
    return weights, scores


@dataclass(frozen=True, slots=True)
class _Fits:
    """For each mask: the share of each row in the weights, what each output says always, and the scores of all rows."""

    shares: NDArray[np.float64]
    constants: NDArray[np.float64]
    scores: NDArray[np.float64]


_Tell = Callable[[int], object]


def _signals(like: NDArray[np.float32], wanted: Targets, kept: NDArray[np.float64], tell: _Tell) -> _Fits:
    """Fit one regression per mask and signal, and the flag's. What is the same in all rows is said always."""
    count, outputs, masks = len(like), wanted.labels.shape[1], kept.shape[1]
    truth = np.tile(wanted.labels, masks)
    weights = np.tile(wanted.label_weights, masks) * np.repeat(kept, outputs, axis=1)
    yes, no = (weights * truth).sum(0), (weights * (1 - truth)).sum(0)
    both = np.flatnonzero((yes > 0) & (no > 0))
    shares, scores = np.zeros_like(truth), np.zeros_like(truth)
    constants = np.where((yes > 0) & (no <= 0), ALWAYS, np.where(yes <= 0, -ALWAYS, 0.0))
    if len(both):
        # liblinear's own rule: the rarer a label, the more exactly it is learned.
        tolerance = ENOUGH * np.maximum(np.minimum(yes, no)[both], 1.0) / (yes + no)[both]
        loss = EachLogistic(truth[:, both], weights[:, both])
        shares[:, both], scores[:, both] = fit(
            like, loss, len(both), strength=STRENGTH, tolerance=tolerance, progress=tell
        )
    return _Fits(
        _by_mask(shares, count, masks), constants.reshape(masks, outputs), _by_mask(scores + constants, count, masks)
    )


def _modality(like: NDArray[np.float32], wanted: Targets, kept: NDArray[np.float64], tell: _Tell) -> _Fits:
    """Fit one softmax per mask over the modalities that some row has; the others score far below."""
    count, kinds, masks = len(like), wanted.modality.shape[1], kept.shape[1]
    seen = np.flatnonzero((wanted.weights[:, None] * wanted.modality).sum(0) > 0)
    shares, scores = np.zeros((masks, count, kinds)), np.zeros((masks, count, kinds))
    constants = np.full(kinds, NEVER_SEEN)
    constants[seen] = 0.0
    if len(seen) > 1:
        loss = Softmaxes(wanted.modality[:, seen], wanted.weights[:, None] * kept)
        tolerance = np.full(masks * len(seen), ENOUGH_SOFTMAX)
        found = fit(like, loss, len(tolerance), strength=STRENGTH, tolerance=tolerance, progress=tell)
        shares[:, :, seen], scores[:, :, seen] = (_by_mask(one, count, masks) for one in found)
    return _Fits(shares, np.tile(constants, (masks, 1)), scores + constants)


def _by_mask(columns: NDArray[np.float64], count: int, masks: int) -> NDArray[np.float64]:
    """Return columns that lie mask by mask as an array of shape (masks, rows, outputs)."""
    return columns.reshape(count, masks, -1).transpose(1, 0, 2)
