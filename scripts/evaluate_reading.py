#!/usr/bin/env python3
"""Measure the reading of Indonesian, cross-validated on real articles, and the shipped model on hard made-up pieces.

    OPENBLAS_NUM_THREADS=1 python scripts/evaluate_reading.py [--shared ../shared] [--by-source]

Folds keep the copies of a story together. The second stage is judged on folds it has not seen either; the first-stage
scores it learns from come from models that saw the fold, which a few dozen numbers cannot exploit. Figures of torn
and whole texts stand apart. With ``--by-source`` every data set is judged by models that have seen none of it, which
takes as long again.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from classifiers.text import read_document
from data.records import Modality
from models.judge import MODALITIES, Judge, assertions, decide, flag_score
from models.train import Example, fit_second, folds, out_of_fold, prepare, read_examples, targets
from scripts.figures import Figure, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.train import Corpus, Targets

ROOT = Path(__file__).resolve().parent.parent
GOLD = "gold"
"""The group of made-up examples."""

LEAST_GOLD = 7
"""Labels with fewer gold articles say nothing by themselves and stay out of the macro mean."""


def evaluate(shared: Path, gold: Path | None = None, *, by_source: bool = False) -> list[Figure]:
    """Return the figures of the reading, from the labelled files of a shared folder (see the module's sentence)."""
    found = cross_validated(shared, gold or ROOT / "data" / "gold", by_source=by_source)
    found += hard_pieces(shared)
    return found


def cross_validated(shared: Path, gold: Path, *, by_source: bool = False) -> list[Figure]:
    """Return grouped cross-validation on the real articles, and on the made-up ones that otherwise only train."""
    examples = read_examples(shared / "eval" / "dev.jsonl")
    for path in sorted(gold.glob("*.jsonl")):
        examples += read_examples(path, group=GOLD)
    corpus = prepare(examples)
    wanted = targets(corpus)
    found = figures_of_folds("reading.cv", corpus, out_of_fold(corpus, wanted, folds(corpus)), folds(corpus))
    if by_source:
        fold = sources(corpus)
        found += figures_of_folds("reading.lodo", corpus, out_of_fold(corpus, wanted, fold), fold)
    return found


def figures_of_folds(name: str, corpus: Corpus, scores: NDArray[np.float64], fold: NDArray[np.int64]) -> list[Figure]:
    """Return the figures of first-stage scores made out of fold: all real articles, whole, torn, made up."""
    examples = corpus.examples
    said, probabilities = judged_by_fold(scores, targets(corpus), fold, corpus)
    made_up = np.array([example.group == GOLD for example in examples])
    torn = np.array([example.torn for example in examples])
    slices = {"": ~made_up, ".whole": ~made_up & ~torn, ".torn": torn, ".gold": made_up}
    found: list[Figure] = []
    for part, mask in slices.items():
        chosen = np.flatnonzero(mask)
        if len(chosen):
            mine = [examples[n] for n in chosen]
            found += measures(name + part, mine, [said[n] for n in chosen], per_label=not part)
            found += calibration(name + part, mine, [said[n] for n in chosen], probabilities[chosen], corpus)
    return found


def sources(corpus: Corpus) -> NDArray[np.int64]:
    """Return the data set of each real article as its fold; made-up ones are spread over these by story."""
    names = sorted({example.group for example in corpus.examples} - {GOLD})
    spread = folds(corpus, len(names))
    return np.array(
        [names.index(e.group) if e.group in names else spread[n] for n, e in enumerate(corpus.examples)], np.int64
    )


def calibration(
    name: str,
    gold: Sequence[Example],
    said: Sequence[Said],
    probabilities: NDArray[np.float64],
    corpus: Corpus,
) -> list[Figure]:
    """Return the expected calibration error of the flag's score and the signals' probabilities."""
    slugs = corpus.taxonomy.slugs
    flags = [(s[2], e.flagged) for e, s in zip(gold, said, strict=True) if e.flagged or not e.optional]
    signals = [
        (float(row[n]), slug in example.signals)
        for example, row in zip(gold, probabilities, strict=True)
        for n, slug in enumerate(slugs)
        if slug in example.signals or slug not in example.optional
    ]
    return [
        Figure(f"{name}.flag_ece", calibration_error(flags), "share", len(flags)),
        Figure(f"{name}.signals_ece", calibration_error(signals), "share", len(signals)),
    ]


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Return the mean distance of what was said from what was true, over ten equal bins weighted by their counts."""
    said, truth = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], float)
    at = np.minimum((said * 10).astype(int), 9)
    away = [abs(said[at == n].mean() - truth[at == n].mean()) * (at == n).sum() for n in np.unique(at)]
    return float(sum(away) / max(1, len(pairs)))


Said = tuple[frozenset[str], Modality, float]


def judged_by_fold(
    scores: NDArray[np.float64], wanted: Targets, fold: NDArray[np.int64], corpus: Corpus
) -> tuple[list[Said], NDArray[np.float64]]:
    """Return what both stages say of each example, neither having seen its fold, and the signals' probabilities."""
    slugs = corpus.taxonomy.slugs
    said: list[Said] = [(frozenset(), Modality.TIDAK_RELEVAN, 0.0)] * len(scores)
    probabilities = np.zeros((len(scores), len(slugs)))
    for number in np.unique(fold):
        others = fold != number
        learned = fit_second(scores[others], _part(wanted, others), len(slugs))
        for at in np.flatnonzero(fold == number):
            probabilities[at], modalities, flag = decide(scores[at], learned, len(slugs))
            modality = MODALITIES[int(np.argmax(modalities))]
            over = frozenset(assertions(probabilities[at], learned.thresholds, modality, slugs))
            by_name = dict(zip(MODALITIES, modalities.tolist(), strict=True))
            score = flag_score(flag, by_name, float(probabilities[at].max()))
            said[at] = (over, modality, score)
    return said, probabilities


def _part(wanted: Targets, chosen: NDArray[np.bool_]) -> Targets:
    return type(wanted)(
        wanted.labels[chosen], wanted.label_weights[chosen], wanted.modality[chosen], wanted.weights[chosen]
    )


def hard_pieces(shared: Path) -> list[Figure]:
    """Return the figures of the shipped model on the made-up hard pieces, which never train, and its speed."""
    cases = read_examples(shared / "eval" / "cases.jsonl")
    judge = Judge.load()
    documents = [read_document(example.title, example.text) for example in cases]
    said: list[Said] = [
        (frozenset(found.flagged_signals), found.modality, found.flag_score) for found in judge.judge(documents)
    ]
    found = measures("reading.cases", cases, said)
    articles = read_examples(shared / "eval" / "dev.jsonl")[:500]
    start = time.process_time()
    judge.judge([read_document(example.title, example.text) for example in articles])
    spent = (time.process_time() - start) / len(articles) * 1000
    return [*found, Figure("reading.ms_per_article", spent, "ms", len(articles), most=10.0)]


def measures(name: str, gold: Sequence[Example], said: Sequence[Said], *, per_label: bool = False) -> list[Figure]:
    """Return the figures that ``score.py`` counts, for predictions in the order of the gold."""
    labels = sorted({slug for example in gold for slug in example.signals})
    found: list[Figure] = []
    whole = np.zeros(3)
    macro = []
    for slug in labels:
        counts = np.zeros(3)
        for example, (signals, _, _) in zip(gold, said, strict=True):
            if slug in example.signals:
                counts[0 if slug in signals else 2] += 1
            elif slug in signals and slug not in example.optional:
                counts[1] += 1
        whole += counts
        number = int(counts[0] + counts[2])
        if number >= LEAST_GOLD:
            macro.append(f1(counts))
        if per_label:
            found.append(Figure(f"{name}.signal.{slug}", f1(counts), "F1", number))
    for example, (signals, _, _) in zip(gold, said, strict=True):
        whole[1] += len(signals - example.signals - example.optional - set(labels))
    right = [example.modality is modality for example, (_, modality, _) in zip(gold, said, strict=True)]
    kinds = sorted({example.modality for example in gold})
    by_kind = []
    for kind in kinds:
        pairs = [
            (example.modality is kind, modality is kind) for example, (_, modality, _) in zip(gold, said, strict=True)
        ]
        both = sum(a and b for a, b in pairs)
        by_kind.append(2 * both / max(1, sum(a for a, _ in pairs) + sum(b for _, b in pairs)))
        if per_label:
            found.append(Figure(f"{name}.modality.{kind}", by_kind[-1], "F1", sum(a for a, _ in pairs)))
    counted = [
        (score, example.flagged)
        for example, (_, _, score) in zip(gold, said, strict=True)
        if example.flagged or not example.optional
    ]
    average, at90, at95 = curve(counted)
    head = [
        Figure(f"{name}.signals_micro_f1", f1(whole), "F1", int(whole[0] + whole[2])),
        Figure(f"{name}.modality_accuracy", float(np.mean(right)), "share", len(gold)),
        Figure(f"{name}.modality_macro_f1", float(np.mean(by_kind)), "F1", len(kinds)),
        Figure(f"{name}.flag_ap", average, "AP", len(counted)),
        Figure(f"{name}.flag_p_at_r90", at90, "precision", len(counted)),
        Figure(f"{name}.flag_p_at_r95", at95, "precision", len(counted)),
    ]
    if macro:
        head.insert(1, Figure(f"{name}.signals_macro_f1", float(np.mean(macro)), "F1", len(macro)))
    return head + found


def f1(counts: NDArray[np.float64]) -> float:
    """Return F1 of (hits, false alarms, misses); 0 where nothing is there."""
    hit, wrong, missed = counts
    return float(2 * hit / (2 * hit + wrong + missed)) if hit else 0.0


def curve(scored: Sequence[tuple[float, bool]]) -> tuple[float, float, float]:
    """Return average precision, and the best precision at recall 0.90 and 0.95, of (score, truth) pairs."""
    order = sorted(scored, key=lambda pair: -pair[0])
    truth = np.array([pair[1] for pair in order], float)
    hits = np.cumsum(truth)
    precision = hits / np.arange(1, len(order) + 1)
    recall = hits / max(1.0, truth.sum())
    best = [float(precision[recall >= least].max()) if (recall >= least).any() else 0.0 for least in (0.90, 0.95)]
    return float((precision * truth).sum() / max(1.0, truth.sum())), best[0], best[1]


def main(argv: list[str]) -> int:
    """Print the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--by-source", action="store_true")
    wanted = parser.parse_args(argv)
    print(table(evaluate(wanted.shared, by_source=wanted.by_source)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
