"""A challenger trained: sources gathered, stories kept apart, both stages learned, measured beside the champion, kept.

The sources, a later one overriding an earlier one by id: the shipped matrix of real articles, the made-up examples of
``data/gold``, labelled files, and what the desk labelled, which is handed in. One trainer reads each of them once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

import data
from data.errors import InputError, ModelError
from data.taxonomy import Taxonomy, load_taxonomy
from models.card import BOOTSTRAP_SEED, CROSSED, HELD_OUT, Source, card_of, files_digest, trained_ids, version_in
from models.embedding import Embedding, read_embedding
from models.exam import Exam, said_of, said_of_scores, truth_of
from models.examples import GOLD, Example, Learned, labels_digest, learn, read_examples
from models.golden import GOLDEN, check_golden
from models.judge import BASELINE, Judge
from models.matrix import Matrix, open_matrix
from models.measure import RESAMPLES, measure
from models.splits import Split, merge, split, story_numbers, thinned, with_stories
from models.train import corpus_of, fit_second, folds, save, stored_judge, targets, train
from models.weights import read_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.measurement import Measurement, Said
    from models.train import Corpus

    Progress = Callable[[str, int, int], object]

GOLD_FOLDER = Path(data.__file__).parent / "gold"

MOST_EXAMPLES = 12_000
"""Examples that one model learns from: the table of their likenesses takes 4 GB then, its factor a minute. The oldest
of the desk's make room (`models.splits.thinned`)."""

