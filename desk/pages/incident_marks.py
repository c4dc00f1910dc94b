"""A stored text with what decided marked in it: signals, level, modality, time, places; each by a letter as well.

Where spans overlap the text is cut at their edges: a stretch shows as the first kind that lies on it, and every span is
named where it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from data.records import PlaceRole
from desk.place_page import showable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.records import Assessment, Zone

    Say = Callable[[str, str], str]


class Kind(StrEnum):
    """What a span speaks for; the values are classes of the style sheet, the order is which of several shows."""

    SIGNAL = "of-signal"
    SEVERITY = "of-level"
    TIME = "of-time"
    PLACE = "of-place"
    MODALITY = "of-modality"


LETTERS: Final = {Kind.SIGNAL: "S", Kind.SEVERITY: "T", Kind.TIME: "W", Kind.PLACE: "L", Kind.MODALITY: "M"}
"""Sinyal, tingkat, waktu, lokasi, modalitas: what tells a kind where colour does not."""

NAMES: Final = {
    Kind.SIGNAL: ("sinyal", "signal"),
    Kind.SEVERITY: ("tingkat", "level"),
    Kind.TIME: ("waktu kejadian", "time of the event"),
    Kind.PLACE: ("tempat", "place"),
    Kind.MODALITY: ("modalitas", "modality"),
}

SUBJECTS: Final = {"severity": Kind.SEVERITY, "modality": Kind.MODALITY, "event_time": Kind.TIME}
"""Of evidence; every other subject is a signal's slug."""

LEAST_WEIGHT: Final = 0.35
"""Log-odds from which a word of the model is marked; every cue of the rules has more. Below it a text of five hundred
words would be speckled with words that tell a reader nothing (looked at on twenty articles)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One span that is marked, and what it speaks for, in the words of the person who reads."""

    kind: Kind
    zone: Zone
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks; ``ends`` are those that end here, ``kind`` None: under none."""

    text: str
    kind: Kind | None = None
    ends: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedText:
    """Title and text of an article, cut; ``legend`` are the kinds that occur with their letter, name and reasons."""

    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    legend: tuple[tuple[Kind, str, str, tuple[str, ...]], ...]


def marked_text(
    title: str, text: str, assessment: Assessment | None, names: Callable[[str], str], role_names: Say, say: Say
) -> MarkedText:
    """Return an article with what decided marked; ``names`` gives a signal's name, ``role_names`` a place role's.

    ``assessment`` None: nothing has judged it, and nothing is marked.
    """
    marks = marks_of(assessment, names, role_names, say) if assessment is not None else []
    return MarkedText(
        title=pieces(showable(title), "title", marks),
        text=pieces(showable(text), "text", marks),
        legend=tuple(
            (
                kind,
                LETTERS[kind],
                say(*NAMES[kind]),
                tuple(dict.fromkeys(one.words for one in marks if one.kind is kind)),
            )
            for kind in Kind
            if any(one.kind is kind for one in marks)
        ),
    )


def marks_of(assessment: Assessment, names: Callable[[str], str], role_names: Say, say: Say) -> list[Mark]:
    """Return what is marked of an assessment: what spoke for what it says, not what spoke against it."""
    found = []
    for evidence in assessment.evidence:
        kind = SUBJECTS.get(evidence.subject, Kind.SIGNAL)
        asserted = kind is not Kind.SIGNAL or evidence.subject in assessment.flagged_signals
        if evidence.weight < LEAST_WEIGHT or not asserted:
            continue
        subject = names(evidence.subject) if kind is Kind.SIGNAL else say(*NAMES[kind])
        words = subject if evidence.why == say(*NAMES[kind]) else f"{subject}: {evidence.why}"
        found.append(Mark(kind, evidence.zone, evidence.start, evidence.end, words))
    for place in assessment.places:
        if place.role is not PlaceRole.LATAR and place.start < place.end:
            words = f"{role_names(place.role.value, place.role.value)}: {place.name} ({place.code})"
            found.append(Mark(Kind.PLACE, place.zone, place.start, place.end, words))
    return found


def pieces(text: str, zone: Zone, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    """Return a text cut where marks begin and end; a span that does not lie in the text is left out."""
    mine = [one for one in marks if one.zone == zone and 0 <= one.start < one.end <= len(text)]
    edges = sorted({0, len(text)}.union(*((one.start, one.end) for one in mine)))
    order = list(Kind)
    cut = []
    for left, right in pairwise(edges):
        over = sorted(
            (one for one in mine if one.start <= left and right <= one.end), key=lambda one: order.index(one.kind)
        )
        ends = tuple(one for one in over if one.end == right)
        cut.append(Piece(text[left:right], over[0].kind if over else None, ends))
    return tuple(cut)
