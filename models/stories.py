"""Which labelled articles tell one story: copies and rewritings share long runs of words.

A text's prints are hashes of its six-word runs. Of texts that are not kept only some prints are, the smallest ones (a
bottom-k sketch, Cohen and Kaplan 2007): enough to know a copy again, and no word can be had from them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SHINGLE = 6
COPY_SHARE = 0.15
"""Two texts that share this part of the shorter one's six-word runs are one story."""

SKETCH = 64
"""Prints kept of a text that is not: a true share of 0.15 is then seen as 0.15 with a standard error of 0.045."""

LEAST_SHARED = 2
"""Prints that a sketch must share: a single run may be a set phrase (*di tempat pemungutan suara pada hari*)."""

MOST_HOLDERS = 20
"""Texts with one run that are compared with a next one: a run in more of them is a set phrase."""


@dataclass(frozen=True, slots=True)
class Prints:
    """Hashes of a text's six-word runs, ascending: all ``total`` of them, or the smallest ones.

    ``family`` names the story where it is known: prints of one family are one story whatever they share.
    """

    hashes: NDArray[np.uint32]
    total: int
    family: str = ""

    @property
    def whole(self) -> bool:
        """Whether no hash was left out."""
        return len(self.hashes) == self.total


NO_PRINTS = Prints(np.zeros(0, np.uint32), 0)


def prints_of(text: str, *, family: str = "") -> Prints:
    """Return the prints of a text; one of fewer than six words has none."""
    words = text.lower().split()
    runs = {
        hashlib.blake2b(" ".join(words[at : at + SHINGLE]).encode("utf-8", "surrogatepass"), digest_size=4).digest()
        for at in range(len(words) - SHINGLE + 1)
    }
    hashes = np.unique(np.frombuffer(b"".join(runs), ">u4").astype(np.uint32))
    return Prints(hashes, len(hashes), family)


def sketch(prints: Prints) -> Prints:
    """Return the prints that are kept of a text that is not."""
    return Prints(prints.hashes[:SKETCH], prints.total, prints.family)


def stories(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return for each text the index of the first text of its story."""
    return stories_of([prints_of(text) for text in texts])


def stories_of(prints: Sequence[Prints]) -> NDArray[np.int64]:
    """Return for each text's prints the index of the first of its story.

    Two sketches are never compared (their texts were, when they were made; their story is their family): with one
    sketch the number of shared runs is estimated.
    """
    parent = list(range(len(prints)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(one: int, other: int) -> None:
        first, second = sorted((root(one), root(other)))
        parent[second] = first

    families: dict[str, int] = {}
    for number, mine in enumerate(prints):
        if mine.family:
            join(families.setdefault(mine.family, number), number)
    for (one, other), count in _shared(prints).items():
        if _one_story(prints[one], prints[other], count):
            join(one, other)
    return np.array([root(number) for number in range(len(prints))], np.int64)


def _shared(prints: Sequence[Prints]) -> dict[tuple[int, int], int]:
    """Return for each pair of texts that share prints how many."""
    owners = np.repeat(np.arange(len(prints)), [len(mine.hashes) for mine in prints])
    hashes = np.concatenate([mine.hashes for mine in prints]) if prints else np.zeros(0, np.uint32)
    order = np.lexsort((owners, hashes))
    owners, hashes = owners[order], hashes[order]
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(hashes) else np.zeros(0, int)
    ends = np.append(starts[1:], len(hashes))
    found: dict[tuple[int, int], int] = {}
    for start, end in zip(starts[ends - starts > 1].tolist(), ends[ends - starts > 1].tolist(), strict=True):
        holders = owners[start:end].tolist()
        for at, later in enumerate(holders):
            for earlier in holders[: min(at, MOST_HOLDERS)]:
                found[earlier, later] = found.get((earlier, later), 0) + 1
    return found


def _one_story(one: Prints, other: Prints, count: int) -> bool:
    least = min(one.total, other.total)
    if one.whole and other.whole:
        return count > COPY_SHARE * least
    if not one.whole and not other.whole:
        return False
    kept = other if one.whole else one
    return count >= LEAST_SHARED and count * kept.total / len(kept.hashes) > COPY_SHARE * least
