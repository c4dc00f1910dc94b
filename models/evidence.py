"""Why the judge said so: the words and cues that moved a label's score most, as spans in the text as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data.records import Evidence
from models.features import BLOCKS, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from classifiers.cues import CueHit
    from classifiers.text import Document
    from models.features import Row

MOST_CUES = 4
PAIRS = BLOCKS.index("pairs")
MOST_WORDS = 3
LEAST_WEIGHT = 0.25
"""A word that moved the log-odds less than this is not shown: on twenty held-out pieces what is below read as noise."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What evidence is looked for: the name that it is printed for, its cues' label, its output column.

    ``slope`` is what a point of the column's score adds to the log-odds.
    """

    name: str
    label: str
    column: int
    slope: float


def evidence(
    document: Document,
    row: Row,
    hits: Sequence[CueHit],
    pulls: NDArray[np.float64],
    subjects: Sequence[Subject],
) -> tuple[Evidence, ...]:
    """Return evidence for subjects, strongest first within each.

    ``pulls`` says how far each entry of the row moves the score of each subject, shape (subjects, entries).

    Cues weigh their points, words their share of the log-odds. Spans of one subject do not overlap.
    """
    found: list[Evidence] = []
    for subject, own in zip(subjects, pulls, strict=True):
        mine = _cues(subject.name, subject.label, hits)
        taken = [(item.zone, item.start, item.end) for item in mine]
        mine.extend(_words(subject.name, document, row, own * subject.slope, taken))
        found.extend(mine)
    return tuple(found)


def _cues(name: str, label: str, hits: Sequence[CueHit]) -> list[Evidence]:
    chosen: list[Evidence] = []
    seen: set[str] = set()
    for hit in sorted(
        (hit for hit in hits if hit.cue.label == label),
        key=lambda hit: (-abs(hit.cue.weight), hit.zone != "title", hit.start),
    ):
        overlaps = any(item.zone == hit.zone and item.start < hit.end and hit.start < item.end for item in chosen)
        if hit.cue.id in seen or overlaps:
            continue
        seen.add(hit.cue.id)
        chosen.append(Evidence(name, hit.zone, hit.start, hit.end, round(hit.cue.weight, 2), f"isyarat: {hit.cue.why}"))
        if len(chosen) == MOST_CUES:
            break
    return chosen


def _words(
    name: str,
    document: Document,
    row: Row,
    pulls: NDArray[np.float64],
    taken: Sequence[tuple[str, int, int]],
) -> list[Evidence]:
    """Return the words whose hashed features moved the column's score most, either way."""
    words = (row.positions >= 0) & (row.blocks != PAIRS)
    sums = np.bincount(row.positions[words], pulls[words], minlength=1)
    order = np.argsort(-np.abs(sums), kind="stable")
    chosen: list[Evidence] = []
    roots: set[str] = set()
    for at, pull in zip(order.tolist(), sums[order].tolist(), strict=True):
        if abs(pull) < LEAST_WEIGHT or len(chosen) == MOST_WORDS:
            break
        token = document.tokens[at]
        if len(token.norm) < 4 or stem(token.norm) in roots:
            continue
        if any(zone == token.zone and start < token.end and token.start < end for zone, start, end in taken):
            continue
        roots.add(stem(token.norm))
        why = f"kata model: {token.norm}" if pull > 0 else f"kata model, melawan: {token.norm}"
        chosen.append(Evidence(name, token.zone, token.start, token.end, round(pull, 3), why))
    return chosen
