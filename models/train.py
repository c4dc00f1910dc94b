"""Learn a judge from labelled examples: first stage, out-of-fold scores, second stage, calibration, thresholds.

Copies of one story never straddle a fold. Nothing is random, and sums are taken in one order however many threads there
are: the same examples in the same order give the same weights to the byte. What an example is stands in
`models.examples`, who may learn from it in `models.splits`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from data.taxonomy import Taxonomy, load_taxonomy
from models.examples import Example, counts, learn, read_examples
from models.features import dense_names
from models.judge import MODALITIES, Judge, Second, cue_labels, second_features
from models.kernel import Targets, learn_first, read_machine, stored_machine
from models.linear import fit_each, fit_one_of, sigmoid
from models.splits import FOLDS, fold_of, story_numbers
from models.stories import stories
from models.weights import write_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.embedding import Embedding
    from models.examples import Labelled, Learned
    from models.features import Row
    from models.kernel import Machine

SECOND_STRENGTH = 3.0
"""Inverse L2 penalty of the second stage; flat from 0.3 to 10."""

PLATT_STRENGTH = 10.0
"""The same of the calibration of one signal; first-stage scores lie in [-1, 1], so slopes are steep."""

THRESHOLD = 0.38
"""Where labels with few examples assert; on all labels together F1 is flat between 0.33 and 0.43."""

ENOUGH_FOR_OWN_THRESHOLD = 40


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples with what the first stage sees of them; ``stories``: the index of the first example of each's story."""

    examples: tuple[Labelled, ...]
    rows: tuple[Row, ...]
    taxonomy: Taxonomy
    stories: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def prepare(examples: Sequence[Example], taxonomy: Taxonomy | None = None) -> Corpus:
    """Return a corpus of articles with their text: documents read, cues found, copies grouped into stories."""
    own = taxonomy or load_taxonomy()
    rows = tuple(one.row for one in learn(examples, own))
    return Corpus(tuple(examples), rows, own, stories([f"{example.title} {example.text}" for example in examples]))


def corpus_of(learned: Sequence[Learned], taxonomy: Taxonomy | None = None) -> Corpus:
    """Return a corpus of what needs no text; the story that each one names is believed."""
    rows = tuple(one.row for one in learned)
    return Corpus(tuple(learned), rows, taxonomy or load_taxonomy(), story_numbers(learned))


def folds(corpus: Corpus, count: int = FOLDS) -> NDArray[np.int64]:
    """Return the fold of each example: whole stories together, spread by a digest of the story's first id."""
    return np.array([fold_of(corpus.examples[int(story)].id, count) for story in corpus.stories], np.int64)


def targets(corpus: Corpus) -> Targets:
    """Return targets; an optional signal has no weight on its label, nor an article with only those on the flag."""
    slugs = corpus.taxonomy.slugs
    own = np.array([example.weight for example in corpus.examples])
    labels = np.array(
        [[slug in example.signals for slug in slugs] + [example.flagged] for example in corpus.examples], np.float64
    )
    counted = np.array(
        [
            [slug not in example.optional or slug in example.signals for slug in slugs]
            + [example.flagged or not example.optional]
            for example in corpus.examples
        ],
        np.float64,
    )
    modality = np.array([[example.modality is name for name in MODALITIES] for example in corpus.examples], np.float64)
    return Targets(labels, counted * own[:, None], modality, own)


def out_of_fold(
    corpus: Corpus, wanted: Targets, fold: NDArray[np.int64], *, space: Embedding, jobs: int = 1
) -> NDArray[np.float64]:
    """Return first-stage scores of each example by a model that has not seen the labels of its fold."""
    return learn_first(corpus.rows, wanted, fold, space=space, jobs=jobs)[1]


def fit_second(scores: NDArray[np.float64], wanted: Targets, count: int) -> Second:
    """Return the second stage learned from out-of-fold scores."""
    from scipy import sparse

    table = sparse.csr_matrix(second_features(scores, count))
    kinds = wanted.modality.argmax(axis=1)
    modality = fit_one_of(table, kinds, wanted.weights, strength=SECOND_STRENGTH, kinds=len(MODALITIES))
    flag = fit_each(table, wanted.labels[:, count:], wanted.label_weights[:, count:], strength=SECOND_STRENGTH)
    calibration = np.array(
        [_platt(scores[:, n], wanted.labels[:, n], wanted.label_weights[:, n]) for n in range(count)]
    ).T
    probabilities = sigmoid(calibration[0] * scores[:, :count] + calibration[1])
    thresholds = np.array(
        [_threshold(probabilities[:, n], wanted.labels[:, n], wanted.label_weights[:, n]) for n in range(count)]
    )
    return Second(modality.astype(np.float64), flag[:, 0].astype(np.float64), calibration, thresholds)


