"""A text as words with their places, and what stands at its head: the dateline."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING

from classifiers.places.lexicon import TOKEN, words

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CHARACTERS = 400_000
"""What is read of one text. News is 1,000 to 20,000 characters; the rest of a longer one changes nothing."""

PIECES = re.compile(f"({TOKEN.pattern})")
"""Splits a text into its words and what stands between them."""

GLUED = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z])")
"""Where a line ended and its break was lost (*Mal Grand CakungJakarta Selatan*): many pages are saved like that."""
CHANNEL = re.compile(r"[A-Z]?[a-z]*detik")
"""*detikJatim* is one word: a channel, no place."""

BREAK = re.compile(r"[.!?\n;:|]")
GLUE = re.compile(r"[ \t\u00a0]*[-–—/]?[ \t\u00a0]*\Z")
ABBREVIATIONS = words("kab kec kel ds prov jl jln no h hj drs dr ir prof st moh muh pd pdg kep tgl gg dt")

DOMAIN = re.compile(
    r"(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|co|id|net|org|tv|info|news|go|ac)\b(?:\.(?:id|com|net)\b)?",
    re.IGNORECASE,
)
"""A site's name or address: *BUKITTINGGI.WARTADESA.CO.ID* is no city; bounded, lest a text take quadratic time."""
DOMAIN_END = re.compile(r"\.(?:com|co|id|net|org|tv|info|news|go|ac)\b", re.IGNORECASE)
"""What every such name holds; a text without it need not be searched for one."""

QUOTE = re.compile(r"[“\"][^“”\"\n]{12,900}[”\"]")
DATELINE = re.compile(r"\s*([^\n–—]{2,80}?)(\s*)([-–—]{1,3})(\s*)(?=[\w“\"‘'(])")
DATELINE_WITHOUT_DASH = re.compile(r"\s*[\w-]+(?:\.[\w-]+)+\s*[,|]\s*(?=[A-Z])")
DATELINE_SCAN = 110
"""How far from its start a text's dateline may reach, in characters."""

_FIRST_LETTER = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text, a column for each thing that is asked of them.

    ``low`` is the word in lower case, ``gap`` what stands before it, ``small`` whether it starts with a small letter
    (and is no name therefore), ``sentence`` counts from 0 within the text: lists with an entry for each word. ``edges``
    holds start and end of one after another. Columns, as a text has hundreds of words, and an object for each takes
    longer to make than all the rest.
    """

    text: list[str]
    low: list[str]
    gap: list[str]
    small: list[bool]
    sentence: list[int]
    edges: list[int]

    def __len__(self) -> int:
        return len(self.low)

    def start(self, number: int) -> int:
        """Return where a word starts, in code points."""
        return self.edges[2 * number]

    def end(self, number: int) -> int:
        """Return where a word ends."""
        return self.edges[2 * number + 1]


def tokens_of(text: str) -> Tokens:
    """Return the words of a text, with sentences counted by their stops; abbreviations (*Kab.*, *H.*) do not end one.

    In a text without any capital every word may be a name.
    """
    pieces = PIECES.split(text)  # what is between words, a word, what is between, ..., a last gap
    gaps, found = pieces[0:-1:2], pieces[1::2]
    lows = list(map(str.lower, found))
    glued = [
        number
        for number, (word, low) in enumerate(zip(found, lows, strict=True))
        if word != low and not word.istitle() and GLUED.search(word) and CHANNEL.match(word) is None
    ]
    if glued:
        pieces = _unglued(pieces, glued)
        gaps, found = pieces[0:-1:2], pieces[1::2]
        lows = list(map(str.lower, found))
    small = [False] * len(found) if text.islower() else list(map(str.islower, map(_FIRST_LETTER, found)))
    return Tokens(found, lows, gaps, small, _sentences(gaps, lows), list(accumulate(map(len, pieces))))


def _unglued(pieces: Sequence[str], glued: Sequence[int]) -> list[str]:
    """Return the pieces with the words of the numbers ``glued`` taken apart, nothing between their parts."""
    found = list(pieces)
    for number in reversed(glued):
        at = 2 * number + 1
        parts = GLUED.split(found[at])
        found[at : at + 1] = [piece for part in parts for piece in (part, "")][:-1]
    return found


def _sentences(gaps: Sequence[str], lows: Sequence[str]) -> list[int]:
    """Return the sentence of each word: a stop before it begins a new one, but for that of an abbreviation.

    So does the lost line break between two words that are joined.
    """
    found: list[int] = []
    sentence = 0
    # Nine of ten gaps are a blank: only the others are looked at.
    for number in [number for number, gap in enumerate(gaps) if gap != " " and (not gap or _breaks(gap))]:
        if not number:
            continue  # nothing ends before the first word
        previous, gap = lows[number - 1], gaps[number]
        abbreviated = gap[:1] == "." and "\n" not in gap and (previous in ABBREVIATIONS or len(previous) == 1)
        if not abbreviated:
            found.extend([sentence] * (number - len(found)))
            sentence += 1
    found.extend([sentence] * (len(lows) - len(found)))
    return found


@lru_cache(maxsize=10_000)
def _breaks(gap: str) -> bool:
    return BREAK.search(gap) is not None


def gap_is(gap: str, kinds: str) -> bool:
    """Return whether a gap is one of ``kinds``: s space, h hyphen, dash or slash, a abbreviation stop and space."""
    if gap == " ":
        return "s" in kinds
    if "a" in kinds and gap in {". ", "."}:
        return True
    return "h" in kinds and _glues(gap)


@lru_cache(maxsize=10_000)
def _glues(gap: str) -> bool:
    return GLUE.match(gap) is not None


def spans_of(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Return the spans of a pattern in order."""
    return [match.span() for match in pattern.finditer(text)]


def domain_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of `DOMAIN`, sought only in the runs of letters, dots and hyphens that hold a domain's end."""
    spans: list[tuple[int, int]] = []
    last = 0  # where the last run that was searched ends
    for match in DOMAIN_END.finditer(text):
        if match.start() < last:
            continue
        start, end = match.span()
        while start > last and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
            start -= 1
        while end < len(text) and (text[end].isalnum() or text[end] in "_.-"):
            end += 1
        spans += [found.span() for found in DOMAIN.finditer(text, start, end)]
        last = end
    return spans


def inside(spans: list[tuple[int, int]], position: int) -> bool:
    """Return whether a position lies within one of the spans."""
    index = bisect_right(spans, (position, 1 << 60)) - 1
    return index >= 0 and spans[index][0] <= position < spans[index][1]


def dateline_end(text: str) -> int:
    """Return where the dateline at the start of a text ends (before its dash); 0 where there is none.

    A head of capitalised words, brands and brackets before the first dash is one: *Padang (ANTARA) -*,
    *UTUSANINDO.COM, ( PADANG) –*, *Bukittinggi-Pjs Wali …*. A head with a small word (*Warga yang -*) is a sentence.
    Some sites put no dash (*Liputan6.com, Jakarta Pemerintah …*): the place then starts where the brand ends, and that
    position is returned negative.
    """
    match = DATELINE.match(text, 0, DATELINE_SCAN)
    if match is not None and (match[2] or match[4] or match[3] != "-" or TOKEN.fullmatch(match[1].split()[-1])):
        words = DOMAIN.sub(" ", match[1]).replace("|", " ").split()
        if not any(word[:1].islower() and not word.startswith(("detik", "www")) for word in words):
            return match.end(1)
    match = DATELINE_WITHOUT_DASH.match(text, 0, DATELINE_SCAN)
    return -match.end() if match is not None else 0
