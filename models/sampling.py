"""Which articles a person should label next: those that teach most, and some by lot.

Three ways of looking for what teaches (Settles 2009, *Active Learning Literature Survey*):

- *ragu*: the model is least sure (Lewis & Gale 1994): its flag score lies near one half, or its two likeliest
  modalities lie near each other (the margin of Scheffer, Decomain & Wrobel 2001);
- *beda_isyarat*: two readers that read otherwise differ (query by committee, Seung, Opper & Sompolinsky 1992): strong
  cues for a signal that the model denies, or a signal asserted without a cue;
- *sinyal_langka*: what may be a signal of which training has few examples (the rare categories of Attenberg & Provost
  2010, who show that uncertainty alone never finds them).

Such choices say nothing of the articles that nobody looked at; so some are drawn by lot from what was not flagged
(*acak*), with their chance kept: `models.audit` estimates from them what was missed. Pure: the seed is handed in.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final

from classifiers.copies import Signature, is_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from data.records import Modality, TaskReason

SHARES: Final[Mapping[TaskReason, float]] = {"ragu": 0.35, "beda_isyarat": 0.25, "sinyal_langka": 0.2, "acak": 0.2}
"""Parts of a queue. A judgement, not a measurement: most to where the model errs most, and every fifth text by lot, so
that a queue of 50 a week gives 40 texts of the recall audit in a month."""

STRONG_CUES: Final = 3.0
"""Points of different cues from which a signal is true in 7 of 10 of the labelled articles; of 2 in 4 of 10."""

ASSERTED_WITHOUT_CUE: Final = 0.38
"""Probability from which a signal without any cue is a disagreement: where the model asserts (`models.train`). On the
labelled articles 3 in 1,000 are true without a cue."""

MAYBE: Final = 0.15
"""Probability from which a text may have a rare signal: where the judge asserts a lone one (`models.judge`)."""

MAYBE_CUES: Final = 2.0
"""Points of cues that make the same of it: 4 in 10 are true."""

LEAST_SCORE: Final = 0.2
"""What teaches less than this is not asked for; better a short queue than one that wastes an analyst's hour."""

SAME_SOURCE: Final = 0.75
SAME_PROVINCE: Final = 0.9
"""Factor of a score for each text of the same source, or province, that was chosen before: five of one outlet, and its
next one counts a quarter."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An assessed article that could be labelled.

    ``signals`` are calibrated probabilities (a missing one is 0), ``modalities`` the modalities' (empty where they are
    not known); ``cues`` the points of the different cues that stand in the text, by signal. ``province`` is the first
    two digits of the place of the event, None where it has none.
    """

    article_id: int
    revision: int
    source: str
    province: str | None
    mark: Signature
    signals: Mapping[str, float]
    asserted: frozenset[str]
    modalities: Mapping[Modality, float]
    flag_score: float
    cues: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate with why it was chosen: ``detail`` is Indonesian, ``score`` in [0, 1] before any penalty."""

    candidate: Candidate
    reason: TaskReason
    detail: str
    score: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a drawing by lot came to: ids in the order of the frame, each drawn with probability ``inclusion``."""

    ids: tuple[int, ...]
    inclusion: float


def uncertainty(candidate: Candidate) -> tuple[float, str]:
    """Return how unsure the model is, in [0, 1], and of what."""
    flag = 1 - abs(2 * candidate.flag_score - 1)
    ranked = sorted(candidate.modalities.items(), key=lambda pair: -pair[1])[:2]
    margin = 1 - (ranked[0][1] - ranked[1][1]) if len(ranked) == 2 else 0.0
    if margin > flag:
        (first, high), (second, low) = ranked
        return margin, f"modalitas hampir sama kuat: {first} {_number(high)}, {second} {_number(low)}"
    return flag, f"model ragu: skor tanda {_number(candidate.flag_score)}"


def disagreement(candidate: Candidate) -> tuple[float, str]:
    """Return how far cues and model differ, in [0, 1], and about which signal; 0 where they do not."""
    best, detail = 0.0, ""
    for slug in sorted({*candidate.cues, *candidate.asserted}):
        points, probability = candidate.cues.get(slug, 0.0), candidate.signals.get(slug, 0.0)
        if points >= STRONG_CUES and slug not in candidate.asserted:
            score = min(1.0, points / (2 * STRONG_CUES)) * (1 - probability)
            said = f"isyarat kuat untuk {slug} ({_number(points, 1)} poin), tetapi model tidak menyatakannya"
        elif points <= 0 and slug in candidate.asserted and probability >= ASSERTED_WITHOUT_CUE:
            score, said = probability, f"model menyatakan {slug} tanpa satu pun isyarat"
        else:
            continue
        if score > best:
            best, detail = score, f"{said} ({_number(probability)})"
    return best, detail


