"""The words by which two reports of one event are known to each other, weighed by how seldom they are.

A report is kept as numbers: each word's stem hashed to 32 bits with its weight. So what is kept for comparing holds no
text and no name, and two reports are compared in microseconds.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Final

from classifiers.copies import body_of
from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERENCE: Final = Path(__file__).resolve().parents[2] / "data" / "reference" / "word_shares.tsv"

LEAD_WORDS: Final = 120
"""Words of a text that are compared: what happened stands there, what follows is background and appeals."""

TITLE_WEIGHT: Final = 2
MOST_COUNTED: Final = 3
"""A word said five times in one report is not five times the event."""

LEAST_SHARE: Final = 0.0005
"""Share of texts taken for a word that the table does not have: rarer than one in two thousand."""

RARE_SHARE: Final = 0.01
"""A word of at most one text in a hundred tells events apart; two reports that share several are of one."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(
    r"(?P<tps>\bTPS\s+(?:nomor\s+)?(?P<no>\d{1,3})\b)|\b(?P<many>\d{1,3}(?:\.\d{3})+|\d{1,6})\s+(?P<unit>[a-zA-Z]{3,})"
)
_MONTHS = "januari februari maret april mei juni juli agustus september oktober november desember tahun wib wita wit"
_NO_UNITS = frozenset(_MONTHS.split())
# Small numbers are mostly written out; "satu" is an article as often as a count.
_SPELT = {
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "delapan": 8,
    "sembilan": 9,
    "sepuluh": 10,
    "sebelas": 11,
}
_SPELT_NUMBER = re.compile(
    rf"\b(?P<many>{'|'.join(_SPELT)})(?P<tens>\s+(?:belas|puluh))?\s+(?P<unit>[a-z]{{3,}})", re.IGNORECASE
)
_INSIDE = re.compile(r"(?<=[a-z,;:] )[A-Z][a-z'’]{2,}")

_ANCHORED = re.compile(
    r"\b(?i:kecamatan|kec\.|distrik|kapanewon|desa|kelurahan|kel\.|nagari|gampong|pekon|kampung|kampuang|jorong|korong|dusun"
    r"|lorong|banjar|lingkungan|negeri|jalan|jl\.|pasar|simpang|sungai|batang|pulau|perumahan|kompleks|gedung|lapangan|jembatan"
    r"|sma|smp|sd|smk|gor|aula|rw|rt|puskesmas|masjid|terminal|pelabuhan|universitas|kampus)"
    r"\s+(?P<name>(?:[A-Z][\w'’]+|[IVX]+|\d+)(?:\s+[A-Z][\w'’]+)?)"
)
"""Where exactly: the word after what kind of place it is. Two reports that both say so and share none are of two."""

_SUFFIXES = (("nya", "lah", "kah", "pun"), ("kan", "an", "i"))
_PREFIXES = (
    "meng",
    "meny",
    "mem",
    "men",
    "peng",
    "peny",
    "pem",
    "pen",
    "ber",
    "ter",
    "per",
    "me",
    "di",
    "ke",
    "se",
    "pe",
)
_LEAST_STEM = 4


@dataclass(frozen=True, slots=True)
class Words:
    """A report as it is compared: hashed stems with their weights.

    ``weights`` are of title and lead together, ``whole`` of all of it, each of length 1. ``title`` are the stems of the
    headline. ``rare`` are those of the whole text that few texts have. ``names`` are words that stand with a capital
    inside a sentence: jorong, streets, schools, parties. ``spots`` are the names after a word that says what kind of
    place it is. ``numbers`` are pairs of what is counted and how many.
    """

    weights: dict[int, float]
    whole: dict[int, float]
    title: frozenset[int]
    rare: frozenset[int]
    names: frozenset[int]
    spots: frozenset[int]
    numbers: frozenset[tuple[int, int]]


