"""Words and phrases that a desk wants to see, found in what was read: *kata pantau*.

A watch-word changes nothing of what the model says: it brings articles that were not flagged before the eyes of a
person. It is matched on the normalised words of a text (lower case, look-alike letters and abbreviations opened up), so
that "PSU" meets "psu" and "pemungutan suara ulang" only where somebody asked for that too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from classifiers.text import read_document
from data.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifiers.text import Document
    from data.records import Zone

WATCH_WORDS_KEY: Final = "kata_pantau"
"""The desk's setting that holds them."""

MOST_WORDS: Final = 200
"""Phrases of a desk: each is one search; more than somebody reads the hits of."""
LONGEST_PHRASE: Final = 80
MOST_TOKENS: Final = 8
LEAST_LETTERS: Final = 3
"""A shorter word ("di") is in every article."""


@dataclass(frozen=True, slots=True)
class WatchWord:
    """A word or phrase; ``signal`` is the slug of the signal that the desk thinks of with it, "" for none.

    ``prefix`` is True for a phrase written with a star at its end: its last word may go on.
    """

    phrase: str
    signal: str = ""
    note: str = ""

    @property
    def prefix(self) -> bool:
        """Return whether the last word may go on."""
        return self.phrase.endswith("*")


@dataclass(frozen=True, slots=True)
class Hit:
    """A watch-word in a text: its half-open span in its zone, in code points."""

    word: WatchWord
    zone: Zone
    start: int
    end: int


def watch_words_of(setting: Any) -> tuple[WatchWord, ...]:
    """Return the watch-words of a desk's setting, a list of ``{"kata", "sinyal", "catatan"}``; () for None.

    Raises InputError for a phrase that is none, or that is there twice.
    """
    if setting is None:
        return ()
    if not isinstance(setting, list) or len(setting) > MOST_WORDS:
        raise InputError(f"there can be at most {MOST_WORDS} watch-words")
    found: dict[tuple[str, ...], WatchWord] = {}
    for entry in setting:
        word = _watch_word(entry)
        form = _form(word.phrase)
        if form in found:
            raise InputError(f'the watch-word "{word.phrase}" is there twice')
        found[form] = word
    return tuple(found.values())


def _watch_word(entry: Any) -> WatchWord:
    if not isinstance(entry, dict):
        raise InputError("a watch-word has kata, sinyal and catatan")
    phrase = " ".join(str(entry.get("kata", "")).split())
    if len(phrase) > LONGEST_PHRASE or not phrase.isprintable():
        raise InputError(f"a watch-word has at most {LONGEST_PHRASE} letters")
    form = _form(phrase)
    if not form or sum(map(len, form)) < LEAST_LETTERS:
        raise InputError(f'"{phrase}" is no watch-word: at least {LEAST_LETTERS} letters or figures')
    if len(form) > MOST_TOKENS:
        raise InputError(f'"{phrase}" is too long: at most {MOST_TOKENS} words')
    return WatchWord(phrase, str(entry.get("sinyal") or ""), " ".join(str(entry.get("catatan") or "").split())[:200])


def hits_in(title: str, text: str, words: Iterable[WatchWord]) -> tuple[Hit, ...]:
    """Return where the watch-words stand in an article, in reading order, the title first."""
    return hits_of(read_document(title, text), words)


def hits_of(document: Document, words: Iterable[WatchWord]) -> tuple[Hit, ...]:
    """Return where the watch-words stand in a document, in reading order; a phrase never reaches over a sentence."""
    wanted: dict[str, list[tuple[tuple[str, ...], WatchWord]]] = {}
    stars: list[tuple[tuple[str, ...], WatchWord]] = []
    for word in words:
        form = _form(word.phrase)
        if len(form) == 1 and word.prefix:
            stars.append((form, word))
        else:
            wanted.setdefault(form[0], []).append((form, word))
    tokens = [token for token in document.tokens if any(letter.isalnum() for letter in token.norm)]
    found = []
    for at, token in enumerate(tokens):
        here = wanted.get(token.norm, ())
        for form, word in (*here, *stars):
            run = tokens[at : at + len(form)]
            alike = len(run) == len(form) and _fits([one.norm for one in run], form, prefix=word.prefix)
            if alike and all(one.sentence == token.sentence for one in run):
                found.append(Hit(word, token.zone, token.start, run[-1].end))
    return tuple(found)


def _fits(norms: Sequence[str], form: Sequence[str], *, prefix: bool) -> bool:
    last = norms[-1].startswith(form[-1]) if prefix else norms[-1] == form[-1]
    return last and list(norms[:-1]) == list(form[:-1])


@lru_cache(maxsize=1024)
def _form(phrase: str) -> tuple[str, ...]:
    """Return the normalised words of a phrase, as a text is read."""
    document = read_document("", phrase.rstrip("*"))
    return tuple(token.norm for token in document.tokens if any(letter.isalnum() for letter in token.norm))
