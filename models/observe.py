"""What is counted of articles to see drift: length, outlet, strange words, modality, score, flag; weeks into tables.

Bins are fixed or the reference's own fifths, so that two looks at the same reference count alike.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from classifiers.text import read_document
from data.errors import ModelError
from data.records import Modality
from models.drift import Measure
from models.features import BLOCKS, BUCKETS, read_row
from models.weights import read_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LENGTHS: Final = (180, 220, 250, 300, 360)
"""Words; sixths of the labelled articles."""

SCORES: Final = (0.02, 0.1, 0.3, 0.6, 0.85)
"""Flag scores: most articles lie far below one half, so the low bins are narrow."""

SOURCES: Final = 12
"""Outlets that have a bin of their own, those with the most articles of the reference; all others are one."""

FIFTHS: Final = (0.2, 0.4, 0.6, 0.8)

NOTABLE: Final = 0.05
"""Share of a week from which a new outlet is named."""

ONE_JUDGE: Final = 0.8
"""Share of the reference that the versions must have judged which judged most of the recent week, for what they say to
be compared. By reasoning: a re-scoring is through in hours, and only incidents that were dealt with keep what stood."""

JUDGED: Final = frozenset({"modalitas", "skor_tanda", "laju_tanda"})
"""Measures of what the model says; the others are of the texts, or of persons."""

HARDLY: Final = 2
"""Examples up to which a word is strange."""

OTHERS: Final = "lain"

Kind = Literal["masukan", "skor", "label"]
Unit = Literal["psi", "rasio"]


@dataclass(frozen=True, slots=True)
class Observation:
    """What is counted of one article; ``strange`` is the share of its words unknown to the model, None: not looked.

    ``judge`` names the versions of model and rules that judged it.
    """

    source: str
    words: int
    modality: Modality
    flag_score: float
    flagged: bool
    strange: float | None = None
    judge: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A week's articles, and of how many incidents reviewed in it (``reviewed``) the desk corrected the labels."""

    articles: tuple[Observation, ...]
    reviewed: int = 0
    corrected: int = 0


Row = Callable[[Week], "list[int]"]
"""What counts one week into the bins of a measure."""


def strangeness(folder: Path) -> Callable[[str, str], float]:
    """Return what gives the share of a text's words (title and text) that the model in ``folder`` has hardly met.

    Hardly: their bucket was filled by `HARDLY` examples at most. Buckets are shared, so that of words that are new
    indeed only a part shows; it is a measure to compare weeks by, not a count of words. Raises ModelError.
    """
    weights = read_model(folder).arrays.get("idf")
    if weights is None or weights.shape != (BUCKETS,):
        raise ModelError(f"{folder}: the weights lack 'idf'; train the model anew")
    # log((1 + examples) / (1 + met)) + 1, highest where no example filled the bucket; half a thousandth for rounding.
    unknown = weights.astype(np.float64) >= float(weights.max()) - np.log(1 + HARDLY) - 0.005
    block = BLOCKS.index("text")

    def share(title: str, text: str) -> float:
        row = read_row(read_document(title, text), (), ())
        words = row.buckets[row.blocks == block]
        return float(unknown[words].mean()) if len(words) else 0.0

    return share


