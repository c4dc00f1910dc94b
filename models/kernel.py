"""The first stage: what labelled articles say of an article that is near them, by its words and by its subject.

A kernel machine with a squared loss (regularised least squares; Rifkin, Yeo and Poggio 2003, *Regularized least-squares
classification*) over the sum of two likenesses: the linear one of hashed words, stems, runs of letters and cues, whose
part of the weights folds into a weight per feature and shows as evidence; and a Gaussian one of where the article
stands in the space of subjects and of its cue points, which sees what no sum of words does (*unjuk rasa* in the lead of
a text that is otherwise about a party). All outputs are solved in closed form by one Cholesky factor: nothing is
random, nothing iterates, and a few thousand examples take seconds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.errors import ModelError
from models.embedding import read_embedding, stored_embedding
from models.features import BUCKETS
from models.linear import Linear, document_frequency, matrix, weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.embedding import Embedding
    from models.features import Row

    Progress = Callable[[int, int], object]

LINEAR_SHARE = 0.1
"""Of the linear likeness beside the Gaussian one; 0.05, 0.1, 0.2, 0.3 swept: modality accuracy 0.853, 0.855, 0.848,
0.848."""

CLOSENESS = 0.4
"""How fast the Gaussian likeness falls with the squared distance; flat from 0.25 to 0.7."""

CUE_SHARE = 0.4
"""Of a cue point beside the subject's coordinates; flat from 0.3 to 0.45, half a point of accuracy lower at 0.2."""

RIDGE = 0.05
"""Added to the likeness of an example with itself: how far its label is doubted. Flat from 0.05 to 0.1."""

CONSTANT = 0.1
"""Likeness of all articles with each other: the intercept."""

NEITHER = -0.2
"""What is learned of an optional label, between no (-1) and unknown (0). -1, -0.5, -0.2, 0 tried: micro-F1 of signals
0.900, 0.908, 0.909, 0.908; precision of the flag at recall 0.90 0.885, 0.898, 0.898, 0.897."""

DENSE_COLUMNS = 2_000
"""The most frequent columns, multiplied as a dense table: they hold most of the pairs of rows that share a column."""

ROWS_AT_ONCE = 512


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

    def wanted(self) -> NDArray[np.float64]:
        """Return what each output should say: 1 or -1, `NEITHER` where a label counts neither way."""
        labels = np.where(self.label_weights > 0, 2 * self.labels - 1, NEITHER)
        return np.hstack([labels, 2 * self.modality - 1])


