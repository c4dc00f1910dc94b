"""The learned judge: documents in, signals with probabilities, one modality, attributes and the spans that decided out.

Cues propose and give spans; a kernel machine over hashed words, cues and subjects decides, with a small second stage
over its scores; the law's guard rails (a simulation is an activity, a column is an opinion) stand over them. A model is
loaded only when its digest is that of its card and it reads the card's golden texts as it should; prediction needs
NumPy alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifiers.attributes import is_historical, is_negated
from classifiers.cues import CueFinder
from classifiers.modality import guard
from data.errors import ModelError
from data.records import WATCHED, Evidence, Modality
from data.taxonomy import Taxonomy, load_taxonomy
from models.evidence import Subject, evidence
from models.features import dense_names, read_row
from models.golden import check_golden
from models.kernel import Machine, read_machine
from models.linear import sigmoid, soft_maximum
from models.weights import read_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from classifiers.cues import CueHit
    from classifiers.text import Document
    from models.features import Row

BASELINE = Path(__file__).parent / "baseline"
MODALITIES = tuple(Modality)

AT_ONCE = 64
"""Documents judged in one matrix product: more are not quicker, and their nearness to all anchors takes memory."""

WORTH_STORING = 0.05
"""Signals below this probability are not stored: at it, one in fifty of them is true on the labelled articles."""


LEAST_OF_WATCHED = 0.15
"""What the likeliest signal of a watched modality needs to be asserted alone; 0.08 to 0.25 swept: +0.003 micro-F1,
+0.007 macro-F1."""


MAJORITY = 0.5
"""Probability beyond which a modality is said whatever the others share."""

WATCHED_SHARE = 0.35
"""Probability of all watched modalities together from which one of them is said where none of the seven has a majority:
the four would else split the vote. In five folds, against the likeliest of seven: recall of the flag 0.844 on real and
0.896 on made-up articles, not 0.816 and 0.869; its F1 0.886 and 0.918, not 0.878 and 0.907; accuracy of the modality
0.858 and 0.890, not 0.859 and 0.882. 0.4 and 0.45 find less."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged of one document.

    ``signals``: the calibrated probability of every signal worth storing, likeliest first; ``flagged_signals`` those
    asserted, none where the modality is ``tidak_relevan``. ``flag_score`` says how probable it is that the article
    should be flagged; its calibration error stands in the model's card. ``evidence``: spans in the document's own title
    and text, for each asserted signal and for the modality.
    """

    signals: Mapping[str, float]
    flagged_signals: tuple[str, ...]
    modality: Modality
    modality_probabilities: Mapping[Modality, float]
    negasi: bool
    historis: bool
    flag_score: float
    evidence: tuple[Evidence, ...]

    @property
    def flagged(self) -> bool:
        """Whether a watched signal is asserted in a watched modality."""
        return bool(self.flagged_signals) and self.modality in WATCHED


@dataclass(frozen=True, slots=True)
class Second:
    """The small second stage over the first stage's scores: (features, outputs) weights with a bias row last."""

    modality: NDArray[np.float64]
    flag: NDArray[np.float64]
    calibration: NDArray[np.float64]
    thresholds: NDArray[np.float64]


