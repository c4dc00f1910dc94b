"""The part of a text that shows why a search found it, cut where what was found begins and ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.store.search import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.store.matching import Term

LENGTH: Final = 260
"""Characters of a snippet: three lines of a page, two of a sentence."""

BEFORE: Final = 70
MOST_READ: Final = 20_000
"""Characters of a text that are looked through; what is found only behind them shows the text's beginning."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of text, and whether it is what was looked for."""

    text: str
    is_hit: bool


def marked(text: str, terms: Sequence[Term]) -> tuple[Cut, ...]:
    """Return a whole text, cut."""
    return _cut(text, 0, len(text), _hits(text, terms))


def snippet(text: str, terms: Sequence[Term]) -> tuple[Cut, ...]:
    """Return the stretch of a text in which most of what was looked for stands, cut; its beginning where nothing does.

    A text that is longer than the stretch is marked by an ellipsis at the end that was left out.
    """
    read = " ".join(text[:MOST_READ].split())
    hits = _hits(read, terms)
    start = 0
    if hits:
        # The best stretch begins at a find; of equals the first one.
        best = max(
            hits, key=lambda hit: (len({term for left, _, term in hits if 0 <= left - hit[0] < LENGTH}), -hit[0])
        )
        start = max(0, best[0] - BEFORE)
        start = read.find(" ", start - 1) + 1 if start else 0
    end = min(len(read), start + LENGTH)
    if end < len(read):
        end = max(read.rfind(" ", start + 1, end), start + LENGTH // 2)
    found = _cut(read, start, end, hits)
    head = (Cut("… ", is_hit=False),) if start else ()
    tail = (Cut(" …", is_hit=False),) if end < len(read) else ()
    return (*head, *found, *tail)


def _terms_near(start: int, hits: Sequence[tuple[int, int, int]]) -> int:
    return len({term for left, _, term in hits if start <= left < start + LENGTH})


def _hits(text: str, terms: Sequence[Term]) -> list[tuple[int, int, int]]:
    """Return (begin, end, number of the term) of what is looked for, in the order of the text."""
    spots = [(match.start(), match.end(), "".join(words(match.group()))) for match in _WORD.finditer(text)]
    found = []
    for number, term in enumerate(terms):
        if term.excluded:
            continue
        if len(term.words) == 1:
            wanted = {term.words[0], *term.others}
            begins = term.words[0] if term.prefix else None
            found += [
                (left, right, number)
                for left, right, word in spots
                if word in wanted or (begins is not None and word.startswith(begins))
            ]
            continue
        for at in range(len(spots) - len(term.words) + 1):
            row = spots[at : at + len(term.words)]
            same = [word for _, _, word in row] == list(term.words)
            same_head = term.prefix and [word for _, _, word in row[:-1]] == list(term.words[:-1])
            if same or (same_head and row[-1][2].startswith(term.words[-1])):
                found.append((row[0][0], row[-1][1], number))
    return sorted(found)


def _cut(text: str, start: int, end: int, hits: Sequence[tuple[int, int, int]]) -> tuple[Cut, ...]:
    found, at = [], start
    for left, right, _ in hits:
        if left < at or right > end:
            continue
        if left > at:
            found.append(Cut(text[at:left], is_hit=False))
        found.append(Cut(text[left:right], is_hit=True))
        at = right
    if at < end:
        found.append(Cut(text[at:end], is_hit=False))
    return tuple(found)
