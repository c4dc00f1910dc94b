"""What may have been missed: stories that several outlets tell and nobody flagged, and sources that kept silent.

A story is unflagged articles of one kabupaten or kota within two days that use the same uncommon words (cosine of
tf-idf vectors of title and lead; Salton & Buckley 1988), joined one by one to the story they are likest to on average
(Day & Edelsbrunner 1984). Copies and members of one network are one voice. What stands first is nearest to having been
flagged; a volleyball final is a story too, and stands last.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from math import log, sqrt
from typing import TYPE_CHECKING

from classifiers.copies import is_copy, own_words
from classifiers.incidents.words import rarity, stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from classifiers.copies import Signature

LEAST_VOICES = 3
"""Independent outlets that must tell a story: two may share one press release in different words."""

WITHIN = timedelta(hours=48)
"""Between the first and the last article of a story."""

LEAST_LIKENESS = 0.3
"""Average cosine from which an article belongs to a story. On the sample sites own reports of one event are 0.54 to
0.70 alike, reports of two events in one kabupaten within two days at most 0.20 (six pairs of either, far apart)."""

LEAD_WORDS = 80
"""Words of title and text that are compared: what happened stands there."""

DANGER_FULL = 5.0
"""Points of cues at which words of danger count as much as a flag score of 1: two strong cues of one signal."""

CLONE_TIER = 4

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Telling:
    """One unflagged article: whose it is, when it was first seen, what it says, and which kabupaten/kota it names.

    ``network`` is one voice, ``tier`` 4 none.
    """

    article_id: int
    source_id: str
    network: str
    tier: int
    first_seen: datetime
    title: str
    text: str
    codes: tuple[str, ...]
    mark: Signature


@dataclass(frozen=True, slots=True)
class Story:
    """Unflagged articles about one thing in one region, told by ``voices`` independent outlets.

    ``flag_score`` is the highest of its articles, ``danger`` the most points that cues of one signal have in one of
    them; ``score`` is what it is ranked by, in [0, 2]. ``best`` is the article to be read first.
    """

    region: str
    article_ids: tuple[int, ...]
    source_ids: tuple[str, ...]
    voices: int
    first_seen: datetime
    last_seen: datetime
    title: str
    best: int
    flag_score: float = 0.0
    danger: float = 0.0

    @property
    def score(self) -> float:
        """Return by what it is ranked: how near to being flagged, and how dangerous its words."""
        return self.flag_score + min(1.0, max(0.0, self.danger) / DANGER_FULL)


@dataclass(slots=True)
class _Group:
    members: list[Telling] = field(default_factory=list)
    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, one: Telling, vector: Mapping[str, float]) -> None:
        self.members.append(one)
        for word, weight in vector.items():
            self.sums[word] += weight

    def likeness(self, vector: Mapping[str, float]) -> float:
        """Return the average cosine with the members: that with the sum of their unit vectors, over their number."""
        return sum(weight * self.sums.get(word, 0.0) for word, weight in vector.items()) / len(self.members)


def stories(tellings: Iterable[Telling], common: Collection[str] = ()) -> list[Story]:
    """Return the stories of three or more independent voices, by region and time; ``common`` words tell nothing.

    An article that names several kabupaten/kota is looked at in each; one story is told once, where most tell it.
    """
    known = sorted(tellings, key=lambda one: (one.first_seen, one.article_id))
    vectors = {one.article_id: _vector(one, common) for one in known}
    by_region: defaultdict[str, list[Telling]] = defaultdict(list)
    for one in known:
        for code in one.codes:
            by_region[code].append(one)
    found = [
        _story(region, group)
        for region, members in sorted(by_region.items())
        if len({one.network for one in members}) >= LEAST_VOICES
        for group in _groups(members, vectors)
        if voices(group) >= LEAST_VOICES
    ]
    return _once(found)


def _vector(one: Telling, common: Collection[str]) -> dict[str, float]:
    """Return the unit vector of an article's uncommon words; empty where it has none."""
    title = [word.casefold() for word in _WORD.findall(one.title)]
    lead = own_words(one.text)[: max(0, LEAD_WORDS - len(title))]
    counts = Counter(stem(word) for word in (*title, *title, *lead) if word not in common)
    weights = {word: (1 + log(count)) * rarity(word) for word, count in counts.items() if rarity(word) > 0}
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}


