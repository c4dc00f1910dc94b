"""Roles of places measured against labelled texts: precision, recall and F1 of each role, and what is taken for what.

The project's own set is ``data/gold/places/roles.jsonl``: made-up pieces from every province whose places carry code
and role, with names in them that are no places. It tests and never trains; it lies in a folder of its own because the
training of the reading takes every file of ``data/gold``.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import data
from data.errors import InputError
from data.records import PlaceRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.records import Place

ROLES = Path(data.__file__).parent / "gold" / "places" / "roles.jsonl"


@dataclass(frozen=True, slots=True)
class GoldPlace:
    """A place of a text: the codes that are right for it and the roles that are, the likeliest first."""

    codes: tuple[str, ...]
    roles: tuple[PlaceRole, ...]


@dataclass(frozen=True, slots=True)
class RoleText:
    """A text whose places are labelled.

    ``part`` is ``looked_at`` where misses have been looked at to mend the rules, ``unseen`` where never. ``optional``
    are units that count neither way: those around an event in its address, and doubtful ones.
    ``not_places`` are expressions of the text in which no place may be found.
    """

    id: str
    part: str
    title: str
    text: str
    places: tuple[GoldPlace, ...]
    optional: frozenset[str]
    not_places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleFigures:
    """How well one role is told; ``n`` counts the labelled places that have it."""

    precision: float
    recall: float
    f1: float
    n: int


@dataclass(slots=True)
class RoleMeasurement:
    """What was said of labelled places.

    ``confusion`` counts pairs of (labelled role, said role); None stands for no such place. ``names`` are the
    expressions that are no places, ``false_names`` those of them in which one was found, with the text's id.
    """

    confusion: Counter[tuple[PlaceRole | None, PlaceRole | None]] = field(default_factory=Counter)
    names: int = 0
    false_names: list[tuple[str, str]] = field(default_factory=list)

    def role(self, role: PlaceRole) -> RoleFigures:
        """Return the figures of a role; 0.0 where nothing has it."""
        right = self.confusion[role, role]
        labelled = sum(count for (gold, _), count in self.confusion.items() if gold is role)
        said = sum(count for (_, told), count in self.confusion.items() if told is role)
        return RoleFigures(
            right / said if said else 0.0,
            right / labelled if labelled else 0.0,
            2 * right / (labelled + said) if labelled + said else 0.0,
            labelled,
        )

    @property
    def accuracy(self) -> float:
        """Return how many of the places that are labelled and found have the right role."""
        both = {pair: count for pair, count in self.confusion.items() if None not in pair}
        total = sum(both.values())
        return sum(count for (gold, said), count in both.items() if gold is said) / total if total else 0.0

    @property
    def macro_f1(self) -> float:
        """Return the mean F1 of all roles."""
        return sum(self.role(role).f1 for role in PlaceRole) / len(PlaceRole)


def read_role_texts(path: Path = ROLES) -> tuple[RoleText, ...]:
    """Return the labelled texts of a JSONL file; InputError names the line that is not one."""
    texts = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"the labelled places cannot be read: {error.strerror}", where=str(path)) from error
    for number, line in enumerate(lines, 1):
        try:
            texts.append(read_role_text(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"the line is no text with labelled places: {error}", where=f"{path}:{number}") from error
    return tuple(texts)


def read_role_text(row: Mapping[str, Any]) -> RoleText:
    """Return one line's text; KeyError or ValueError where a field or role is not known."""
    places = tuple(
        GoldPlace(tuple(place["codes"]), tuple(PlaceRole(role) for role in place["roles"])) for place in row["places"]
    )
    return RoleText(
        row["id"], row["part"], row["title"], row["text"], places, frozenset(row["optional"]), tuple(row["not_places"])
    )


def measure_roles(pairs: Iterable[tuple[RoleText, Sequence[Place]]]) -> RoleMeasurement:
    """Return the measurement of what was found in each text.

    A place is the labelled one when its code, or one of the alternatives that it keeps as ambiguous, is right. A role
    that the label allows is right; the label's first is counted where none of them was said. Units above a labelled
    place are its address and count only where they are labelled themselves.
    """
    measured = RoleMeasurement()
    for text, found in pairs:
        rest = list(found)
        for gold in text.places:
            said = take(rest, gold)
            if said is None:
                measured.confusion[gold.roles[0], None] += 1
            else:
                measured.confusion[said.role if said.role in gold.roles else gold.roles[0], said.role] += 1
        around = {code for gold in text.places for code in gold.codes}
        for place in rest:
            if place.code not in text.optional and not any(code.startswith(place.code + ".") for code in around):
                measured.confusion[None, place.role] += 1
        measured.names += len(text.not_places)
        measured.false_names += [(text.id, name) for name in text.not_places if is_found(name, text, found)]
    return measured


def take(found: list[Place], gold: GoldPlace) -> Place | None:
    """Remove from ``found`` the place that a label is of, and return it; None where it is not there."""
    for place in found:
        if place.code in gold.codes:
            found.remove(place)
            return place
    for place in found:
        if place.ambiguous and any(code in gold.codes for code, _ in place.alternatives):
            found.remove(place)
            return place
    return None


def is_found(name: str, text: RoleText, found: Sequence[Place]) -> bool:
    """Return whether a place was found inside an expression, in any case, wherever it stands."""
    for place in found:
        source = (text.title if place.zone == "title" else text.text).lower()
        at = source.find(name.lower())
        while at >= 0:
            if at < place.end and place.start < at + len(name):
                return True
            at = source.find(name.lower(), at + 1)
    return False