class Judge:
    """A loaded model with its rules; holds no state between documents and may be shared between threads."""

    def __init__(
        self,
        taxonomy: Taxonomy,
        machine: Machine,
        second: Second,
        *,
        model_version: str,
        worth_storing: float = WORTH_STORING,
    ) -> None:
        self.taxonomy = taxonomy
        self.model_version = model_version
        self.rules_version = taxonomy.digest[:12]
        self._machine = machine
        self._second = second
        self._worth_storing = worth_storing
        self._finder = CueFinder(taxonomy)
        self._labels = cue_labels(taxonomy)
        self._count = len(taxonomy.slugs)

    @classmethod
    def load(cls, folder: Path | None = None, *, worth_storing: float = WORTH_STORING) -> Judge:
        """Return the judge of a model folder (None: the shipped baseline).

        ``worth_storing`` is the least probability that a judgement keeps of a signal; 0 keeps all, to measure with.
        Raises ModelError where files are missing or corrupt, where the model does not fit this program's signals and
        features, or where it reads a golden text of its card otherwise than it should.
        """
        place = BASELINE if folder is None else folder
        stored = read_model(place)
        taxonomy = load_taxonomy()
        if list(stored.card.get("signals", ())) != list(taxonomy.slugs):
            raise ModelError(f"{place}: the model knows other signals than {'data/reference/signals'}; train it anew")
        arrays = stored.arrays
        names = dense_names(cue_labels(taxonomy))
        count = len(taxonomy.slugs)
        try:
            machine = read_machine(arrays, dense=len(names), outputs=count + 1 + len(MODALITIES))
            second = Second(
                *(arrays[name].astype(np.float64) for name in ("modality", "flag", "calibration", "thresholds"))
            )
        except KeyError as error:
            raise ModelError(f"{place}: the weights lack {error}; train the model anew") from error
        except ModelError as error:
            raise ModelError(f"{place}: {error}") from error
        outputs = (second.modality.shape, second.flag.shape, second.calibration.shape, second.thresholds.shape)
        width = 2 + len(MODALITIES)
        if outputs != ((width, len(MODALITIES)), (width,), (2, count), (count,)):
            raise ModelError(f"{place}: the second stage does not fit this program; train the model anew")
        if not all(
            np.isfinite(array).all()
            for array in (machine.linear.weights, machine.shares, second.modality, second.flag, second.calibration)
        ):
            raise ModelError(f"{place}: the weights hold numbers that are none; train the model anew")
        version = f"{stored.card.get('name', 'model')}-{stored.digest[:8]}"
        judge = cls(taxonomy, machine, second, model_version=version, worth_storing=worth_storing)
        check_golden(judge, stored.card.get("golden", ()), str(place))
        return judge

    @property
    def stages(self) -> tuple[Machine, Second]:
        """The weights of both stages, for those who judge rows instead of documents (``models.exam``)."""
        return self._machine, self._second

    def judge(self, documents: Sequence[Document]) -> list[Judgement]:
        """Return a judgement for each document, in their order. Empty and foreign texts get a sane one."""
        return [
            judgement
            for start in range(0, len(documents), AT_ONCE)
            for judgement in self._batch(documents[start : start + AT_ONCE])
        ]

    def _batch(self, documents: Sequence[Document]) -> Iterator[Judgement]:
        read = [self._read(document) for document in documents]
        rows = [row for _, row in read]
        placed = self._machine.place(rows)
        scores = self._machine.scores(rows, placed)
        judged = [self._judge(*parts) for parts in zip(documents, (hits for hits, _ in read), scores, strict=True)]
        subjects = [self._subjects(judgement) for judgement in judged]
        slopes = self._machine.slopes(
            placed, [(at, subject.column) for at, own in enumerate(subjects) for subject in own]
        )
        done = 0
        for document, (hits, row), judgement, own in zip(documents, read, judged, subjects, strict=True):
            pulls = self._machine.pulls(row, [subject.column for subject in own], slopes[done : done + len(own)])
            done += len(own)
            yield replace(judgement, evidence=(*judgement.evidence, *evidence(document, row, hits, pulls, own)))

    def _read(self, document: Document) -> tuple[tuple[CueHit, ...], Row]:
        hits = self._finder.find(document)
        return hits, read_row(document, hits, self._labels)

    def _judge(self, document: Document, hits: tuple[CueHit, ...], scores: NDArray[np.float64]) -> Judgement:
        """Return what is judged of a document, with no evidence yet but that of the guard rails."""
        probabilities, modalities, flag = decide(scores, self._second, self._count)
        guarded, reasons = guard(document, hits, dict(zip(MODALITIES, modalities.tolist(), strict=True)))
        modality = decided(guarded)
        asserted = assertions(probabilities, self._second.thresholds, modality, self.taxonomy.slugs)
        score = flag_score(flag, guarded, float(probabilities.max()))
        order = sorted(range(self._count), key=lambda number: -probabilities[number])
        slugs = self.taxonomy.slugs
        signals = {
            slugs[number]: round(float(probabilities[number]), 4)
            for number in order
            if probabilities[number] >= self._worth_storing or slugs[number] in asserted
        }
        return Judgement(
            signals=signals,
            flagged_signals=asserted,
            modality=modality,
            modality_probabilities=guarded,
            negasi=is_negated(hits, modality=modality, asserted=asserted),
            historis=is_historical(hits, modality=modality),
            flag_score=round(score, 4),
            evidence=tuple(reasons),
        )

    def _subjects(self, judgement: Judgement) -> list[Subject]:
        """Return what evidence is looked for: the asserted signals and the modality."""
        slugs = self.taxonomy.slugs
        slopes = self._second.calibration[0]
        subjects = [
            Subject(slug, slug, slugs.index(slug), float(slopes[slugs.index(slug)]))
            for slug in judgement.flagged_signals
        ]
        kind = MODALITIES.index(judgement.modality)
        own = float(self._second.modality[1 + kind, kind])
        return [*subjects, Subject("modality", judgement.modality.value, self._count + 1 + kind, own)]