def _groups(members: Sequence[Telling], vectors: Mapping[int, Mapping[str, float]]) -> list[list[Telling]]:
    groups: list[_Group] = []
    for one in members:
        vector = vectors[one.article_id]
        near = [group for group in groups if one.first_seen - group.members[0].first_seen <= WITHIN]
        best = max(near, key=lambda group: group.likeness(vector), default=None)
        if best is None or best.likeness(vector) < LEAST_LIKENESS:
            best = _Group()
            groups.append(best)
        best.add(one, vector)
    return [group.members for group in groups]


def voices(members: Sequence[Telling]) -> int:
    """Return how many tell it independently: texts of their own, from networks of their own, clones left out."""
    counted: list[Telling] = []
    for one in members:
        heard = any(one.network == other.network or is_copy(one.mark, other.mark) for other in counted)
        if one.tier < CLONE_TIER and not heard:
            counted.append(one)
    return len(counted)


def _story(region: str, members: Sequence[Telling]) -> Story:
    first = members[0]
    return Story(
        region=region,
        article_ids=tuple(one.article_id for one in members),
        source_ids=tuple(dict.fromkeys(one.source_id for one in members)),
        voices=voices(members),
        first_seen=first.first_seen,
        last_seen=members[-1].first_seen,
        title=first.title,
        best=first.article_id,
    )


def _once(found: Sequence[Story]) -> list[Story]:
    """Return the stories of which no more than half of the articles are in a larger one."""
    taken: set[int] = set()
    kept = []
    for story in sorted(found, key=lambda one: (-one.voices, -len(one.article_ids), one.region, one.best)):
        if sum(number in taken for number in story.article_ids) * 2 <= len(story.article_ids):
            kept.append(story)
            taken.update(story.article_ids)
    return sorted(kept, key=lambda one: (one.first_seen, one.region))


@dataclass(frozen=True, slots=True)
class Reported:
    """An incident as far as it counts here: where it lies, and which sources it is from.

    ``elsewhere`` are sources that have another incident there at the same time: they may well mean this one.
    """

    incident_id: int
    title: str
    regions: tuple[str, ...]
    source_ids: frozenset[str]
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Absence:
    """A source that kept silent about incidents that three others reported from a region that it covers and writes of.

    ``missed`` are their numbers, of ``expected`` that it might have reported.
    """

    source_id: str
    missed: tuple[int, ...]
    expected: int


def absences(
    reported: Iterable[Reported], writes_of: Mapping[str, Collection[str]], answering: Collection[str]
) -> list[Absence]:
    """Return the sources that missed something, those that missed the greatest part first.

    ``writes_of`` holds the regions that each source covers by the catalogue and does write of; ``answering`` are those
    that were reached all the while: one that was not has missed nothing, it was not read.
    """
    missed: defaultdict[str, list[int]] = defaultdict(list)
    expected: Counter[str] = Counter()
    for one in reported:
        for source_id, regions in writes_of.items():
            if source_id not in answering or not set(regions).intersection(one.regions):
                continue
            if len(one.source_ids - {source_id}) < LEAST_VOICES:
                continue
            expected[source_id] += 1
            if source_id not in one.source_ids and source_id not in one.elsewhere:
                missed[source_id].append(one.incident_id)
    found = [Absence(name, tuple(numbers), expected[name]) for name, numbers in missed.items()]
    return sorted(found, key=lambda one: (-len(one.missed) / one.expected, -len(one.missed), one.source_id))