@dataclass(frozen=True, slots=True)
class Machine:
    """A learned first stage: linear weights, and the anchors (labelled articles as points) with their shares.

    ``anchors``: (examples, dimensions of the space + cue points). ``shares``: (examples, outputs). Scores are near 1
    for yes and near -1 for no.
    """

    linear: Linear
    space: Embedding
    anchors: NDArray[np.float64]
    shares: NDArray[np.float64]

    def place(self, rows: Sequence[Row]) -> Placed:
        """Return where rows stand and how near each is to every anchor."""
        own = points(rows, self.space).astype(np.float64)
        return Placed(own, gaussian(own, self.anchors))

    def scores(self, rows: Sequence[Row], placed: Placed | None = None) -> NDArray[np.float64]:
        """Return the scores of rows, shape (rows, outputs); ``placed`` where it is known already.

        A row's scores are the same alone and among others: sums in double precision, rounded far above their error.
        """
        if not rows:
            return np.zeros((0, self.shares.shape[1]))
        near = (placed or self.place(rows)).near
        return np.round(np.stack([self.linear.scores(row) for row in rows]) + near @ self.shares, 6)

    def slopes(self, placed: Placed, wanted: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """Return the slope of the Gaussian part of some scores where their rows stand, shape (wanted, dimensions).

        ``wanted``: (row of ``placed``, column of the score). All in one product: to read the anchors once for each
        article costs more than all else that is asked of it.
        """
        at, columns = (np.array([pair[side] for pair in wanted], np.int64) for side in (0, 1))
        size = self.space.dimensions
        mine = placed.near[at] * self.shares[:, columns].T
        here = placed.points[at, :size]
        found = mine @ self.anchors[:, :size] - mine.sum(axis=1, keepdims=True) * here
        return np.asarray(2 * CLOSENESS * found, np.float64)

    def pulls(self, row: Row, columns: Sequence[int], slopes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far each entry of a row moves each of some scores, shape (columns, entries).

        That is its linear weight, and a stem's pull on the article's point: its step along the slope of the Gaussian
        part there (``slopes``, one of each column), which is what the score would lose, in first order, without it.
        """
        chosen = np.asarray(columns, np.int64)
        values = weighted(row, self.linear.idf)
        found = np.asarray(values * self.linear.weights[np.ix_(row.buckets, chosen)].T, np.float64)
        entries, parts = self.space.parts(row)
        whole = parts.sum(axis=0)
        length = float(np.sqrt(whole @ whole))
        if length > 0:
            # The point has length 1 always: what pulls along it changes nothing.
            along = slopes - np.outer(slopes @ whole / (length * length), whole)
            found[:, entries] += along @ parts.T / length
        return found


@dataclass(frozen=True, slots=True)
class Placed:
    """Where rows stand, (rows, coordinates), and how near they are to the anchors, (rows, anchors)."""

    points: NDArray[np.float64]
    near: NDArray[np.float64]


def points(rows: Sequence[Row], space: Embedding) -> NDArray[np.float32]:
    """Return where rows stand, shape (rows, dimensions + cue points): the subject, and what cues say of it."""
    dense = np.stack([row.dense[:-1] for row in rows]).astype(np.float32)
    return np.hstack([space.points(rows), dense * np.float32(CUE_SHARE)])


def gaussian(these: NDArray[Any], those: NDArray[Any]) -> NDArray[Any]:
    """Return the Gaussian likeness of points, shape (these, those), in [0, 1]."""
    near = these @ those.T
    near *= 2
    near -= np.einsum("ij,ij->i", these, these)[:, None]
    near -= np.einsum("ij,ij->i", those, those)[None, :]
    np.minimum(near, 0, out=near)
    near *= CLOSENESS
    found: NDArray[Any] = np.exp(near, out=near)
    return found


def learn_first(
    rows: Sequence[Row],
    wanted: Targets,
    fold: NDArray[np.int64] | None = None,
    *,
    space: Embedding,
    jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[Machine, NDArray[np.float64]]:
    """Return the first stage learned from all rows, and each row's scores by one that has not seen its fold's labels.

    Without folds the scores are all 0. Document frequencies are counted over all rows, also where a fold is left out:
    that knows no label. ``jobs`` threads make the same weights as one. ``progress`` is told how many fits are done, of
    how many.
    """
    # Before the limit is set: it holds for the libraries that are loaded then, and SciPy brings a BLAS of its own.
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    idf = document_frequency(rows)
    table = matrix(rows, idf)
    anchors = points(rows, space).astype(np.float16).astype(np.float32)  # as a file will hold them
    left_out = [] if fold is None else [fold == number for number in np.unique(fold)]
    masks = [~mask for mask in left_out] + [np.ones(len(rows), bool)]
    truth = wanted.wanted()
    with threadpool_limits(1):  # several threads would add up in another order from run to run
        like = likenesses(table, jobs=jobs)
        like *= LINEAR_SHARE
        like += CONSTANT
        for start in range(0, len(rows), ROWS_AT_ONCE):
            like[start : start + ROWS_AT_ONCE] += gaussian(anchors[start : start + ROWS_AT_ONCE], anchors)
        with ThreadPoolExecutor(jobs) as pool:
            shares = []
            for found in pool.map(lambda mask: _solve(like, truth, wanted.weights, mask), masks):
                shares.append(found)
                if progress:
                    progress(len(shares), len(masks))
        scores = np.zeros(truth.shape)
        for mask, own in zip(left_out, shares, strict=False):
            scores[mask] = like[mask] @ own
    own = shares[-1]
    weights = LINEAR_SHARE * np.asarray(table.T @ own, np.float64)
    weights[-1] += CONSTANT * own.sum(axis=0)
    shares_kept = own.astype(np.float32).astype(np.float64)  # as a file will hold them
    return Machine(Linear(idf, weights.astype(np.float32)), space, anchors.astype(np.float64), shares_kept), scores


def _solve(
    like: NDArray[np.float32], truth: NDArray[np.float64], weights: NDArray[np.float64], mask: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the share of each row in each output, 0 for rows that are left out or have no say."""
    from scipy.linalg import cho_factor, cho_solve

    at = np.flatnonzero(mask & (weights > 0))
    shares = np.zeros(truth.shape)
    if len(at):
        own = np.empty((len(at), len(at)), order="F")  # as LAPACK wants it: each copy less is 400 MB at 7,000 examples
        for start in range(0, len(at), ROWS_AT_ONCE):
            own[start : start + ROWS_AT_ONCE] = like[np.ix_(at[start : start + ROWS_AT_ONCE], at)]
        own[np.diag_indices(len(at))] += RIDGE / weights[at]
        shares[at] = cho_solve(cho_factor(own, overwrite_a=True, check_finite=False), truth[at], check_finite=False)
    return shares


def likenesses(table: Any, *, jobs: int = 1) -> NDArray[np.float32]:
    """Return ``X X'`` of a CSR table, shape (rows, rows); the same to the bit whatever the number of threads."""
    own = table.astype(np.float32).tocsr()
    count = own.shape[0]
    order = np.argsort(-np.bincount(own.indices, minlength=own.shape[1]), kind="stable")
    dense = own[:, np.sort(order[:DENSE_COLUMNS])].toarray()
    rest = own[:, np.sort(order[DENSE_COLUMNS:])].tocsr()
    found = np.empty((count, count), np.float32)

    def fill(start: int) -> None:
        end = min(count, start + ROWS_AT_ONCE)
        block = dense[start:end] @ dense[start:].T + (rest[start:end] @ rest[start:].T).toarray()
        found[start:end, start:] = block
        found[end:, start:end] = block[:, end - start :].T

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(fill, range(0, count, ROWS_AT_ONCE)))
    return found


def stored_machine(machine: Machine) -> dict[str, NDArray[Any]]:
    """Return the arrays of a first stage as they are stored: hashed weights in 8 bits with a scale per output."""
    sparse = machine.linear.weights[:BUCKETS]
    scales = np.maximum(np.abs(sparse).max(axis=0), 1e-9) / 127
    return {
        "idf": machine.linear.idf.astype(np.float16),
        "sparse": np.round(sparse / scales).astype(np.int8),
        "scales": scales.astype(np.float32),
        "dense": machine.linear.weights[BUCKETS:].astype(np.float32),
        "anchors": machine.anchors.astype(np.float16),
        "shares": machine.shares.astype(np.float32),
        **stored_embedding(machine.space),
    }


def read_machine(arrays: Mapping[str, NDArray[Any]], *, dense: int, outputs: int) -> Machine:
    """Return the first stage in the arrays of a model, for ``dense`` cue columns and ``outputs``.

    Raises KeyError for an array that is missing, ModelError where they do not fit this program.
    """
    sparse = arrays["sparse"].astype(np.float32) * arrays["scales"].astype(np.float32)
    weights = np.concatenate([sparse, arrays["dense"].astype(np.float32)])
    idf = arrays["idf"].astype(np.float32)
    anchors, shares = (arrays[name].astype(np.float64) for name in ("anchors", "shares"))
    space = read_embedding(arrays)
    fits = (
        weights.shape == (BUCKETS + dense, outputs)
        and idf.shape == (BUCKETS,)
        and anchors.shape[1:] == (space.dimensions + dense - 1,)
        and shares.shape == (len(anchors), outputs)
    )
    if not fits:
        raise ModelError("the model was trained with other cues or features; train it anew")
    return Machine(Linear(idf, weights), space, anchors, shares)
