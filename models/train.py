"""Learn a judge from labelled examples: first stage, out-of-fold scores, second stage, calibration, thresholds, card.

Copies of one story never straddle a fold. Nothing is random: the same examples in the same order give the same
weights to the byte.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from classifiers.cues import CueFinder
from classifiers.text import read_document
from data.errors import InputError
from data.records import WATCHED, Modality
from data.taxonomy import Taxonomy, load_taxonomy
from models.features import BUCKETS, Row, read_row
from models.judge import MODALITIES, Judge, Second, cue_labels, second_features
from models.linear import Linear, document_frequency, fit_each, fit_one_of, matrix, sigmoid, soft_maximum
from models.weights import write_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

FOLDS = 5
STRENGTH = 10.0
"""Inverse L2 penalty of the first stage; 3, 10, 30 swept in grouped cross-validation: 0.883 micro-F1 at 10, 30 within
0.002."""

SECOND_STRENGTH = 0.3
PLATT_STRENGTH = 1.0
"""0.3 to 100 tried: the calibration error of rare labels is least here, F1 is flat."""

THRESHOLD = 0.38
"""Where labels with few examples assert; on all labels together F1 is flat between 0.33 and 0.43."""

ENOUGH_FOR_OWN_THRESHOLD = 40
SHINGLE = 6
COPY_SHARE = 0.15
"""Two texts that share this part of the shorter one's six-word runs are one story."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled article.

    ``optional`` signals are neither hit nor miss; ``group`` is where it came from; ``weight`` its say.
    """

    id: str
    title: str
    text: str
    signals: frozenset[str]
    optional: frozenset[str]
    modality: Modality
    negasi: bool = False
    historis: bool = False
    group: str = ""
    torn: bool = False
    weight: float = 1.0

    @property
    def flagged(self) -> bool:
        """Whether the article should be flagged."""
        return bool(self.signals) and self.modality in WATCHED


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples with what the first stage sees of them, made once."""

    examples: tuple[Example, ...]
    rows: tuple[Row, ...]
    taxonomy: Taxonomy
    stories: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def read_examples(path: Path, *, group: str = "", weight: float = 1.0) -> list[Example]:
    """Return the examples of a labelled JSONL file, ordered as there. Raises InputError naming file and line."""
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            examples.append(
                Example(
                    id=str(entry["id"]),
                    title=str(entry["title"]),
                    text=str(entry["text"]),
                    signals=frozenset(entry["signals"]),
                    optional=frozenset(entry.get("signals_optional") or ()),
                    modality=Modality(entry["modality"]),
                    negasi=bool(entry.get("negasi")),
                    historis=bool(entry.get("historis")),
                    group=str(entry.get("dataset") or group),
                    torn=bool(entry.get("torn")),
                    weight=weight,
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"not a labelled article: {error!r}", where=f"{path}:{number}") from error
    return examples


def prepare(examples: Sequence[Example], taxonomy: Taxonomy | None = None) -> Corpus:
    """Return a corpus: documents read, cues found, rows made, copies grouped into stories."""
    own = taxonomy or load_taxonomy()
    unknown = {slug for example in examples for slug in example.signals | example.optional} - set(own.slugs)
    if unknown:
        raise InputError(f"unknown signals in the examples: {', '.join(sorted(unknown))}")
    finder, labels = CueFinder(own), cue_labels(own)
    documents = (read_document(example.title, example.text) for example in examples)
    rows = tuple(read_row(document, finder.find(document), labels) for document in documents)
    return Corpus(tuple(examples), rows, own, stories([f"{example.title} {example.text}" for example in examples]))


def stories(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return for each text the index of the first text of its story: copies and rewritings share long runs of words."""
    parent = list(range(len(texts)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    holders: dict[bytes, list[int]] = {}
    sizes: list[int] = []
    for number, text in enumerate(texts):
        words = text.lower().split()
        runs = {
            hashlib.blake2b(" ".join(words[at : at + SHINGLE]).encode(), digest_size=8).digest()
            for at in range(max(0, len(words) - SHINGLE + 1))
        }
        sizes.append(len(runs))
        shared: dict[int, int] = {}
        for run in runs:
            for other in holders.setdefault(run, [])[:20]:
                shared[other] = shared.get(other, 0) + 1
            holders[run].append(number)
        for other, count in shared.items():
            if count > COPY_SHARE * min(sizes[number], sizes[other]):
                first, second = sorted((root(number), root(other)))
                parent[second] = first
    return np.array([root(number) for number in range(len(texts))], np.int64)


def folds(corpus: Corpus, count: int = FOLDS) -> NDArray[np.int64]:
    """Return the fold of each example: whole stories together, spread by a digest of the story's first id."""
    names = [corpus.examples[int(story)].id for story in corpus.stories]
    return np.array([int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % count for name in names], np.int64)


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be learned, with the say of each example: (rows, signals + flag), and (rows, modalities)."""

    labels: NDArray[np.float64]
    label_weights: NDArray[np.float64]
    modality: NDArray[np.float64]
    weights: NDArray[np.float64]


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


def fit_first(corpus: Corpus, wanted: Targets, chosen: NDArray[np.bool_]) -> Linear:
    """Return the first stage learned from the chosen rows."""
    rows = [row for row, take in zip(corpus.rows, chosen.tolist(), strict=True) if take]
    idf = document_frequency(rows)
    table = matrix(rows, idf)
    signals = fit_each(table, wanted.labels[chosen], wanted.label_weights[chosen], strength=STRENGTH)
    kinds = wanted.modality[chosen].argmax(axis=1)
    modality = fit_one_of(table, kinds, wanted.weights[chosen], strength=STRENGTH, kinds=len(MODALITIES))
    return Linear(idf, np.hstack([signals, modality]).astype(np.float32))


def out_of_fold(corpus: Corpus, wanted: Targets, fold: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return first-stage scores of each example by a model that has not seen its fold."""
    scores = np.zeros((len(corpus.rows), len(corpus.taxonomy.slugs) + 1 + len(MODALITIES)))
    for number in np.unique(fold):
        linear = fit_first(corpus, wanted, fold != number)
        for at in np.flatnonzero(fold == number):
            scores[at] = linear.scores(corpus.rows[at])
    return scores


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
    """Return slope and offset that make out-of-fold log-odds calibrated, as Platt did: a regression on the score."""
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


def train(corpus: Corpus) -> tuple[Linear, Second, NDArray[np.float64]]:
    """Return both stages, and the out-of-fold scores that the second one learned from."""
    wanted = targets(corpus)
    scores = out_of_fold(corpus, wanted, folds(corpus))
    second = fit_second(scores, wanted, len(corpus.taxonomy.slugs))
    return fit_first(corpus, wanted, np.ones(len(corpus.rows), bool)), second, scores


def stored_arrays(linear: Linear, second: Second) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model as they are stored: hashed weights in 8 bits with a scale per output."""
    sparse = linear.weights[:BUCKETS]
    scales = np.maximum(np.abs(sparse).max(axis=0), 1e-9) / 127
    return {
        "idf": linear.idf.astype(np.float16),
        "sparse": np.round(sparse / scales).astype(np.int8),
        "scales": scales.astype(np.float32),
        "dense": linear.weights[BUCKETS:].astype(np.float32),
        "modality": second.modality.astype(np.float32),
        "flag": second.flag.astype(np.float32),
        "calibration": second.calibration.astype(np.float32),
        "thresholds": second.thresholds.astype(np.float32),
    }


def save(folder: Path, corpus: Corpus, linear: Linear, second: Second, card: Mapping[str, Any]) -> str:
    """Write a model folder and return its digest; the card gets the labels and the digest of the examples."""
    digest = hashlib.sha256()
    for example in corpus.examples:
        line = [
            example.id,
            example.title,
            example.text,
            sorted(example.signals),
            sorted(example.optional),
            example.modality,
        ]
        digest.update(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    whole = {
        **card,
        "signals": list(corpus.taxonomy.slugs),
        "modalities": [name.value for name in MODALITIES],
        "examples": {"count": len(corpus.examples), "sha256": digest.hexdigest()},
        "rules": corpus.taxonomy.digest[:12],
    }
    return write_model(folder, whole, stored_arrays(linear, second))


def judge_of(corpus: Corpus, linear: Linear, second: Second, *, name: str) -> Judge:
    """Return a judge of weights in memory, as an evaluation needs it."""
    return Judge(corpus.taxonomy, linear, second, model_version=name)


def counts(examples: Iterable[Example]) -> dict[str, int]:
    """Return how many examples each signal and modality has."""
    found: dict[str, int] = {}
    for example in examples:
        for label in (*sorted(example.signals), example.modality.value):
            found[label] = found.get(label, 0) + 1
    return found


__all__ = [
    "Corpus",
    "Example",
    "fit_first",
    "fit_second",
    "folds",
    "prepare",
    "read_examples",
    "save",
    "soft_maximum",
    "targets",
    "train",
]