def words_of(title: str, text: str, regions: Iterable[str] = ()) -> Words:
    """Return the words of a report. Nothing is kept that could be read back, and any text has words, be there none.

    ``regions`` are names of kabupaten, kota and provinces as the text has them: their words are left out. In one town
    all that happens has its name, which is rare in the news at large: two short texts would be alike by it alone, and
    that they are of one place is counted already. For the same reason the outlet's own head and foot are cut off.
    """
    shares = word_shares()
    said = frozenset(stem(word) for name in regions for word in _WORD.findall(name))
    text = body_of(text)
    head = [known for word in _WORD.findall(title) if (known := stem(word)) not in said]
    body = [known for word in _WORD.findall(text) if (known := stem(word)) not in said]
    counts = Counter(body[:LEAD_WORDS])
    for word in head:
        counts[word] += TITLE_WEIGHT
    names = {stem(word) for word in _INSIDE.findall(text)} - said
    return Words(
        weights=_weighed(counts),
        whole=_weighed(Counter([*head, *body])),
        title=frozenset(number_of(word) for word in head if rarity(word) > 0),
        rare=frozenset(number_of(word) for word in {*head, *body} if shares.get(word, 0.0) <= RARE_SHARE),
        names=frozenset(number_of(word) for word in names if shares.get(word, 0.0) <= RARE_SHARE),
        spots=frozenset(number_of(match["name"].casefold()) for match in _ANCHORED.finditer(f"{title}\n{text}")),
        numbers=frozenset(_numbers(f"{title}\n{text}")),
    )


def _weighed(counts: Counter[str]) -> dict[int, float]:
    """Return the weights, brought to length 1: the cosine of two is then the sum of their products."""
    weights = {
        number_of(word): (1 + log(min(count, MOST_COUNTED))) * weight
        for word, count in counts.items()
        if (weight := rarity(word)) > 0
    }
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}


def _numbers(text: str) -> set[tuple[int, int]]:
    found = set()
    for match in _NUMBER.finditer(text):
        if match["tps"]:
            found.add((number_of("tps"), int(match["no"])))
        elif match["unit"].casefold() not in _NO_UNITS:
            found.add((number_of(stem(match["unit"])), int(match["many"].replace(".", ""))))
    for match in _SPELT_NUMBER.finditer(text):
        many = _SPELT[match["many"].casefold()]
        tens = (match["tens"] or "").strip().casefold()
        many = many + 10 if tens == "belas" else many * 10 if tens == "puluh" else many
        found.add((number_of(stem(match["unit"])), many))
    return found


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return a word without the commonest Indonesian affixes: *dibakar*, *membakar* and *pembakaran* are one.

    Light on purpose (after Asian, *Effective Techniques for Indonesian Text Retrieval*, 2007, without a dictionary):
    what it cuts wrongly it cuts alike in both texts.
    """
    low = word.casefold()
    for group in _SUFFIXES:
        for suffix in group:
            if low.endswith(suffix) and len(low) - len(suffix) >= _LEAST_STEM:
                low = low[: -len(suffix)]
                break
    for prefix in _PREFIXES:
        if low.startswith(prefix) and len(low) - len(prefix) >= _LEAST_STEM:
            return low[len(prefix) :]
    return low


def number_of(word: str) -> int:
    """Return the number under which a stem is kept (CRC-32)."""
    return zlib.crc32(word.encode())


@lru_cache(maxsize=100_000)
def rarity(word: str) -> float:
    """Return the weight of a stem: the logarithm of how many texts one has to read to meet it; 0 for words of all."""
    share = max(word_shares().get(word, LEAST_SHARE), LEAST_SHARE)
    return max(0.0, log(1 / share) - 1.0)


@lru_cache(maxsize=1)
def word_shares() -> dict[str, float]:
    """Return by stem the share of texts that have it, in (0, 1]: the greater one of news at large and election news.

    Raises SettingsError where the table is not to be read.
    """
    try:
        lines = REFERENCE.read_text(encoding="utf-8").splitlines()
        return {word: int(share) / 10_000 for word, share in (line.split("\t") for line in lines if line[:1] != "#")}
    except (OSError, ValueError) as error:
        raise SettingsError("the table of word shares cannot be read; install anew", where=str(REFERENCE)) from error
