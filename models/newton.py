"""Logistic regressions fitted by truncated Newton steps on the likenesses of rows, many outputs in one matrix product.

With the penalty ``|w|^2/2`` the best weights are a sum of rows, ``w = X' a`` (Kimeldorf and Wahba 1970), so a fit needs
only the likenesses ``K = X X'``: shape (rows, rows), made once and shared by all outputs and folds. The steps are those
of Lin, Weng and Keerthi 2008 (*Trust region Newton method for logistic regression*, JMLR 9), solved by conjugate
gradients (Nocedal and Wright 2006, algorithm 7.1) in the scalar product of K, with a backtracking line search. A few
thousand rows of a quarter million columns take a tenth of the time that a solver over the columns takes, and the
optimum is the same. Every start is zero and nothing is random.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_STEPS = 100
MOST_INNER = 100
INNER = 0.1
"""How exactly a Newton step is solved, as a share of the gradient; liblinear's own."""

ARMIJO = 1e-4
SMALLEST_STEP = 2.0**-20

DENSE_COLUMNS = 2_000
"""The most frequent columns, multiplied as a dense table: they hold most of the pairs of rows that share a column."""

ROWS_AT_ONCE = 512


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


class Loss(Protocol):
    """A convex loss of scores of shape (rows, outputs), summed to one figure for each group of outputs.

    A group is what steps together: one column of logistic regressions, all columns of a softmax.
    """

    def value(self, scores: Array) -> Array:
        """Return the loss of each group."""

    def slope(self, scores: Array) -> Array:
        """Return the derivative by the scores."""

    def bend(self, scores: Array, along: Array) -> Array:
        """Return the second derivative times a direction."""

    def grouped(self, sums: Array) -> Array:
        """Return sums over rows, shape (outputs,), summed over each group and given back to its outputs."""


class EachLogistic:
    """One logistic loss per column; ``truth`` (0 or 1) and ``weights`` have the shape (rows, outputs)."""

    def __init__(self, truth: Array, weights: Array) -> None:
        self._truth = truth
        self._weights = weights

    def value(self, scores: Array) -> Array:
        """Return the loss of each group."""
        return np.asarray((self._weights * (np.logaddexp(0.0, scores) - self._truth * scores)).sum(0), np.float64)

    def slope(self, scores: Array) -> Array:
        """Return the derivative by the scores."""
        return np.asarray(self._weights * (_sigmoid(scores) - self._truth), np.float64)

    def bend(self, scores: Array, along: Array) -> Array:
        """Return the second derivative times a direction."""
        said = _sigmoid(scores)
        return np.asarray(self._weights * said * (1 - said) * along, np.float64)

    def grouped(self, sums: Array) -> Array:
        """Return sums over rows, each summed over its group."""
        return sums


class Softmaxes:
    """Multinomial losses side by side: the columns are the kinds of the first one, then those of the second, and so on.

    ``truth`` is one-hot, shape (rows, kinds), the same for all; ``weights`` has a column for each loss.
    """

    def __init__(self, truth: Array, weights: Array) -> None:
        self._truth = truth[:, None, :]
        self._weights = weights[:, :, None]
        self._shape = (len(truth), weights.shape[1], truth.shape[1])

    def value(self, scores: Array) -> Array:
        """Return the loss of each group."""
        apart = scores.reshape(self._shape)
        top = apart.max(axis=2, keepdims=True)
        logs = top + np.log(np.exp(apart - top).sum(axis=2, keepdims=True)) - apart
        return np.repeat((self._weights * self._truth * logs).sum((0, 2)), self._shape[2])

    def slope(self, scores: Array) -> Array:
        """Return the derivative by the scores."""
        return self._flat(self._weights * (_soft(scores.reshape(self._shape)) - self._truth))

    def bend(self, scores: Array, along: Array) -> Array:
        """Return the second derivative times a direction."""
        said = _soft(scores.reshape(self._shape))
        turned = said * along.reshape(self._shape)
        return self._flat(self._weights * (turned - said * turned.sum(axis=2, keepdims=True)))

    def grouped(self, sums: Array) -> Array:
        """Return sums over rows, each summed over its group."""
        return np.repeat(sums.reshape(self._shape[1:]).sum(axis=1), self._shape[2])

    def _flat(self, apart: Array) -> Array:
        return np.asarray(apart.reshape(self._shape[0], -1), np.float64)


