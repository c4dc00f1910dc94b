"""What several persons' labels of one text come to: pure, so that store, training and tests mean the same by it.

Adjudication counts before agreement, agreement before a single label; a disagreement that nobody has decided counts as
nothing. Two labels agree where modality, *negasi* and *historis* are the same, the signals differ at most in ones that
either of them calls optional, and the levels of severity differ by at most one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from data.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from data.records import Label

Outcome = Literal["open", "adjudication", "agreement", "single", "conflict"]

NEAR_SEVERITY = 1
"""Levels that two careful readers may differ by: *within one* is how severity is measured too."""

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the labels of one text come to.

    ``label`` is the one that counts, None for ``open`` (there is none) and ``conflict``. ``persons`` stand behind it;
    ``labels`` are the last ones of each person, the first person first.
    """

    outcome: Outcome
    label: Label | None
    persons: int
    at: datetime | None
    labels: tuple[Label, ...]


def annotator_name(text: str) -> str:
    """Return a person's name as it is kept: NFC, single blanks. Raises InputError for one that is none."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"a person's name has 1 to {LONGEST_NAME} letters; say who labels, like --as sari")
    return name


def person_of(annotator: str) -> str:
    """Return what tells persons apart: *Sari* and *sari* are one, so that nobody agrees with herself."""
    return " ".join(unicodedata.normalize("NFC", annotator).split()).casefold()


def agree(first: Label, second: Label) -> bool:
    """Return whether two labels say the same, as far as training and the desk go."""
    differing = set(first.signals) ^ set(second.signals)
    levels = (first.severity, second.severity)
    return (
        first.modality is second.modality
        and first.negasi == second.negasi
        and first.historis == second.historis
        and differing <= {*first.optional, *second.optional}
        and (levels[0] is None or levels[1] is None or abs(levels[0] - levels[1]) <= NEAR_SEVERITY)
    )


def last_words(labels: Iterable[Label]) -> tuple[Label, ...]:
    """Return each person's last label (adjudications aside), in the order in which the persons first spoke."""
    last: dict[str, Label] = {}
    for label in sorted((one for one in labels if one.kind == "label"), key=lambda one: one.at):
        last[person_of(label.annotator)] = label
    return tuple(last.values())


def resolve(labels: Sequence[Label]) -> Resolution:
    """Return what the labels of one text come to; of three and more, what over half of the persons agree on counts."""
    words = last_words(labels)
    decided = sorted((one for one in labels if one.kind == "adjudication"), key=lambda one: one.at)
    if decided:
        return Resolution("adjudication", decided[-1], len(words) + 1, decided[-1].at, words)
    if not words:
        return Resolution("open", None, 0, None, words)
    if len(words) == 1:
        return Resolution("single", words[0], 1, words[0].at, words)
    groups = [[other for other in words if other is one or agree(one, other)] for one in words]
    group = max(groups, key=len)
    if len(group) * 2 <= len(words):
        return Resolution("conflict", None, len(words), max(one.at for one in words), words)
    return Resolution("agreement", merged(group), len(group), max(one.at for one in group), words)


def merged(labels: Sequence[Label]) -> Label:
    """Return agreeing labels as one: what not all of them assert is optional, levels that differ are left open."""
    first, every = labels[0], [set(one.signals) for one in labels]
    shared = set.intersection(*every)
    doubtful = set.union(*every, *(set(one.optional) for one in labels)) - shared
    levels = {one.severity for one in labels} - {None}
    return replace(
        first,
        signals=tuple(slug for slug in first.signals if slug in shared),
        optional=tuple(sorted(doubtful)),
        severity=levels.pop() if len(levels) == 1 else None,
        at=max(one.at for one in labels),
    )
