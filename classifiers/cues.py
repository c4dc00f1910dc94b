"""Where the cues of the reference files stand in a document.

A phrase is words with blanks between them, matched on normal forms:

- ``ricuh`` the word itself, with or without -nya, -lah, -kah, -pun;
- ``*rusak`` any Indonesian inflection of the root: dirusak, merusak, rusaknya, perusakan, pengrusakan, merusak-rusak;
- ``+pukul`` the same without the bare root (*pukul 19.30* is no blow);
- ``robek|sobek|*silet`` any of these, in place of one word;
- ``..`` at most four words, or none.

All phrases are found in one pass over the words; conditions (`near`, `far`, `elsewhere`) are phrases too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from classifiers.text import normal_form, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifiers.text import Document, Token
    from data.records import Zone
    from data.taxonomy import Cue, Taxonomy

GAP = ".."
GAP_WORDS = 4
MAX_WORDS = 100_000
"""Words of which it is remembered what they begin: news repeats its words."""

_Word = tuple[tuple[int, ...], tuple[tuple[int, tuple[int | None, ...]], ...]]
"""What a word is: the elements of phrases that it can stand for, and (phrase, rest) of those that it begins."""

CLITICS = ("nya", "lah", "kah", "pun")
VOWELS = "aiueo"
_SPOKEN = re.compile(f"(?:ng|ny|m|n)[{VOWELS}]")


@dataclass(frozen=True, slots=True)
class CueHit:
    """A cue that stands in a document, with its span and the sentence it stands in."""

    cue: Cue
    zone: Zone
    start: int
    end: int
    sentence: int


def inflections(root: str) -> frozenset[str]:
    """Return the forms of an Indonesian root that local news writes, wrong ones (pengrusakan) included.

    Prefixes me-, pe-, di-, ter-, ber-, ke-, se-, per-, diper-, memper-; suffixes -kan, -i, -an; doubling with and
    without affixes; spoken forms (ngeroyok, dipukulin).
    """
    nasal = _nasalised(root)
    if sum(letter in VOWELS for letter in root) == 1:  # "mengebom", "pengecekan"
        nasal = (*nasal, "nge" + root)
    heads = {"", "di", "ter", "ber", "ke", "se", "per", "diper", "memper"}
    bodies = {head + root for head in heads}
    bodies |= {head + body for head in ("me", "pe") for body in nasal}
    doubled = {f"{root}-{root}", f"di{root}-{root}", f"ber{root}-{root}", f"ter{root}-{root}"}
    doubled |= {f"me{body}-{root}" for body in nasal}
    forms = {body + tail for body, tail in product(bodies | doubled, ("", "kan", "i", "an"))}
    forms.add(f"{root}-me{nasal[0]}")
    # What witnesses say and papers quote: "ngeroyok", "nyerang", "mukulin", "dibagiin".
    # Only where the first letter went into the nasal: Nduga is a regency and no guess ("duga").
    forms |= {body + tail for body in nasal if body != root and _SPOKEN.match(body) for tail in ("", "in")}
    forms |= {f"di{root}in", f"nge{root}"}
    return frozenset(forms)


def _nasalised(root: str) -> tuple[str, ...]:
    """Return the root as it follows me- and pe-: (m)pukul, (ng)geruduk, and the unassimilated form beside it."""
    first = root[0]
    rest = root[1:]
    if first in "lrwymn":
        return (root, "ng" + root) if first in "rl" else (root,)
    if first in "bfv":
        return ("m" + root,)
    if first == "p":
        return ("m" + rest, "m" + root)
    if first in "dcjz":
        return ("n" + root,)
    if first == "t":
        return ("n" + rest, "n" + root)
    if first == "s":
        return ("ny" + rest, "n" + root)
    if first == "k":
        return ("ng" + rest, "ng" + root)
    if first in "gh" or first in VOWELS:
        return ("ng" + root,)
    return (root,)


class CueFinder:
    """All cues of a taxonomy, compiled once; of documents it keeps nothing but words that it has met."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._cues = tuple(taxonomy.cues())
        self._words: dict[str, set[int]] = defaultdict(set)
        self._elements: dict[str, int] = {}
        self._phrases: dict[tuple[int | None, ...], int] = {}
        self._first: dict[int, list[tuple[int, tuple[int | None, ...]]]] = defaultdict(list)
        self._compiled = tuple(
            (cue, self._ids(cue.phrases), self._ids(cue.near), self._ids(cue.far), self._ids(cue.elsewhere))
            for cue in self._cues
        )
        self._by_phrase: dict[int, list[int]] = defaultdict(list)
        for number, (_, phrases, *_rest) in enumerate(self._compiled):
            for phrase in phrases:
                self._by_phrase[phrase].append(number)
        self._known = {word: tuple(sorted(elements)) for word, elements in self._words.items()}
        self._met = lru_cache(MAX_WORDS)(self._meet)

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Every cue, in the taxonomy's order."""
        return self._cues

    def find(self, document: Document) -> tuple[CueHit, ...]:
        """Return the cues that hold in a document, each where it stands, in order of the text."""
        tokens = document.tokens
        found = self._matches(tokens)
        if not found:
            return ()
        sentences: dict[int, set[int]] = defaultdict(set)
        for phrase, first, _ in found:
            sentences[phrase].add(tokens[first].sentence)
        hits: list[CueHit] = []
        taken: set[tuple[int, int]] = set()
        for phrase, first, last in found:
            for number in self._by_phrase.get(phrase, ()):
                cue, _, near, far, elsewhere = self._compiled[number]
                sentence = tokens[first].sentence
                if (number, first) in taken or not _holds(sentence, sentences, near, far, elsewhere):
                    continue
                taken.add((number, first))
                hits.append(CueHit(cue, tokens[first].zone, tokens[first].start, tokens[last].end, sentence))
        return tuple(hits)

    def _matches(self, tokens: Sequence[Token]) -> list[tuple[int, int, int]]:
        """Return (phrase, first token, last token) of every phrase found, in order."""
        met = [self._met(token.norm) for token in tokens]
        found = []
        for position in [number for number, (_, starts) in enumerate(met) if starts]:
            after = met[position + 1][0] if position + 1 < len(met) else ()
            for phrase, rest in met[position][1]:
                if not rest:
                    found.append((phrase, position, position))
                # Most phrases end at their second word: it is looked at before anything is called.
                elif rest[0] is None or rest[0] in after:
                    last = _follow(met, tokens, position, rest)
                    if last is not None:
                        found.append((phrase, position, last))
        return found

    def _meet(self, norm: str) -> _Word:
        """Return what a word is among the elements of phrases, and the phrases that begin with it."""
        elements = self._elements_of(norm)
        return elements, tuple(start for element in elements for start in self._first.get(element, ()))

    def _elements_of(self, norm: str) -> tuple[int, ...]:
        known = self._known.get(norm)
        if known is not None:
            return known
        if "-" in norm:  # "baliho-baliho" is what "baliho" is
            first, _, second = norm.partition("-")
            return self._elements_of(first) if first and (second == first or second == first + "nya") else ()
        for clitic in CLITICS:
            if norm.endswith(clitic) and (known := self._known.get(norm[: -len(clitic)])) is not None:
                return known
        return ()

    def _ids(self, phrases: Iterable[str]) -> tuple[int, ...]:
        return tuple(self._phrase(phrase) for phrase in phrases)

    def _phrase(self, phrase: str) -> int:
        parts = tuple(None if part == GAP else self._element(part) for part in _joined(phrase.split()))
        if parts not in self._phrases:
            self._phrases[parts] = len(self._phrases)
            first = parts[0]
            if first is None:
                raise ValueError(f'phrase "{phrase}" begins with a gap')
            self._first[first].append((self._phrases[parts], parts[1:]))
        return self._phrases[parts]

    def _element(self, part: str) -> int:
        if part not in self._elements:
            number = self._elements[part] = len(self._elements)
            for choice in part.split("|"):
                if choice[0] in "*+" and len(choice) > 1:
                    forms = inflections(choice[1:]) - ({choice[1:]} if choice[0] == "+" else set())
                else:
                    forms = frozenset({choice})
                for form in forms:
                    self._words[normal_form(form)].add(number)
        return self._elements[part]