def decided(probabilities: Mapping[Modality, float]) -> Modality:
    """Return the modality that is said: that of the majority.

    Without one, the likeliest of the watched ones where these together reach `WATCHED_SHARE`, else of the others.
    """
    likeliest = max(MODALITIES, key=lambda name: probabilities[name])
    if probabilities[likeliest] > MAJORITY:
        return likeliest
    watched = sum(probabilities[name] for name in WATCHED) >= WATCHED_SHARE
    return max((name for name in MODALITIES if (name in WATCHED) == watched), key=lambda name: probabilities[name])


def assertions(
    probabilities: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    modality: Modality,
    slugs: Sequence[str],
) -> tuple[str, ...]:
    """Return the signals over their thresholds, likeliest first.

    ``tidak_relevan`` has none; a watched modality speaks of something, so it asserts the likeliest where none is over
    its threshold.
    """
    if modality is Modality.TIDAK_RELEVAN:
        return ()
    order = sorted(range(len(slugs)), key=lambda number: (-probabilities[number], number))
    chosen = [number for number in order if probabilities[number] >= thresholds[number]]
    if not chosen and modality in WATCHED and probabilities[order[0]] >= LEAST_OF_WATCHED:
        chosen = order[:1]
    return tuple(slugs[number] for number in chosen)


def cue_labels(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the labels that cues may have, in their fixed order: signals, then those of modality.toml."""
    return tuple(dict.fromkeys([*taxonomy.slugs, *(cue.label for cue in taxonomy.modality_cues)]))


def second_features(scores: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return what the second stage sees of first-stage scores, shape (rows, features); the last column is the bias.

    Columns: the flag, the modalities. The signals' own scores add nothing: modality accuracy 0.850 with, 0.857 without.
    """
    return np.column_stack([scores[:, count:], np.ones(len(scores))])


def decide(
    scores: NDArray[np.float64], second: Second, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return signal probabilities, modality probabilities and the flag probability of one row of scores."""
    seen = second_features(scores[None, :], count)
    probabilities = sigmoid(second.calibration[0] * scores[:count] + second.calibration[1])
    modalities = soft_maximum(seen @ second.modality)[0]
    flag = float(sigmoid(seen @ second.flag)[0])
    return probabilities, modalities, flag


def flag_score(flag: float, modalities: Mapping[Modality, float], likeliest: float) -> float:
    """Return the score of the flag: the geometric mean of what was learned of the flag itself and of the modality.

    Both say how probable a flag is, from other sides; the mean ranks better than either (average precision 0.932, not
    0.924, on the labelled articles). The modality is that after the guard rails. Where even the likeliest signal would
    not be asserted there is nothing to flag, and the score falls with it (precision at recall 0.90 on whole articles:
    0.71, not 0.67).
    """
    watched = sum(modalities[name] for name in WATCHED)
    return float(np.sqrt(flag * watched * min(1.0, likeliest / LEAST_OF_WATCHED)))
