"""Why the judge said so: the words and cues that moved a label's score most, as spans in the text as it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.records import Evidence
from models.features import BLOCKS, stem
from models.linear import Linear, weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from classifiers.cues import CueHit
    from classifiers.text import Document
    from models.features import Row

MOST_CUES = 4
MOST_WORDS = 3
LEAST_WEIGHT = 0.03
"""A word that moved the log-odds less than this is not shown: on made-up pieces it read as noise to every reader."""


def evidence(
    document: Document,
    row: Row,
    hits: Sequence[CueHit],
    linear: Linear,
    subjects: Sequence[tuple[str, str, int]],
) -> tuple[Evidence, ...]:
    """Return evidence for subjects (name to print, cue label, output column), strongest first within each.

    Cues weigh their points, words their share of the log-odds. Spans of one subject do not overlap.
    """
    values = weighted(row, linear.idf)
    found: list[Evidence] = []
    for name, label, column in subjects:
        mine = _cues(name, label, hits)
        taken = [(item.zone, item.start, item.end) for item in mine]
        mine.extend(_words(name, column, document, row, values, linear, taken))
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
    column: int,
    document: Document,
    row: Row,
    values: np.ndarray,
    linear: Linear,
    taken: Sequence[tuple[str, int, int]],
) -> list[Evidence]:
    """Return the words whose hashed features moved the column's score most, either way."""
    pulls = values * linear.weights[row.buckets, column]
    sums: dict[int, float] = {}
    for pull, at, block in zip(pulls.tolist(), row.positions.tolist(), row.blocks.tolist(), strict=True):
        if at >= 0 and BLOCKS[block] != "pairs":
            sums[at] = sums.get(at, 0.0) + pull
    chosen: list[Evidence] = []
    roots: set[str] = set()
    for at, pull in sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0])):
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
