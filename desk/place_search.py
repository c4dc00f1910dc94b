"""Finding an administrative unit by what a person types: a name, its beginning, a code, with what it lies in behind it.

Ninety thousand names are looked through in their plain form, which takes some milliseconds: no index is kept beside
them that could go stale.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from data.gazetteer import KABKOTA, PROVINCE
from feeds.places import lineage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.gazetteer import Gazetteer

MOST_FOUND: Final = 20
LEAST_LETTERS: Final = 2
LONGEST_QUERY: Final = 120

KINDS: Final = {
    "provinsi": 2, "prov": 2, "propinsi": 2,
    "kabupaten": 5, "kab": 5, "kota": 5,
    "kecamatan": 8, "kec": 8, "distrik": 8,
    "desa": 13, "kelurahan": 13, "kel": 13, "nagari": 13, "gampong": 13, "kampung": 13,
}  # fmt: skip
"""Words before a name that say of what level it is, by the length of its code; *kota* may be part of a name."""

SAID_IN_FULL: Final = {"kota": "kota", "kabupaten": "kabupaten", "kab": "kabupaten"}
"""Words that tell two units of one level and name apart: *Kota Solok* is not *Kabupaten Solok*."""

_NOT_LETTERS = re.compile(r"[^0-9a-z]+")
_CODE = re.compile(r"\d{2}(\.\d{1,4}){0,3}\.?")


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit that fits: its code, its full name, and what it lies in from the nearest on."""

    code: str
    name: str
    within: str


class PlaceSearch:
    """The plain names of all units and aliases; made once per gazetteer by `search_of`."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._names = [(plain(name), code, 0) for code, name in gazetteer.names()]
        self._names += [(plain(alias.text), code, 1) for alias in gazetteer.aliases for code in alias.codes]

    def find(self, query: str, near: str = "", limit: int = MOST_FOUND) -> tuple[FoundUnit, ...]:
        """Return the units that a query fits, the best first; none where fewer than two letters are given.

        ``near`` is a code: of equals those of its kabupaten come first, then those of its province. Behind a comma
        stands what the unit lies in: *Sidomulyo, Wates*. Never raises.
        """
        asked = query[:LONGEST_QUERY].strip()
        if _CODE.fullmatch(asked):
            return self._units(self._of_code(asked.rstrip("."), limit))
        first, *around = [plain(part) for part in asked.split(",")]
        kind, length, words = _level(first)
        if len(words) < LEAST_LETTERS:
            return ()
        ranked: dict[str, tuple[int, ...]] = {}
        for name, code, other in self._names:
            if words in name and (length is None or len(code) == length):
                # A unit's own name goes before another name of one that fits as well.
                rank = (_fit(words, name), other, _distance(code, near), len(code), len(name))
                if code not in ranked or rank < ranked[code]:
                    ranked[code] = rank
        wanted = [part for part in around if part]
        best = sorted(ranked, key=lambda one: (ranked[one], one))
        found = (code for code in best if self._is(code, kind) and self._lies_in(code, wanted))
        return self._units(code for code, _ in zip(found, range(limit), strict=False))

    def _of_code(self, code: str, limit: int) -> Iterator[str]:
        gazetteer = self._gazetteer
        if code in gazetteer:
            yield code
            yield from gazetteer.children(code)[: limit - 1]
        elif gazetteer.older.by_code(code) is not None:
            yield gazetteer.current(code)

    def _is(self, code: str, kind: str) -> bool:
        return not kind or self._gazetteer.unit(code).kind.casefold() == kind

    def _lies_in(self, code: str, around: list[str]) -> bool:
        above = [plain(self._gazetteer.name(one)) for one in list(lineage(code))[1:]]
        return all(any(part in name for name in above) for part in around)

    def _units(self, codes: Iterator[str]) -> tuple[FoundUnit, ...]:
        name = self._gazetteer.name
        return tuple(FoundUnit(code, name(code), ", ".join(map(name, list(lineage(code))[1:]))) for code in codes)


@lru_cache(maxsize=2)
def search_of(gazetteer: Gazetteer) -> PlaceSearch:
    """Return the search over a gazetteer, made the first time."""
    return PlaceSearch(gazetteer)


def plain(text: str) -> str:
    """Return a name without case, accents and signs, its words with one blank between them."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_LETTERS.sub(" ", "".join(letter for letter in bare if not unicodedata.combining(letter))).strip()


def _level(words: str) -> tuple[str, int | None, str]:
    """Return the type and the length of code that a word before the name says ("" and None: none), and the name."""
    head, _, rest = words.partition(" ")
    if head not in KINDS or not rest:
        return "", None, words
    return SAID_IN_FULL.get(head, ""), KINDS[head], rest


def _fit(words: str, name: str) -> int:
    if name == words:
        return 0
    if name.startswith(words):
        return 1
    return 2 if f" {words}" in name else 3


def _distance(code: str, near: str) -> int:
    if not near:
        return 0
    return 0 if code[:KABKOTA] == near[:KABKOTA] else 1 if code[:PROVINCE] == near[:PROVINCE] else 2
