"""How far persons agree who labelled the same texts without sight of one another.

Cohen's kappa (1960) for two persons: agreement beyond what their habits alone would give. Krippendorff's alpha (2011,
nominal data, missing values allowed) for more. Intervals are percentiles of a bootstrap over texts (Efron & Tibshirani
1993). A signal that either of two calls optional is left out for that text and signal: they have said that it may go
either way.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from data.records import Modality
from data.resolution import last_words, person_of
from models.measurement import UNKNOWN, Interval

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from numpy.typing import NDArray

    from data.records import Label

RESAMPLES: Final = 1000
MODALITIES: Final = tuple(Modality)


@dataclass(frozen=True, slots=True)
class Figure:
    """Agreement of two persons about one thing over ``n`` texts.

    ``raw`` is the part they agree on. ``kappa`` is unknown (NaN) where both always said the same one thing: chance
    alone would agree as well. ``first`` and ``second`` are how often each said yes; 0 for the modality.
    """

    n: int
    raw: float
    kappa: Interval
    first: int = 0
    second: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons' agreement; ``confusion`` has the first one's modalities as rows, in the order of Modality."""

    first: str
    second: str
    n: int
    modality: Figure
    signals: Mapping[str, Figure]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of all persons: by pair, and alpha over all of them by subject.

    ``alpha`` is empty where only two persons labelled (kappa says all there is to say); ``texts`` were labelled by two
    or more.
    """

    persons: tuple[str, ...]
    texts: int
    pairs: tuple[Pair, ...]
    alpha: Mapping[str, Interval]


def agreement(
    texts: Sequence[Sequence[Label]], slugs: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0
) -> Agreement:
    """Return how far the persons agree; ``texts`` holds the labels of each text, adjudications are left out.

    Of a person who labelled a text again the last word counts. ``slugs`` are the signals, in their order.
    """
    shared = [words for words in map(last_words, texts) if len(words) > 1]
    by_name: dict[str, str] = {}
    for words in shared:
        for word in words:
            by_name.setdefault(person_of(word.annotator), word.annotator)
    persons = tuple(by_name[key] for key in sorted(by_name))
    pairs = []
    for first, second in combinations(sorted(by_name), 2):
        both = [(mine[first], mine[second]) for mine in map(_by_person, shared) if {first, second} <= set(mine)]
        if both:
            pairs.append(_pair(by_name[first], by_name[second], both, slugs, resamples, seed))
    alpha: dict[str, Interval] = {}
    if len(persons) > 2:
        alpha["modality"] = krippendorff(
            [[word.modality for word in words] for words in shared], resamples=resamples, seed=seed
        )
        for slug in slugs:
            said = [[slug in word.signals for word in words if slug not in word.optional] for words in shared]
            if any(any(one) for one in said):
                alpha[slug] = krippendorff(said, resamples=resamples, seed=seed)
    return Agreement(persons, len(shared), tuple(pairs), alpha)


def cohen(table: NDArray[np.float64]) -> float:
    """Return kappa of a square table of counts (rows the first person, columns the second); NaN where chance is 1."""
    total = table.sum()
    if total == 0:
        return math.nan
    observed = np.trace(table) / total
    expected = float(table.sum(axis=1) @ table.sum(axis=0)) / total**2
    return math.nan if expected >= 1 else float((observed - expected) / (1 - expected))


def kappa(table: NDArray[np.float64], *, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """Return kappa with its interval: texts are drawn anew, which is a multinomial draw of the table's cells."""
    value, total = cohen(table), int(table.sum())
    if math.isnan(value) or not resamples:
        return Interval(value, math.nan, math.nan, total)
    shares = (table / total).ravel()
    drawn = np.random.default_rng(seed).multinomial(total, shares, size=resamples)
    return _percentiles(value, [cohen(one.reshape(table.shape).astype(float)) for one in drawn], total)


def krippendorff(units: Sequence[Sequence[Hashable]], *, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """Return alpha of nominal values, a sequence per text, with its interval; texts with one value do not count."""
    pairable = [values for values in units if len(values) > 1]
    names = sorted({value for values in pairable for value in values}, key=str)
    at = {name: number for number, name in enumerate(names)}
    if not pairable:
        return UNKNOWN
    counts = np.zeros((len(pairable), len(names)))
    for row, values in enumerate(pairable):
        for value in values:
            counts[row, at[value]] += 1
    value = _alpha(counts)
    if math.isnan(value) or not resamples:
        return Interval(value, math.nan, math.nan, len(pairable))
    generator = np.random.default_rng(seed)
    drawn = [_alpha(counts[generator.integers(0, len(counts), len(counts))]) for _ in range(resamples)]
    return _percentiles(value, drawn, len(pairable))


def _alpha(counts: NDArray[np.float64]) -> float:
    """Return alpha of a table of texts by values (Krippendorff 2011, the coincidences of nominal data)."""
    per_text = counts.sum(axis=1)
    totals = counts.sum(axis=0)
    whole = totals.sum()
    expected = whole**2 - float((totals**2).sum())
    if expected == 0:
        return math.nan
    disagreeing = ((per_text**2 - (counts**2).sum(axis=1)) / (per_text - 1)).sum()
    return float(1 - (whole - 1) * disagreeing / expected)


def _percentiles(value: float, drawn: Sequence[float], n: int) -> Interval:
    known = [one for one in drawn if not math.isnan(one)]
    if not known:
        return Interval(value, math.nan, math.nan, n)
    low, high = np.percentile(known, [2.5, 97.5])
    return Interval(value, float(low), float(high), n)


def _by_person(words: Sequence[Label]) -> dict[str, Label]:
    return {person_of(word.annotator): word for word in words}


def _pair(
    first: str,
    second: str,
    both: Sequence[tuple[Label, Label]],
    slugs: Sequence[str],
    resamples: int,
    seed: int,
) -> Pair:
    confusion = np.zeros((len(MODALITIES), len(MODALITIES)))
    for one, other in both:
        confusion[MODALITIES.index(one.modality), MODALITIES.index(other.modality)] += 1
    tables: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros((2, 2)))
    for one, other in both:
        for slug in slugs:
            if slug not in one.optional and slug not in other.optional:
                tables[slug][int(slug in one.signals), int(slug in other.signals)] += 1
    return Pair(
        first=first,
        second=second,
        n=len(both),
        modality=_figure(confusion, resamples, seed),
        signals={slug: _figure(tables[slug], resamples, seed, yes=True) for slug in slugs if _named(tables[slug])},
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
    )


def _named(table: NDArray[np.float64]) -> bool:
    """Return whether either person ever named the signal; one that neither did says nothing."""
    return bool(table.sum() > table[0, 0])


def _figure(table: NDArray[np.float64], resamples: int, seed: int, *, yes: bool = False) -> Figure:
    return Figure(
        n=int(table.sum()),
        raw=float(np.trace(table) / table.sum()),
        kappa=kappa(table, resamples=resamples, seed=seed),
        first=int(table[1].sum()) if yes else 0,
        second=int(table[:, 1].sum()) if yes else 0,
    )