def _platt(
    scores: NDArray[np.float64], truth: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Return slope and offset that make out-of-fold scores log-odds, by Platt's regression on the score."""
    from scipy import sparse

    table = sparse.csr_matrix(np.column_stack([scores, np.ones_like(scores)]))
    slope, offset = fit_each(table, truth[:, None], weights[:, None], strength=PLATT_STRENGTH)[:, 0].tolist()
    return slope, offset


def _threshold(probabilities: NDArray[np.float64], truth: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return where a label asserts: its own best F1 where it has examples enough, else the common threshold."""
    if (truth * (weights > 0)).sum() < ENOUGH_FOR_OWN_THRESHOLD:
        return THRESHOLD
    grid = np.arange(0.25, 0.56, 0.01)
    found = []
    for cut in grid:
        said = probabilities >= cut
        hit = float((weights * truth * said).sum())
        wrong = float((weights * np.abs(truth - said)).sum())
        found.append(2 * hit / (2 * hit + wrong) if hit else 0.0)
    # A mean over neighbours: the best single point of a small sample is luck.
    smooth = np.convolve(found, np.ones(7) / 7, mode="same")
    return round(float(grid[3:-3][int(np.argmax(smooth[3:-3]))]), 2)


def train(
    corpus: Corpus, *, space: Embedding, jobs: int = 1, progress: Callable[[int, int], object] | None = None
) -> tuple[Machine, Second, NDArray[np.float64]]:
    """Return both stages, and the out-of-fold scores that the second one learned from.

    ``space`` is where articles stand among others: the shipped model's, unless a new one was learned.
    ``jobs`` threads make the same weights as one; ``progress`` is told how many fits are done, of how many.
    """
    # Before the limit is set: it holds for the libraries that are loaded then.
    import sklearn.linear_model  # noqa: F401
    from threadpoolctl import threadpool_limits

    wanted = targets(corpus)
    with threadpool_limits(1):  # several BLAS threads would add up in another order from machine to machine
        machine, scores = learn_first(corpus.rows, wanted, folds(corpus), space=space, jobs=jobs, progress=progress)
        return machine, fit_second(scores, wanted, len(corpus.taxonomy.slugs)), scores


def stored_arrays(machine: Machine, second: Second) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model as they are stored."""
    return {
        **stored_machine(machine),
        "modality": second.modality.astype(np.float32),
        "flag": second.flag.astype(np.float32),
        "calibration": second.calibration.astype(np.float32),
        "thresholds": second.thresholds.astype(np.float32),
    }


def save(
    folder: Path, corpus: Corpus, machine: Machine, second: Second, card: Mapping[str, Any], *, replace: bool = False
) -> str:
    """Write a model folder and return its digest; the card gets what a judge needs and what it was learned from.

    Raises ModelError where another model lies there and is not to be replaced, DiskFullError where there is no room.
    """
    whole = {
        "signals": list(corpus.taxonomy.slugs),
        "modalities": [name.value for name in MODALITIES],
        "examples": {"count": len(corpus.examples), "sha256": corpus_digest(corpus)},
        "rules": corpus.taxonomy.digest[:12],
        **card,
    }
    return write_model(folder, whole, stored_arrays(machine, second), replace=replace)


def corpus_digest(corpus: Corpus) -> str:
    """Return the SHA-256 (hex) of ids, labels and features, in their order: what a model is learned from."""
    digest = hashlib.sha256()
    for example, row in zip(corpus.examples, corpus.rows, strict=True):
        line = [example.id, sorted(example.signals), sorted(example.optional), example.modality.value, example.weight]
        digest.update(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        for array in (row.buckets, row.values, row.dense):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def stored_judge(corpus: Corpus, machine: Machine, second: Second, *, name: str) -> Judge:
    """Return the judge that weights are once they are stored, rounded to what the file holds."""
    arrays = stored_arrays(machine, second)
    dense = len(dense_names(cue_labels(corpus.taxonomy)))
    rounded = read_machine(arrays, dense=dense, outputs=machine.shares.shape[1])
    parts = (arrays[one].astype(np.float64) for one in ("modality", "flag", "calibration", "thresholds"))
    return Judge(corpus.taxonomy, rounded, Second(*parts), model_version=name)


__all__ = [
    "Corpus",
    "Example",
    "Targets",
    "corpus_digest",
    "corpus_of",
    "counts",
    "fit_second",
    "folds",
    "out_of_fold",
    "prepare",
    "read_examples",
    "save",
    "stored_arrays",
    "stored_judge",
    "stories",
    "targets",
    "train",
]
