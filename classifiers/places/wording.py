"""What a text's own words say of its places: those beside each name, and those that tell whether anything happened.

Three tables of words, each with the log-odds that ``scripts/learn_places.py`` learned: ``near`` for the words beside a
name (``di`` before it, ``Selasa`` after it), ``happens`` for words of texts that have a place of an event at all, not
only speakers and offices, ``wide`` for words of texts whose event is a whole province's. Only words in lower case count
as a text's own: no name of a person or place is learned.
"""

from __future__ import annotations

import math
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


@dataclass(frozen=True, slots=True)
class Wording:
    """The tables of words: ``near``, and as ``subject`` those of ``happens`` and ``wide``, which have the same words.

    What a text's own words add up to is divided by the root of how many of them are known.
    """

    near: Mapping[str, float]
    subject: Mapping[str, tuple[float, float]]


NO_WORDING = Wording({}, {})


def words_near(reading: Reading) -> dict[str, set[str]]:
    """Return for each group the words beside its names: ``<di``, ``>selasa``, marked where they are in the title."""
    found: dict[str, set[str]] = {}
    for place in reading.places:
        mention = place.mention
        tokens = reading.tokens[mention.zone]
        low, sentences = tokens.low, tokens.sentence
        before, after = MARKS["title" if mention.zone == "title" else "dateline" if mention.dateline else "text"]
        sentence, start, end = mention.sentence, mention.first, mention.last + 1
        while start > 0 and start > mention.first - BEFORE and sentences[start - 1] == sentence:
            start -= 1
        while end < len(low) and end <= mention.last + AFTER and sentences[end] == sentence:
            end += 1
        words = found.setdefault(place.code[:KABKOTA], set())
        words.update([before + word for word in low[start : mention.first]])
        words.update([after + word for word in low[mention.last + 1 : end]])
    return found


def words_of(reading: Reading) -> set[str]:
    """Return the words of title and text, in lower case."""
    return set().union(*[tokens.low for tokens in reading.tokens.values()])


def add_wording(table: dict[str, dict[str, float]], reading: Reading, wording: Wording) -> None:
    """Add to the features of each group what the words say."""
    if not table:
        return
    near = words_near(reading)
    own = words_of(reading)
    happens, wide = subject(own, wording.subject)
    beside, bias = wording.near.get, wording.near.get(BIAS, 0.0)
    for group, features in table.items():
        features["near"] = bias + math.fsum([weight for weight in map(beside, near[group]) if weight is not None])
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


def subject(own: set[str], table: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    """Return what the words of a text add up to in either column of a table."""
    known = [pair for pair in map(table.get, own) if pair is not None]
    root = math.sqrt(max(1, len(known)))
    happens, wide = table.get(BIAS, (0.0, 0.0))
    return happens + math.fsum([one for one, _ in known]) / root, wide + math.fsum([two for _, two in known]) / root


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
    return Wording(tables["near"], joined(tables["happens"], tables["wide"]))


def joined(happens: Mapping[str, float], wide: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Return the two tables of a text's own words as one, as it is looked up a word at a time."""
    return {word: (happens.get(word, 0.0), wide.get(word, 0.0)) for word in {**happens, **wide}}
