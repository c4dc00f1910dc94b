"""What a text's own words say of its places: those beside each name, and those that tell whether anything happened.

Three tables of words, each with the log-odds that ``scripts/learn_places.py`` learned: ``near`` for the words beside a
name (``di`` before it, ``Selasa`` after it), ``happens`` for words of texts that have a place of an event at all, not
only speakers and offices, ``wide`` for words of texts whose event is a whole province's. Only words in lower case count
as a text's own: no name of a person or place is learned.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import SettingsError
from data.gazetteer import KABKOTA, PROVINCE, read_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from classifiers.places.cues import Reading

BEFORE, AFTER = 4, 3
"""How many words beside a name are looked at, within its sentence."""
MARKS = {"title": ("title <", "title >"), "dateline": ("dateline <", "dateline >"), "text": ("<", ">")}
TABLES = ("near", "happens", "wide")
BIAS = ""
"""The entry of a table that counts without any word."""

_LOW = operator.attrgetter("low")


@dataclass(frozen=True, slots=True)
class Wording:
    """The tables of words; ``happens`` and ``wide`` are divided by the root of how many known words a text has."""

    near: Mapping[str, float]
    happens: Mapping[str, float]
    wide: Mapping[str, float]


NO_WORDING = Wording({}, {}, {})


def words_near(reading: Reading) -> dict[str, set[str]]:
    """Return for each group the words beside its names: ``<di``, ``>selasa``, marked where they are in the title."""
    found: dict[str, set[str]] = {}
    for place in reading.places:
        mention = place.mention
        tokens = reading.tokens[mention.zone]
        before, after = MARKS["title" if mention.zone == "title" else "dateline" if mention.dateline else "text"]
        sentence, first, last = mention.sentence, mention.first, mention.last
        words = found.setdefault(place.code[:KABKOTA], set())
        words.update(
            [before + token.low for token in tokens[max(0, first - BEFORE) : first] if token.sentence == sentence]
        )
        words.update([after + token.low for token in tokens[last + 1 : last + 1 + AFTER] if token.sentence == sentence])
    return found


def words_of(reading: Reading) -> set[str]:
    """Return the words of title and text, in lower case."""
    own: set[str] = set()
    for tokens in reading.tokens.values():
        own.update(map(_LOW, tokens))
    return own


def add_wording(table: dict[str, dict[str, float]], reading: Reading, wording: Wording) -> None:
    """Add to the features of each group what the words say."""
    if not table:
        return
    near = words_near(reading)
    own = words_of(reading)
    happens, wide = subject(own, wording.happens), subject(own, wording.wide)
    beside, bias = wording.near, wording.near.get(BIAS, 0.0)
    for group, features in table.items():
        features["near"] = bias + math.fsum([beside[word] for word in near[group] if word in beside])
        add_subject(features, group, happens, wide)


def add_subject(features: dict[str, float], group: str, happens: float, wide: float) -> None:
    """Add what the text's subject says to the features of one group."""
    kinds = {
        "": True,
        "_jakarta": group[:PROVINCE] == "31",
        "_province": len(group) == PROVINCE,
        "_weak": "weak_only" in features,
    }
    for kind, holds in kinds.items():
        if holds:
            features["happens" + kind], features["wide" + kind] = happens, wide


def subject(own: set[str], table: Mapping[str, float]) -> float:
    """Return what the words of a text add up to."""
    known = [table[word] for word in own if word in table]
    return table.get(BIAS, 0.0) + math.fsum(known) / math.sqrt(max(1, len(known)))


def read_wording(path: Path) -> Wording:
    """Return the tables of a file (table, word, weight a line); SettingsError names the line that is wrong."""
    tables: dict[str, dict[str, float]] = {name: {} for name in TABLES}
    for number, line in enumerate(read_lines(path), 1):
        try:
            name, word, weight = line.split("\t")
            tables[name][word] = float(weight)
        except (KeyError, ValueError) as error:
            raise SettingsError(
                "the line is no table, word and weight as scripts/learn_places.py writes them", where=f"{path}:{number}"
            ) from error
    return Wording(tables["near"], tables["happens"], tables["wide"])
