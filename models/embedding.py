"""Where a document stands among others: a point in a space in which words that occur together lie near one another.

Latent semantic analysis (Deerwester et al. 1990, *Indexing by latent semantic analysis*, JASIS 41): the stems of a
large unlabelled body of news, weighted by document frequency, cut to their leading singular directions. So a judge that
has read *abrasi* in three labelled articles knows of its neighbours *rob*, *gelombang* and *tanggul* from ten thousand
unlabelled ones. The space is learned once, with the shipped model; a retraining keeps it. It holds hashes, no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.errors import ModelError
from models.features import BLOCKS, BUCKETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.features import Row

DIMENSIONS = 200
"""100, 200, 300 tried in grouped cross-validation: modality accuracy 0.853, 0.855, 0.855."""

LEAST_DOCUMENTS = 10
"""A stem of fewer documents has no neighbours to be known by; with 5 the accuracy was 0.3 points lower."""

MOST_DOCUMENTS = 0.3
"""Share of the documents beyond which a stem tells no subject."""

SEED = 0
"""Where the randomised decomposition starts."""

ROUNDS = 4
"""Power iterations of the randomised decomposition (Halko, Martinsson and Tropp 2011); scikit-learn's own choice."""

STEMS = BLOCKS.index("stems")
_NAMES = ("space_buckets", "space_weights", "space_vectors", "space_scales")


@dataclass(frozen=True, slots=True)
class Embedding:
    """The space: known buckets (rising), their document-frequency weights, and a vector of `DIMENSIONS` for each.

    ``slots`` finds the place of a bucket, -1 where it is not known; ``vectors`` has a last row of zeros for those.
    """

    buckets: NDArray[np.int32]
    weights: NDArray[np.float32]
    vectors: NDArray[np.float32]
    slots: NDArray[np.int32]

    @classmethod
    def of_parts(
        cls, buckets: NDArray[np.int32], weights: NDArray[np.float32], vectors: NDArray[np.float32]
    ) -> Embedding:
        """Return the space of its three tables, with what finds a bucket in them."""
        slots = np.full(BUCKETS, -1, np.int32)
        slots[buckets] = np.arange(len(buckets), dtype=np.int32)
        last = np.zeros((1, vectors.shape[1]), np.float32)
        return cls(buckets, np.append(weights, np.float32(0)), np.vstack([vectors, last]).astype(np.float32), slots)

    @property
    def dimensions(self) -> int:
        """The number of coordinates of a point."""
        return int(self.vectors.shape[1])

    def parts(self, row: Row) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the entries of a row that are stems, and what each adds to its point, shape (entries, dimensions)."""
        entries = np.flatnonzero(row.blocks == STEMS)
        at = self.slots[row.buckets[entries]]
        return entries, (row.values[entries] * self.weights[at])[:, None] * self.vectors[at]

    def point(self, row: Row) -> NDArray[np.float32]:
        """Return the point of a row, of length 1; all zeros where none of its stems is known."""
        mask = row.blocks == STEMS
        at = self.slots[row.buckets[mask]]
        point = (row.values[mask] * self.weights[at]) @ self.vectors[at]
        length = float(np.sqrt(point @ point))
        return np.asarray(point / length if length > 0 else point, np.float32)

    def points(self, rows: Sequence[Row]) -> NDArray[np.float32]:
        """Return the points of rows, shape (rows, dimensions)."""
        return np.stack([self.point(row) for row in rows]) if rows else np.zeros((0, self.dimensions), np.float32)


def learn_embedding(rows: Sequence[Row], dimensions: int = DIMENSIONS) -> Embedding:
    """Return the space of unlabelled rows; the same rows give the same space to the bit.

    Fewer stems or documents than ``dimensions`` give a space of fewer. Raises ModelError where no stem is in enough of
    them.
    """
    from scipy import sparse
    from sklearn.utils.extmath import randomized_svd
    from threadpoolctl import threadpool_limits

    entries = [np.flatnonzero(row.blocks == STEMS) for row in rows]
    heads = np.concatenate([[0], np.cumsum([len(one) for one in entries])])
    found = [row.buckets[one] for row, one in zip(rows, entries, strict=True)]
    values = [row.values[one] for row, one in zip(rows, entries, strict=True)]
    table = sparse.csr_matrix((np.concatenate(values), np.concatenate(found), heads), shape=(len(rows), BUCKETS))
    documents = np.bincount(table.indices, minlength=BUCKETS)
    known = np.flatnonzero((documents >= LEAST_DOCUMENTS) & (documents < MOST_DOCUMENTS * len(rows)))
    if not len(known):
        raise ModelError(f"{len(rows)} texts have no stem in common often enough; give more unlabelled texts")
    weights = np.log(len(rows) / documents[known]).astype(np.float32)
    short = (table[:, known] @ sparse.diags(weights)).tocsr()
    lengths = np.sqrt(np.asarray(short.multiply(short).sum(axis=1)).ravel())
    short = sparse.diags(1 / np.maximum(lengths, 1e-9)) @ short
    size = min(dimensions, len(known), len(rows))
    with threadpool_limits(1):  # several threads would add up in another order from run to run
        _, _, directions = randomized_svd(short, size, n_iter=ROUNDS, random_state=SEED)
    return rounded(Embedding.of_parts(known.astype(np.int32), weights, directions.T.astype(np.float32)))


def rounded(space: Embedding) -> Embedding:
    """Return the space as a file will hold it, so that what is learned on it is learned on what will be used."""
    return read_embedding(stored_embedding(space))


def stored_embedding(space: Embedding) -> dict[str, NDArray[Any]]:
    """Return the arrays of a space as they are stored: 8 bits a coordinate, with a scale per dimension."""
    vectors = space.vectors[:-1]
    scales = np.maximum(np.abs(vectors).max(axis=0), 1e-9) / 127
    return {
        "space_buckets": space.buckets,
        "space_weights": space.weights[:-1].astype(np.float16),
        "space_vectors": np.round(vectors / scales).astype(np.int8),
        "space_scales": scales.astype(np.float32),
    }


def read_embedding(arrays: Mapping[str, NDArray[Any]]) -> Embedding:
    """Return the space in the arrays of a model. Raises ModelError where they hold none that fits this program."""
    missing = [name for name in _NAMES if name not in arrays]
    if missing:
        raise ModelError(f"the weights lack {missing[0]!r}; train the model anew")
    buckets, weights, vectors, scales = (arrays[name] for name in _NAMES)
    fits = (
        buckets.ndim == 1
        and vectors.ndim == 2
        and weights.shape == buckets.shape == vectors.shape[:1]
        and scales.shape == vectors.shape[1:]
        and (not len(buckets) or (buckets.min() >= 0 and buckets.max() < BUCKETS))
    )
    if not fits:
        raise ModelError("the word space of the model does not fit this program; train the model anew")
    return Embedding.of_parts(
        buckets.astype(np.int32), weights.astype(np.float32), vectors.astype(np.float32) * scales.astype(np.float32)
    )