def _joined(parts: list[str]) -> list[str]:
    """Return a phrase's words with the pairs that the reader takes as one joined."""
    joined: list[str] = []
    for part in parts:
        plain = part if "|" in part or part[0] in "*+" or part == GAP else normal_form(part)
        if joined and (pair := word_lists().pairs.get((joined[-1], plain))):
            joined[-1] = pair
        else:
            joined.append(plain)
    return joined


def _follow(met: Sequence[_Word], tokens: Sequence[Token], position: int, rest: tuple[int | None, ...]) -> int | None:
    """Return the last token of a phrase whose first word stands at a position, None where it does not go on."""
    last, slack = position, 0
    for part in rest:
        if part is None:
            slack = GAP_WORDS
            continue
        for step in range(last + 1, min(last + 2 + slack, len(met))):
            if tokens[step].sentence != tokens[position].sentence:
                return None
            if part in met[step][0]:
                last = step
                break
        else:
            return None
        slack = 0
    return last


def _holds(
    sentence: int,
    sentences: dict[int, set[int]],
    near: tuple[int, ...],
    far: tuple[int, ...],
    elsewhere: tuple[int, ...],
) -> bool:
    """Return whether a cue's conditions hold at a sentence."""
    around = {sentence - 1, sentence, sentence + 1}
    if near and not any(sentences.get(phrase, set()) & around for phrase in near):
        return False
    if far and any(sentence in sentences.get(phrase, ()) for phrase in far):
        return False
    return not elsewhere or any(phrase in sentences for phrase in elsewhere)
