"""What is linear: hashed rows as a matrix and the linear part of their scores, and the second stage's regressions.

Those are one-vs-rest logistic regressions, and one multinomial, over the few scores of the first stage; each row is
weighted per output: an optional label is neither a hit nor a miss, and has no weight there. The solvers are those that
start at zero and draw no random numbers. A score needs NumPy alone; scikit-learn is imported where something is
learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.features import BLOCKS, BUCKETS, WEIGHTS, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DENSE_SCALE = 1.0
"""Factor of the dense cue points beside the L2-normalised words."""

ENOUGH = 1e-2
"""Where the solver of a single output stops; a tenth of it moves scores by 0.01 and no figure in the third digit."""

ENOUGH_SOFTMAX = 1e-3
"""The same of the softmax, whose solver measures otherwise."""

ALWAYS = 6.0
"""Log-odds of an output that is the same in all its rows."""

NEVER_SEEN = -20.0
"""Score of a kind without examples."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of shape (BUCKETS + dense, outputs) with the document-frequency weight of each bucket."""

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]

    def scores(self, row: Row) -> NDArray[np.float64]:
        """Return the sums of weighted values of one row, shape (outputs,)."""
        values = weighted(row, self.idf)
        sparse = np.asarray(values @ self.weights[row.buckets], np.float64)
        dense = np.asarray(row.dense * DENSE_SCALE @ self.weights[BUCKETS:], np.float64)
        return sparse + dense


def weighted(row: Row, idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the values of a row, weighted by document frequency, each block normalised to its share."""
    values = row.values * idf[row.buckets]
    squares = np.bincount(row.blocks, values * values, minlength=len(BLOCKS))
    norms = np.array([WEIGHTS[block] for block in BLOCKS]) / np.sqrt(np.maximum(squares, 1e-9))
    return (values * norms[row.blocks]).astype(np.float32)


def document_frequency(rows: Sequence[Row]) -> NDArray[np.float32]:
    """Return the smoothed inverse document frequency of every bucket."""
    counts = np.zeros(BUCKETS)
    for row in rows:
        counts[row.buckets] += 1
    return (np.log((1 + len(rows)) / (1 + counts)) + 1).astype(np.float32)


def matrix(rows: Sequence[Row], idf: NDArray[np.float32]) -> Any:
    """Return the SciPy CSR matrix of rows, shape (len(rows), BUCKETS + dense)."""
    from scipy import sparse

    lengths = [len(row.buckets) for row in rows]
    head = sparse.csr_matrix(
        (
            np.concatenate([weighted(row, idf) for row in rows]),
            np.concatenate([row.buckets for row in rows]),
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(len(rows), BUCKETS),
    )
    tail = sparse.csr_matrix(np.stack([row.dense for row in rows]) * DENSE_SCALE)
    return sparse.hstack([head, tail]).tocsr()


def fit_each(
    table: Any, truth: NDArray[np.float64], sample_weights: NDArray[np.float64], *, strength: float
) -> NDArray[np.float64]:
    """Return the weights of one logistic regression per column of ``truth``, shape (columns of table, outputs).

    ``sample_weights`` has the shape of ``truth``: a row of weight 0 does not train that output. An output whose rows
    are all alike says always what they say. The last column of the table is the constant 1.
    """
    from sklearn.linear_model import LogisticRegression

    short, used = _used(table)
    found = np.zeros((table.shape[1], truth.shape[1]))
    for number in range(truth.shape[1]):
        counted = sample_weights[:, number] > 0
        mine = truth[counted, number]
        if len(np.unique(mine)) < 2:
            found[-1, number] = ALWAYS if mine.any() else -ALWAYS
            continue
        model = LogisticRegression(C=strength, fit_intercept=False, solver="liblinear", tol=ENOUGH)
        model.fit(short[counted], mine, sample_weight=sample_weights[counted, number])
        found[used, number] = model.coef_[0]
    return found


def fit_one_of(
    table: Any, truth: NDArray[np.int64], sample_weights: NDArray[np.float64], *, strength: float, kinds: int
) -> NDArray[np.float64]:
    """Return the weights of a multinomial logistic regression, shape (columns of table, kinds).

    A kind that no row has scores far below the others. The last column of the table is the constant 1.
    """
    from sklearn.linear_model import LogisticRegression

    short, used = _used(table)
    seen = np.unique(truth)
    found = np.zeros((table.shape[1], kinds))
    found[-1] = NEVER_SEEN
    found[-1, seen] = 0.0
    if len(seen) < 2:
        return found
    model = LogisticRegression(C=strength, fit_intercept=False, solver="newton-cg", tol=ENOUGH_SOFTMAX)
    model.fit(short, truth, sample_weight=sample_weights)
    own = model.coef_ if len(seen) > 2 else np.vstack([-model.coef_ / 2, model.coef_ / 2])
    found[np.ix_(used, seen)] = own.T
    return found


def _used(table: Any) -> tuple[Any, NDArray[np.int64]]:
    """Return the table without columns that no row uses, and which columns are left: what is never seen stays 0."""
    used = np.flatnonzero(np.bincount(table.indices, minlength=table.shape[1]))
    return table[:, used], used


def sigmoid(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logistic of scores, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)), np.float64)


def soft_maximum(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that sum to 1 along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float64)
