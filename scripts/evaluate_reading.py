#!/usr/bin/env python3
"""Measure the reading of Indonesian, cross-validated on real articles, and the shipped model on hard made-up pieces.

    OPENBLAS_NUM_THREADS=1 python scripts/evaluate_reading.py [--shared ../shared] [--by-source] [--jobs 2]

Folds keep the copies of a story together. The second stage is judged on folds it has not seen either; the first-stage
scores it learns from come from models that saw the fold, which a few dozen numbers cannot exploit. What is said has
passed the guard rails, as in the product, and severity is the whole pipeline's: the rules over signals and modality
that were judged out of fold, over places and times that were found. Figures of torn and whole texts stand apart. With
``--by-source`` every data set is judged by models that have seen none of it, which takes as long again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from classifiers.attributes import is_historical, is_negated
from classifiers.cues import CueFinder
from classifiers.places import Locator
from classifiers.stages import load_calendar
from classifiers.text import read_document
from data.taxonomy import load_taxonomy
from desk.terminal.assess_lines import Outlets, read_row
from flows.settings import Settings
from flows.tools import load_sources
from models.assessor import Assessor
from models.embedding import read_embedding
from models.exam import said_of_scores, truth_of
from models.examples import GOLD, Example, Learned, learn, read_examples
from models.judge import BASELINE, Judge
from models.measure import measure
from models.splits import split, with_stories
from models.train import corpus_of, fit_second, folds, out_of_fold, targets
from models.weights import read_model
from scripts.figures import Figure, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from classifiers.text import Document
    from data.records import Evidence, Modality
    from models.assessor import AssessItem
    from models.measurement import LabelFigures, Measurement, Said
    from models.train import Corpus

ROOT = Path(__file__).resolve().parent.parent
BATCH = 64
UNITS = {"f1": "F1", "ap": "AP", "r90": "precision", "r95": "precision"}


def evaluate(shared: Path, gold: Path | None = None, *, by_source: bool = False, jobs: int = 2) -> list[Figure]:
    """Return the figures of the reading, from the labelled files of a shared folder (see the module's sentence)."""
    found = cross_validated(shared, gold or ROOT / "data" / "gold", by_source=by_source, jobs=jobs)
    found += hard_pieces(shared)
    return found


def cross_validated(shared: Path, gold: Path, *, by_source: bool = False, jobs: int = 2) -> list[Figure]:
    """Return grouped cross-validation on the real articles, and on the made-up ones that otherwise only train."""
    real = shared / "eval" / "dev.jsonl"
    examples = [*read_examples(real), *our_labels(shared)]
    for path in sorted(gold.glob("*.jsonl")):
        examples += read_examples(path, group=GOLD)
    learned = split(with_stories(learn(examples))).train  # what is held out for the gate measures, and never trains
    corpus = corpus_of(learned)
    items = items_of(real)
    found = figures_of_folds("reading.cv", corpus, learned, folds(corpus), items, jobs=jobs)
    if by_source:
        found += figures_of_folds("reading.lodo", corpus, learned, sources(corpus), items, jobs=jobs)
    return found


def our_labels(shared: Path) -> list[Example]:
    """Return the articles of ``data/news`` that we labelled ourselves, which train beside the others; [] before any."""
    from scripts.train_baseline import LABELS, news_examples

    return list(news_examples(LABELS, shared / "data" / "news" / "articles.jsonl.gz")) if LABELS.is_file() else []


def figures_of_folds(
    name: str,
    corpus: Corpus,
    learned: Sequence[Learned],
    fold: NDArray[np.int64],
    items: Sequence[AssessItem],
    *,
    jobs: int = 1,
) -> list[Figure]:
    """Return the figures of what is said out of fold: all real articles, whole, torn; made up, and of our labels.

    ``items`` are the real articles that are measured with, by their ids; their severity is judged too.
    """
    said = with_severity(said_out_of_fold(corpus, learned, fold, jobs=jobs), learned, items)
    names = {item.id for item in items}
    real = np.array([example.id in names for example in learned])
    made_up = np.array([example.group == GOLD for example in learned])
    torn = np.array([example.torn for example in learned])
    slices = {"": real, ".whole": real & ~torn, ".torn": real & torn, ".gold": made_up, ".ours": ~real & ~made_up}
    found: list[Figure] = []
    for part, mask in slices.items():
        chosen = np.flatnonzero(mask).tolist()
        if chosen:
            truth = [truth_of(learned[at], int(corpus.stories[at])) for at in chosen]
            found += figures_of(name + part, measure(truth, [said[at] for at in chosen]), per_label=not part)
    return found


def said_out_of_fold(
    corpus: Corpus, learned: Sequence[Learned], fold: NDArray[np.int64], *, jobs: int = 1
) -> list[Said]:
    """Return what both stages and the guard rails say of each example, neither stage having seen its fold."""
    wanted, slugs = targets(corpus), corpus.taxonomy.slugs
    space = read_embedding(read_model(BASELINE).arrays)  # learned without labels, once, with the shipped model
    scores = out_of_fold(corpus, wanted, fold, space=space, jobs=jobs)
    said: dict[int, Said] = {}
    for number in np.unique(fold):
        others = fold != number
        second = fit_second(scores[others], wanted.part(others), len(slugs))
        for at in np.flatnonzero(~others).tolist():
            said[at] = said_of_scores(scores[at], second, learned[at].rails, slugs)
    return [said[at] for at in range(len(learned))]


def sources(corpus: Corpus) -> NDArray[np.int64]:
    """Return the data set of each real article as its fold; made-up ones are spread over these by story."""
    names = sorted({example.group for example in corpus.examples} - {GOLD})
    spread = folds(corpus, len(names))
    return np.array(
        [names.index(e.group) if e.group in names else spread[n] for n, e in enumerate(corpus.examples)], np.int64
    )


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said out of fold, as the assessor asks for it (``models.assessor.JudgedText``)."""

    signals: dict[str, float]
    flagged_signals: tuple[str, ...]
    modality: Modality
    negasi: bool
    historis: bool
    flag_score: float
    evidence: tuple[Evidence, ...] = ()


class OutOfFold:
    """A judge that knows its answers beforehand; attributes are read from the text, as they are by rules."""

    model_version, rules_version = "out-of-fold", "0"

    def __init__(self, said: Iterable[Said]) -> None:
        self._said = iter(said)
        self._finder = CueFinder(load_taxonomy())

    def judge(self, documents: Sequence[Document]) -> list[Spoken]:
        """Return the next answers, one a document."""
        return [self._spoken(document, next(self._said)) for document in documents]

    def _spoken(self, document: Document, said: Said) -> Spoken:
        hits = self._finder.find(document)
        asserted = tuple(sorted(said.asserted, key=lambda slug: (-said.signals[slug], slug)))
        return Spoken(
            signals=dict(said.signals),
            flagged_signals=asserted,
            modality=said.modality,
            negasi=is_negated(hits, modality=said.modality, asserted=asserted),
            historis=is_historical(hits, modality=said.modality),
            flag_score=said.flag_score,
        )


def with_severity(said: Sequence[Said], learned: Sequence[Learned], items: Sequence[AssessItem]) -> list[Said]:
    """Return the answers with the severity that the product gives to them, where there is an item of that id."""
    place = {one.id: at for at, one in enumerate(learned)}
    items = [item for item in items if item.id in place]
    judge = OutOfFold(said[place[item.id]] for item in items)
    assessor = Assessor(judge, Locator.load(), load_calendar())
    found = list(said)
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        for item, answer in zip(batch, assessor.assess(batch), strict=True):
            found[place[item.id]] = replace(said[place[item.id]], severity=answer.severity)
    return found


def items_of(path: Path) -> list[AssessItem]:
    """Return the articles of a labelled file as ``kentongan assess`` reads them, their outlets found."""
    outlets = Outlets(cache(lambda: load_sources(Settings.from_environ())))
    lines = path.read_text(encoding="utf-8").splitlines()
    return [read_row(number, json.loads(line), outlets).item for number, line in enumerate(lines, 1) if line.strip()]


def hard_pieces(shared: Path) -> list[Figure]:
    """Return the figures of the shipped model on the made-up hard pieces, which never train, and its speed."""
    cases = read_examples(shared / "eval" / "cases.jsonl")
    judge = Judge.load()
    found = figures_of("reading.cases", judged(judge, cases))
    articles = read_examples(shared / "eval" / "dev.jsonl")[:500]
    start = time.process_time()
    judge.judge([read_document(example.title, example.text) for example in articles])
    spent = (time.process_time() - start) / len(articles) * 1000
    return [*found, Figure("reading.ms_per_article", spent, "ms", len(articles), most=10.0)]


def judged(judge: Judge, examples: Sequence[Example]) -> Measurement:
    """Return what is measured of a judge on articles with their texts, each a story of its own."""
    from models.measurement import Said, Truth

    answers = judge.judge([read_document(example.title, example.text) for example in examples])
    truth = [
        Truth(e.id, e.signals, e.optional, e.modality, e.severity, e.negasi, e.historis, at, e.group)
        for at, e in enumerate(examples)
    ]
    said = [
        Said(one.signals, frozenset(one.flagged_signals), one.modality, one.flag_score, one.flagged) for one in answers
    ]
    return measure(truth, said)


def figures_of(name: str, measured: Measurement, *, per_label: bool = False) -> list[Figure]:
    """Return a measurement as figures; those that there was nothing to measure for are left out."""
    found = [
        Figure(
            f"{name}.{key}", one.value, UNITS.get(key.rsplit("_", 1)[-1], "share"), one.n, low=one.low, high=one.high
        )
        for key, one in measured.figures.items()
        if one.known
    ]
    if per_label:
        found += _of_labels(f"{name}.signal", measured.signals)
        found += _of_labels(f"{name}.modality", {kind.value: one for kind, one in measured.modalities.items()})
    return found


def _of_labels(name: str, labels: Mapping[str, LabelFigures]) -> list[Figure]:
    return [
        Figure(f"{name}.{label}", one.f1.value, "F1", one.n, low=one.f1.low, high=one.f1.high)
        for label, one in labels.items()
        if one.f1.known
    ]


def main(argv: list[str]) -> int:
    """Print the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--by-source", action="store_true")
    parser.add_argument("--jobs", type=int, default=2, help="threads that learn; the figures are the same")
    wanted = parser.parse_args(argv)
    print(table(evaluate(wanted.shared, by_source=wanted.by_source, jobs=wanted.jobs)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