LEAST_EXAMPLES = 40
LEAST_OF_BOTH = 8
"""Flagged articles, and others, from which anything can be learned; by reasoning: folds of one or two of each teach the
second stage nothing."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that can be learned from: examples with their stories, where they came from, and what to say of it."""

    parts: Split
    sources: tuple[Source, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenger and what was measured of it.

    ``folder`` is where it lies. ``measured`` and ``champion`` are figures on the holdout, of it and of the model in use
    (None: nothing is held out, or that model cannot be used). ``misread`` says which golden text it reads wrongly (""
    for none): such a model cannot be put in use.
    """

    folder: Path
    digest: str
    parts: Split
    measured: Measurement | None
    champion: Measurement | None
    cross_validated: Measurement
    misread: str


@dataclass
class Trainer:
    """What trains challengers from sources; reads each source once, when it is first needed.

    ``matrix`` and ``gold`` are folders, None leaves them out. ``progress`` is told a step ("read", "fit", "measure")
    with how much of it is done. ``jobs`` threads give the same weights as one.
    ``space`` is where articles stand among others (None: the shipped model's).
    """

    matrix: Path | None = BASELINE
    gold: Path | None = GOLD_FOLDER
    files: Sequence[Path] = ()
    jobs: int = 1
    name: str = "latih"
    progress: Progress = field(default=lambda _step, _done, _of: None)
    taxonomy: Taxonomy = field(default_factory=load_taxonomy)
    space: Embedding | None = None
    _known: dict[Example, Learned] = field(default_factory=dict, repr=False)

    def exam(self, examples: Sequence[Example], champion: Mapping[str, Any]) -> Exam:
        """Return the held-out articles of which neither the champion (its card) nor a challenger has learned."""
        return Exam.of(self.gather(examples, champion).parts)

    def train(self, examples: Sequence[Example], champion: Mapping[str, Any], folder: Path) -> Path:
        """Train with the desk's examples beside all sources and return the model's folder, below ``folder``.

        Raises InputError where there is too little to learn from, and what reading the sources raises.
        """
        return self.challenge(examples, champion, folder / "model", parent=version_in(champion)).folder

    def gather(self, examples: Sequence[Example], champion: Mapping[str, Any]) -> Gathered:
        """Return all examples, put together and split; ``champion`` is the card of the model in use."""
        desk = self._desk(examples)
        read = [*self._fixed, *([(desk, Source("desk", len(desk), labels_digest(desk)))] if desk else [])]
        together = with_stories(merge(rows for rows, _ in read))
        parts = split(together, seen=trained_ids(champion))
        notes = self._matrix.notes if self._matrix else ()
        return Gathered(parts, tuple(source for _, source in read), notes)

    def challenge(
        self,
        examples: Sequence[Example],
        champion: Mapping[str, Any],
        folder: Path,
        *,
        judge: Judge | None = None,
        parent: str | None = None,
        replace: bool = False,
    ) -> Challenge:
        """Train a model, measure it beside ``judge`` (the one in use), and write it to ``folder``.

        ``parent`` names the version in use. Raises InputError where there is too little to learn from, ModelError where
        another model lies in ``folder`` and is not to be replaced, DiskFullError.
        """
        found = self.gather(examples, champion)
        learners = thinned(found.parts.train, MOST_EXAMPLES)
        parts = dataclasses.replace(found.parts, train=learners)
        corpus = corpus_of(learners, self.taxonomy)
        _check_enough(learners)
        machine, second, scores = train(
            corpus, space=self._space, jobs=self.jobs, progress=lambda done, of: self.progress("fit", done, of)
        )
        self.progress("measure", 0, 1)
        mine = stored_judge(corpus, machine, second, name=self.name)
        measured = measured_on(mine, parts.holdout)
        crossed = cross_validated(corpus, learners, scores)
        both = {HELD_OUT: measured, CROSSED: crossed} if measured else {CROSSED: crossed}
        card = card_of(
            corpus,
            parts,
            found.sources,
            name=self.name,
            parent=parent,
            measurements=both,
            notes=found.notes,
        )
        digest = save(folder, corpus, machine, second, card, replace=replace)
        self.progress("measure", 1, 1)
        return Challenge(
            folder=folder,
            digest=digest,
            parts=parts,
            measured=measured,
            champion=measured_on(judge, parts.holdout) if judge else None,
            cross_validated=crossed,
            misread=_misread(mine),
        )

    @cached_property
    def _space(self) -> Embedding:
        return self.space or read_embedding(read_model(BASELINE).arrays)

    @cached_property
    def _matrix(self) -> Matrix | None:
        return open_matrix(self.matrix, self.taxonomy) if self.matrix else None

    @cached_property
    def _fixed(self) -> list[tuple[tuple[Learned, ...], Source]]:
        """The sources that are the same from one training to the next, in the order in which they override."""
        found = []
        if self._matrix:
            rows = self._matrix.rows
            found.append((rows, Source("matrix", len(rows), self._matrix.digest)))
        if self.gold:
            paths = sorted(self.gold.glob("*.jsonl"))
            if not paths:
                raise InputError("there are no made-up examples here; reinstall the program", where=self.gold)
            examples = [one for path in paths for one in read_examples(path, group=GOLD)]
            found.append((self._learn(examples), Source(GOLD, len(examples), files_digest(paths))))
        for path in self.files:
            examples = read_examples(path, group=path.stem)
            found.append((self._learn(examples), Source(path.name, len(examples), files_digest([path]))))
        return found

    def _learn(self, examples: Sequence[Example]) -> tuple[Learned, ...]:
        of = len(examples)
        return learn(examples, self.taxonomy, progress=lambda done: self.progress("read", done, of))

    def _desk(self, examples: Sequence[Example]) -> tuple[Learned, ...]:
        """Return the desk's examples as learned, each read once however often it is asked for."""
        new = [one for one in examples if one not in self._known]
        self._known.update(zip(new, self._learn(new), strict=True))
        return tuple(self._known[one] for one in examples)


def measured_on(judge: Judge, holdout: Sequence[Learned]) -> Measurement | None:
    """Return a judge's figures on held-out articles; None where there is none."""
    if not holdout:
        return None
    truth = [truth_of(one, int(story)) for one, story in zip(holdout, story_numbers(holdout), strict=True)]
    return measure(truth, said_of(judge, holdout), resamples=RESAMPLES, seed=BOOTSTRAP_SEED)


def cross_validated(corpus: Corpus, examples: Sequence[Learned], scores: NDArray[np.float64]) -> Measurement:
    """Return figures on the training part, each article judged by stages that have not seen its fold.

    The first-stage scores that a second stage learns from come from models that saw the fold, which its few dozen
    numbers cannot exploit.
    """
    fold, wanted, slugs = folds(corpus), targets(corpus), corpus.taxonomy.slugs
    said: dict[int, Said] = {}
    with threadpool_limits(1):
        for number in np.unique(fold):
            others = fold != number
            second = fit_second(scores[others], wanted.part(others), len(slugs))
            for at in np.flatnonzero(~others).tolist():
                said[at] = said_of_scores(scores[at], second, examples[at].rails, slugs)
    truth = [truth_of(one, int(story)) for one, story in zip(examples, corpus.stories, strict=True)]
    return measure(truth, [said[at] for at in range(len(truth))], resamples=0, note="cross-validated")


def _check_enough(examples: Sequence[Learned]) -> None:
    flagged = sum(one.flagged for one in examples)
    if len(examples) < LEAST_EXAMPLES or min(flagged, len(examples) - flagged) < LEAST_OF_BOTH:
        raise InputError(
            f"too little to learn from: {len(examples)} examples, {flagged} of them flagged; at least {LEAST_EXAMPLES} "
            f"are needed, {LEAST_OF_BOTH} flagged and {LEAST_OF_BOTH} not; give more labelled files, or leave out "
            "neither the matrix nor the made-up examples"
        )


def _misread(judge: Judge) -> str:
    try:
        check_golden(judge, GOLDEN, judge.model_version)
    except ModelError as error:
        return str(error)
    return ""