def fit(
    like: NDArray[np.float32],
    loss: Loss,
    outputs: int,
    *,
    strength: float,
    tolerance: Array,
    progress: Callable[[int], object] | None = None,
) -> tuple[Array, Array]:
    """Return (a, K a), both of shape (rows, outputs): the share of each row in the weights, and the scores of all rows.

    ``tolerance``: for each output the share of the first gradient's length at which it is done. Rows to be left out
    have weight 0 in the loss: their share is 0, and their scores are those of a model that has not seen them.
    ``progress`` is told after each step how many outputs are done.
    """
    count = len(like)
    share, scores = np.zeros((count, outputs)), np.zeros((count, outputs))
    first, going = np.zeros(outputs), np.ones(outputs, bool)
    for step in range(MOST_STEPS):
        gradient = (share + strength * loss.slope(scores)) * going
        turned = _times(like, gradient, going)
        square = loss.grouped(_dot(gradient, turned))
        if step == 0:
            first = square
        going = going & (square > tolerance**2 * first)
        if progress is not None:
            progress(int(outputs - going.sum()))
        if not going.any():
            break
        move, moved = _conjugate(like, loss, scores, -gradient * going, -turned * going, strength)
        size = _step(loss, share, scores, move, moved, strength) * going
        share += size * move
        scores += size * moved
    return share, scores


def _conjugate(
    like: NDArray[np.float32], loss: Loss, scores: Array, left: Array, left_turned: Array, strength: float
) -> tuple[Array, Array]:
    """Return the Newton step d and K d: ``(1 + C H K) d = left``, by conjugate gradients in the product of K."""
    move, moved = np.zeros_like(left), np.zeros_like(left)
    along, along_turned = left.copy(), left_turned.copy()
    square = loss.grouped(_dot(left, left_turned))
    enough = INNER**2 * square
    for _ in range(MOST_INNER):
        running = square > enough
        if not running.any():
            break
        image = along + strength * loss.bend(scores, along_turned)
        curve = loss.grouped(_dot(image, along_turned))
        size = np.where(running, square / np.where(running, curve, 1.0), 0.0)
        move += size * along
        moved += size * along_turned
        left = (left - size * image) * running
        left_turned = _times(like, left, running)
        new = loss.grouped(_dot(left, left_turned))
        again = np.where(running, new / np.where(running, square, 1.0), 0.0)
        along = left + again * along
        along_turned = left_turned + again * along_turned
        square = np.where(running, new, 0.0)
    return move, moved


def _step(loss: Loss, share: Array, scores: Array, move: Array, moved: Array, strength: float) -> Array:
    """Return how far to go along a step: 1, or halved until the objective falls as Armijo asks."""
    still = loss.grouped(_dot(share, scores)) / 2
    cross = loss.grouped(_dot(share, moved))
    far = loss.grouped(_dot(move, moved)) / 2
    down = cross + strength * loss.grouped(_dot(loss.slope(scores), moved))
    before = still + strength * loss.value(scores)
    size = np.ones(share.shape[1])
    while True:
        after = still + size * cross + size**2 * far + strength * loss.value(scores + size * moved)
        bad = (after > before + ARMIJO * size * down) & (size > SMALLEST_STEP) & (down < 0)
        if not bad.any():
            return size
        size = np.where(bad, size / 2, size)


def _times(like: NDArray[np.float32], shares: Array, chosen: NDArray[np.bool_]) -> Array:
    """Return K times the chosen columns, 0 for the others: what is done costs nothing any more."""
    found = np.zeros_like(shares)
    found[:, chosen] = like @ shares[:, chosen].astype(np.float32)
    return found


def _dot(one: Array, other: Array) -> Array:
    return np.asarray(np.einsum("ij,ij->j", one, other), np.float64)


def _sigmoid(scores: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)), np.float64)


def _soft(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float64)