def rarity(candidate: Candidate, counts: Mapping[str, int]) -> tuple[float, str]:
    """Return how much a text could add to a rare signal, in [0, 1], and to which.

    ``counts`` are the examples that training has, by signal; a signal is rare below the median, the more so the fewer.
    """
    best, detail = 0.0, ""
    middle = median(counts.values()) if counts else 0
    for slug, count in sorted(counts.items()):
        if middle == 0 or count >= middle:
            continue
        probability, points = candidate.signals.get(slug, 0.0), candidate.cues.get(slug, 0.0)
        if probability < MAYBE and points < MAYBE_CUES:
            continue
        # The root: a text that has the signal one time in four is worth half of one that surely has it.
        hope = max(probability, min(1.0, points / (2 * STRONG_CUES))) ** 0.5
        score = (1 - count / middle) * hope
        if score > best:
            best, detail = score, f"mungkin {slug} ({_number(probability)}), yang baru punya {count} contoh"
    return best, detail


def choose(
    candidates: Sequence[Candidate],
    size: int,
    counts: Mapping[str, int],
    *,
    taken: Iterable[Signature] = (),
    shares: Mapping[TaskReason, float] = SHARES,
) -> tuple[Chosen, ...]:
    """Return up to ``size`` candidates that teach most, by the three reasons in their shares; none is drawn by lot.

    No two texts of one queue are copies of each other, nor of ``taken`` (what is queued or labelled). Sources and
    provinces are spread. What one reason cannot fill the others do.
    """
    ways: dict[TaskReason, Callable[[Candidate], tuple[float, str]]] = {
        "sinyal_langka": lambda one: rarity(one, counts),
        "beda_isyarat": disagreement,
        "ragu": uncertainty,
    }
    whole = sum(shares[reason] for reason in ways)
    pick = _Picker(list(taken))
    scored = {reason: [(one, *way(one)) for one in candidates] for reason, way in ways.items()}
    for reason in ways:
        pick.best(scored[reason], reason, round(size * shares[reason] / whole), size)
    for reason in reversed(ways):
        pick.best(scored[reason], reason, size, size)
    return tuple(pick.chosen)


def draw(frame: Iterable[int], size: int, seed: int) -> Drawn:
    """Return a simple random sample of ``frame`` without replacement: each has the same chance, ``size / frame``."""
    ids = sorted(frame)
    count = min(size, len(ids))
    drawn = random.Random(seed).sample(ids, count)  # noqa: S311  # a survey's lot, no secret
    return Drawn(tuple(sorted(drawn)), count / len(ids) if ids else 0.0)


class _Picker:
    """What was chosen so far, and what that makes of the rest."""

    def __init__(self, taken: list[Signature]) -> None:
        self.chosen: list[Chosen] = []
        self._marks = taken
        self._sources: dict[str, int] = {}
        self._provinces: dict[str | None, int] = {}

    def best(self, scored: Sequence[tuple[Candidate, float, str]], reason: TaskReason, most: int, whole: int) -> None:
        """Choose up to ``most`` of ``scored`` by one reason, and no more than ``whole`` altogether."""
        mine = {one.candidate.article_id for one in self.chosen}
        waiting = [entry for entry in scored if entry[1] >= LEAST_SCORE and entry[0].article_id not in mine]
        for _ in range(most):
            if len(self.chosen) >= whole:
                return
            while waiting:
                best = max(waiting, key=lambda entry: (self._worth(entry), -entry[0].article_id))
                waiting.remove(best)
                if not self._is_copy(best[0].mark):
                    self._take(Chosen(best[0], reason, best[2], best[1]))
                    break

    def _worth(self, entry: tuple[Candidate, float, str]) -> float:
        candidate, score, _ = entry
        seen = self._provinces.get(candidate.province, 0) if candidate.province else 0
        penalty: float = SAME_SOURCE ** self._sources.get(candidate.source, 0) * SAME_PROVINCE**seen
        return score * penalty

    def _is_copy(self, mark: Signature) -> bool:
        return any(is_copy(mark, other) for other in self._marks)

    def _take(self, chosen: Chosen) -> None:
        candidate = chosen.candidate
        self.chosen.append(chosen)
        self._marks.append(candidate.mark)
        self._sources[candidate.source] = self._sources.get(candidate.source, 0) + 1
        self._provinces[candidate.province] = self._provinces.get(candidate.province, 0) + 1


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")