def measures(reference: Sequence[Week], recent: Week, month: Sequence[Week] = ()) -> tuple[Measure, ...]:
    """Return what is watched, as tables: the reference's weeks, the recent one, and it with the three of its month.

    ``month`` () leaves the month out.
    """
    usual = [one.strange for week in reference for one in week.articles if one.strange is not None]
    fifths = tuple(dict.fromkeys(np.quantile(usual, FIFTHS).tolist())) if usual else FIFTHS
    outlets, kinds = _largest(reference), tuple(map(str, Modality))
    other = other_judge(reference, recent)
    watched: list[tuple[str, Kind, Unit, tuple[str, ...], Row]] = [
        ("panjang_teks", "masukan", "psi", _spans(LENGTHS, " kata"), _cut(LENGTHS, lambda one: float(one.words))),
        ("campuran_sumber", "masukan", "psi", outlets, _named(outlets, lambda one: one.source)),
        ("kata_asing", "masukan", "psi", _spans(fifths), _cut(fifths, lambda one: one.strange)),
        ("modalitas", "masukan", "psi", kinds, _named(kinds, lambda one: str(one.modality))),
        ("skor_tanda", "skor", "psi", _spans(SCORES), _cut(SCORES, lambda one: one.flag_score)),
        ("laju_tanda", "skor", "rasio", ("tidak ditandai", "ditandai"), _flags),
        ("laju_koreksi", "label", "rasio", ("dibiarkan", "dikoreksi"), _corrections),
    ]
    return tuple(
        Measure(
            name=name,
            kind=kind,
            unit=unit,
            bins=bins,
            reference=np.array([row(week) for week in reference], float).reshape(-1, len(bins)),
            recent=np.array(row(recent), float),
            ordered=name not in {"campuran_sumber", "modalitas"},
            month=np.array([row(week) for week in (recent, *month)], float).sum(axis=0) if month else None,
            other_judge=other and name in JUDGED,
        )
        for name, kind, unit, bins, row in watched
    )


def other_judge(reference: Sequence[Week], recent: Week) -> bool:
    """Return whether the reference was mostly judged by other versions than the recent week (see `ONE_JUDGE`)."""
    before = Counter(one.judge for week in reference for one in week.articles)
    [(judge, _)] = Counter(one.judge for one in recent.articles).most_common(1) or [("", 0)]
    return bool(recent.articles) and before[judge] < ONE_JUDGE * before.total()


def newcomers(reference: Sequence[Week], recent: Week) -> tuple[tuple[str, float], ...]:
    """Return the outlets of the recent week that hardly were there before, with their share of it, the largest first.

    Hardly: less than a quarter of that share. Only those with a twentieth of the week are named.
    """
    before = Counter(one.source for week in reference for one in week.articles)
    now = Counter(one.source for one in recent.articles)
    past, present = max(1, before.total()), max(1, now.total())
    found = [
        (name, count / present)
        for name, count in now.most_common()
        if count / present >= NOTABLE and before[name] / past < count / present / 4
    ]
    return tuple(found)


def _flags(week: Week) -> list[int]:
    flagged = sum(one.flagged for one in week.articles)
    return [len(week.articles) - flagged, flagged]


def _corrections(week: Week) -> list[int]:
    return [week.reviewed - week.corrected, week.corrected]


def _largest(reference: Sequence[Week]) -> tuple[str, ...]:
    counts = Counter(one.source for week in reference for one in week.articles)
    return (*sorted(counts, key=lambda name: (-counts[name], name))[:SOURCES], OTHERS)


def _spans(edges: Sequence[float], unit: str = "") -> tuple[str, ...]:
    shown = [f"{edge:.3g}".replace(".", ",") for edge in edges]
    return (f"di bawah {shown[0]}{unit}", *(f"mulai {edge}{unit}" for edge in shown))


def _cut(edges: Sequence[float], value: Callable[[Observation], float | None]) -> Row:
    """Return what counts a week's articles between ``edges``; at an edge is above it, None is not counted."""

    def row(week: Week) -> list[int]:
        counts = [0] * (len(edges) + 1)
        for one in week.articles:
            if (found := value(one)) is not None:
                counts[bisect_right(edges, found)] += 1
        return counts

    return row


def _named(names: Sequence[str], value: Callable[[Observation], str]) -> Row:
    """Return what counts a week's articles by name; a name that is not among them is the last one."""
    at = {name: index for index, name in enumerate(names)}

    def row(week: Week) -> list[int]:
        counts = [0] * len(names)
        for one in week.articles:
            counts[at.get(value(one), len(names) - 1)] += 1
        return counts

    return row
