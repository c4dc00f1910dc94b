"""The exam that champion and challenger sit: held-out articles as rows, so that it needs nobody's text.

What a row is judged to be is what the judge makes of the document that it was read from: the same two stages, the same
guard rails (kept with the row), the same assertions. Evidence and attributes need the text and are left out; severity
is not a thing that is learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.records import WATCHED
from models.gate import Holdout
from models.judge import MODALITIES, Judge, assertions, decide, decided, flag_score
from models.measurement import Said, Truth
from models.splits import story_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from models.examples import Learned
    from models.judge import Second
    from models.splits import Split


@dataclass(frozen=True, slots=True)
class Exam:
    """Held-out articles with their labels; the first ``holdout.fixed`` are the same for every model and all time."""

    holdout: Holdout
    rows: tuple[Learned, ...]

    @classmethod
    def of(cls, split: Split) -> Exam:
        """Return the exam of a split: the fixed part, then the newest of the desk's labels."""
        stories = story_numbers(split.holdout).tolist()
        truth = tuple(truth_of(one, story) for one, story in zip(split.holdout, stories, strict=True))
        return cls(Holdout(split.fixed_digest, truth, len(split.fixed)), split.holdout)

    def answers(self, folder: Path) -> tuple[Said, ...]:
        """Return what the model in a folder says of each article. Raises ModelError where it cannot be used."""
        return said_of(Judge.load(folder), self.rows)


def truth_of(one: Learned, story: int) -> Truth:
    """Return what is true of a labelled article, as it is measured with; ``story`` is the same number for copies."""
    return Truth(
        id=one.id,
        signals=one.signals,
        optional=one.optional,
        modality=one.modality,
        severity=one.severity,
        negasi=one.negasi,
        historis=one.historis,
        story=story,
        group=one.group,
    )


def said_of(judge: Judge, rows: Sequence[Learned]) -> tuple[Said, ...]:
    """Return what a judge says of articles that it sees as rows."""
    machine, second = judge.stages
    slugs = judge.taxonomy.slugs
    scores = machine.scores([one.row for one in rows])
    return tuple(said_of_scores(own, second, one.rails, slugs) for one, own in zip(rows, scores, strict=True))


def said_of_scores(
    scores: NDArray[np.float64], second: Second, rails: NDArray[np.float32], slugs: Sequence[str]
) -> Said:
    """Return what the second stage and the guard rails make of an article's first-stage scores."""
    probabilities, modalities, flag = decide(scores, second, len(slugs))
    railed = modalities * rails
    guarded = dict(zip(MODALITIES, (railed / railed.sum()).tolist(), strict=True))
    modality = decided(guarded)
    asserted = assertions(probabilities, second.thresholds, modality, slugs)
    return Said(
        signals=dict(zip(slugs, probabilities.tolist(), strict=True)),
        asserted=frozenset(asserted),
        modality=modality,
        flag_score=flag_score(flag, guarded, float(probabilities.max())),
        flagged=bool(asserted) and modality in WATCHED,
    )
