"""The learned judge: documents in, signals with probabilities, one modality, attributes and the spans that decided out.

Cues propose and give spans; linear models over hashed words and cues decide; the law's guard rails (a simulation is
an activity, a column is an opinion) stand over them. A model is loaded only when its digest is that of its card and
it reads the card's golden texts as it should; prediction needs NumPy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifiers.attributes import is_historical, is_negated
from classifiers.cues import CueFinder
from classifiers.modality import guard
from data.errors import ModelError
from data.records import WATCHED, Evidence, Modality
from data.taxonomy import Taxonomy, load_taxonomy
from models.evidence import evidence
from models.features import BUCKETS, dense_names, read_row
from models.golden import check_golden
from models.linear import Linear, sigmoid, soft_maximum
from models.weights import read_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from classifiers.cues import CueHit
    from classifiers.text import Document
    from models.features import Row

BASELINE = Path(__file__).parent / "baseline"
MODALITIES = tuple(Modality)

WORTH_STORING = 0.05
"""Signals below this probability are not stored: at it, one in fifty of them is true on the labelled articles."""


LEAST_OF_WATCHED = 0.15
"""What the likeliest signal of a watched modality needs to be asserted alone; 0.08 to 0.25 swept: +0.003 micro-F1,
+0.007 macro-F1."""


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
        linear: Linear,
        second: Second,
        *,
        model_version: str,
        worth_storing: float = WORTH_STORING,
    ) -> None:
        self.taxonomy = taxonomy
        self.model_version = model_version
        self.rules_version = taxonomy.digest[:12]
        self._linear = linear
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
        try:
            linear = Linear(arrays["idf"].astype(np.float32), unpack(arrays))
            second = Second(
                *(arrays[name].astype(np.float64) for name in ("modality", "flag", "calibration", "thresholds"))
            )
        except KeyError as error:
            raise ModelError(f"{place}: the weights lack {error}; train the model anew") from error
        count = len(taxonomy.slugs)
        columns = BUCKETS + len(dense_names(cue_labels(taxonomy)))
        shapes = (linear.weights.shape, linear.idf.shape, second.modality.shape[1:], second.thresholds.shape)
        if shapes != ((columns, count + 1 + len(MODALITIES)), (BUCKETS,), (len(MODALITIES),), (count,)):
            raise ModelError(f"{place}: the model was trained with other cues or features; train it anew")
        if not all(
            np.isfinite(array).all() for array in (linear.weights, second.modality, second.flag, second.calibration)
        ):
            raise ModelError(f"{place}: the weights hold numbers that are none; train the model anew")
        version = f"{stored.card.get('name', 'model')}-{stored.digest[:8]}"
        judge = cls(taxonomy, linear, second, model_version=version, worth_storing=worth_storing)
        check_golden(judge, stored.card.get("golden", ()), str(place))
        return judge

    @property
    def stages(self) -> tuple[Linear, Second]:
        """The weights of both stages, for those who judge rows instead of documents (``models.exam``)."""
        return self._linear, self._second

    def judge(self, documents: Sequence[Document]) -> list[Judgement]:
        """Return a judgement for each document, in their order. Empty and foreign texts get a sane one."""
        return [self._judge(document) for document in documents]

    def _judge(self, document: Document) -> Judgement:
        hits = self._finder.find(document)
        row = read_row(document, hits, self._labels)
        scores = self._linear.scores(row)
        probabilities, modalities, flag = decide(scores, self._second, self._count)
        guarded, reasons = guard(document, hits, dict(zip(MODALITIES, modalities.tolist(), strict=True)))
        modality = max(MODALITIES, key=lambda name: guarded[name])
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
            evidence=self._evidence(document, row, hits, asserted, modality, reasons),
        )

    def _evidence(
        self,
        document: Document,
        row: Row,
        hits: Sequence[CueHit],
        asserted: Sequence[str],
        modality: Modality,
        reasons: Sequence[Evidence],
    ) -> tuple[Evidence, ...]:
        slugs = self.taxonomy.slugs
        subjects = [(slug, slug, slugs.index(slug)) for slug in asserted]
        subjects.append(("modality", modality.value, self._count + 1 + MODALITIES.index(modality)))
        return (*reasons, *evidence(document, row, hits, self._linear, subjects))


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

    Columns: modality log-probabilities, clipped signal log-odds, flag log-odds, log-odds of any signal.
    """
    signals = np.clip(scores[:, :count], -6, 6)
    logs = np.log(np.maximum(soft_maximum(scores[:, count + 1 :]), 1e-6))
    none = np.clip(np.prod(1 - sigmoid(scores[:, :count]), axis=1), 1e-6, 1 - 1e-6)
    any_signal = np.log((1 - none) / none)
    flag = np.clip(scores[:, count], -8, 8)
    return np.column_stack([logs, signals, flag, any_signal, np.ones(len(scores))])


def decide(
    scores: NDArray[np.float64], second: Second, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return signal probabilities, modality probabilities and the flag probability of one row of scores."""
    seen = second_features(scores[None, :], count)
    probabilities = sigmoid(second.calibration[0] * scores[:count] + second.calibration[1])
    modalities = soft_maximum(seen @ second.modality)[0]
    flag = float(sigmoid(seen @ second.flag)[0])
    return probabilities, modalities, flag


def unpack(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Return the weights of a stored model: bytes times a scale per output, and the dense rows as they are."""
    sparse = arrays["sparse"].astype(np.float32) * arrays["scales"].astype(np.float32)
    return np.concatenate([sparse, arrays["dense"].astype(np.float32)])


def flag_score(flag: float, modalities: Mapping[Modality, float], likeliest: float) -> float:
    """Return the score of the flag: the geometric mean of what was learned of the flag itself and of the modality.

    Both say how probable a flag is, from other sides; the mean ranks better than either (average precision 0.932, not
    0.924, on the labelled articles). The modality is that after the guard rails. Where even the likeliest signal would
    not be asserted there is nothing to flag, and the score falls with it (precision at recall 0.90 on whole articles:
    0.71, not 0.67).
    """
    watched = sum(modalities[name] for name in WATCHED)
    return float(np.sqrt(flag * watched * min(1.0, likeliest / LEAST_OF_WATCHED)))
