"""Linear models over hashed rows: the matrix of many rows, their fitting with L-BFGS, and the scores of one.

One-vs-rest logistic outputs and one softmax are fitted together, each row weighted per output: an optional label is
neither a hit nor a miss, and has no weight there. Fitting is deterministic: it starts at zero and uses no random
numbers.
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

MAX_ITERATIONS = 200

ENOUGH = 1e-5
"""Fitting ends where a step lowers the loss by less than this share; a hundredth of it changes no figure in the third
digit."""

JITTER = 1e-6
"""Added to the diagonal, so that two copies of one text do not make the system singular."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of shape (BUCKETS + dense, outputs) with the document-frequency weight of each bucket."""

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]

    def scores(self, row: Row) -> NDArray[np.float64]:
        """Return the log-odds (or softmax scores) of one row, shape (outputs,)."""
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


def fit(
    table: Any,
    targets: NDArray[np.float64],
    sample_weights: NDArray[np.float64],
    *,
    strength: float,
    softmax: bool = False,
) -> NDArray[np.float32]:
    """Return weights that fit targets (rows, outputs) under an L2 penalty of 1 / ``strength``.

    ``sample_weights`` has the targets' shape for one-vs-rest outputs, or (rows, 1) for a softmax.
    """
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import minimize

    # The optimum lies in the span of the rows: a few thousand unknowns per output, not a hundred thousand.
    gram = (table @ table.T).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += JITTER
    lower = np.asarray(cholesky(gram, lower=True, overwrite_a=True), np.float64)
    # Half the time of a step is reading this matrix; scores need seven digits, not sixteen.
    short = lower.astype(np.float32)
    turned = np.ascontiguousarray(short.T)
    shape = (table.shape[0], targets.shape[1])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        inner = flat.reshape(shape)
        scores = (short @ inner.astype(np.float32)).astype(np.float64)
        if softmax:
            top = scores.max(axis=1, keepdims=True)
            logs = scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
            value = -(sample_weights * targets * logs).sum()
            slope = sample_weights * (np.exp(logs) - targets)
        else:
            value = (sample_weights * (np.logaddexp(0, scores) - targets * scores)).sum()
            slope = sample_weights * (sigmoid(scores) - targets)
        gradient = (turned @ slope.astype(np.float32)).astype(np.float64) + inner / strength
        return float(value + (inner * inner).sum() / (2 * strength)), gradient.ravel()

    found = minimize(
        loss,
        np.zeros(shape[0] * shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITERATIONS, "ftol": ENOUGH, "gtol": 1e-3},
    )
    mixture = solve_triangular(lower, found.x.reshape(shape), lower=True, trans="T")
    return np.asarray(table.T @ mixture, np.float32)


def sigmoid(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logistic of scores, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)), np.float64)


def soft_maximum(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that sum to 1 along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float64)
