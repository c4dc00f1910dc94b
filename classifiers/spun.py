"""Spun copies: one release that a program or a hurried editor put into other words, told from a second report.

MinHash over pairs of words fails there: hardly two words in a row are left. What is left is the skeleton: the same
facts (names, numbers, days) come together in the same sentences, whatever their order, around words that mean the
same. Two reporters at one event share facts too, but scatter them over other sentences; two outlets that quote one
statement share its very words. So four things are measured between the sentences of two texts, quotations left out:

* *contrast*: how much liker the best partner of a sentence is than its other sentences are;
* *cover*: how much of either text has a partner at all;
* *facts*: how many of all facts stand in both;
* *changed*: how many of the words that match do so by another form or a synonym.

Alignment by the best partner, likeness by Dice's coefficient over weighted words, is monolingual sentence alignment as
in Barzilay and Elhadad, *Sentence Alignment for Monolingual Comparable Corpora* (EMNLP 2003), without their order.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from data.errors import SettingsError
from data.taxonomy import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SPUN_LIKENESS = 0.55
"""From here on a text is another put into other words. On the made-up incidents 48 of 56 spun copies reach it, and none
of 692 pairs of independent reports of one event (at most 0.45), nor any of 16 made-up releases' own (at most 0.47)."""

SPUN_BESIDE_QUOTES = 0.62
"""The same for texts that share more than QUOTING of their word pairs: two papers that report one statement quote it,
and their narrations, short and full of "kata", come near. Among 11,500 real articles, none of which is known to be
spun, 0.55 alone called 89 pairs spun."""

CONTRAST, COVER, FACTS, CHANGED = 0.25, 0.20, 0.30, 0.25
"""Weights: those of a logistic regression (0.249, 0.199, 0.293, 0.259), rounded: on 22 spun copies (8 made-up releases
of ours and the first 14 of the made-up incidents), 150 pairs of independent reports of these, and 700 pairs of real
articles of two publishers about one event that share less than a quarter of their word pairs."""

FULL_MATCH = 0.7
"""Dice likeness of two sentences from which they count as wholly matched: a verbatim sentence shows nothing more."""

CHANGED_FULL = 0.5
"""Share of changed words that counts in full; spun copies have 0.2 to 0.7, two reports of one statement 0.0 to 0.3."""

LEAST_SENTENCES = 3
LEAST_WORDS = 40
"""A text of less has no skeleton: any two briefs of one event are alike."""

VERBATIM = 0.85
"""Dice likeness of two sentences of which one is the other but for a word or two."""

LEAD_SENTENCES = 2

MOST_SENTENCES = 80
"""Sentences that are compared: a long text has said by then what it is about, and cost grows with the square."""

COMMON_WEIGHT = 0.3
"""Weight of a word that any sentence may have, beside 1 of others."""

LEAST_IN_SENTENCE = 6
"""Ordinary words of the shortest sentence that is aligned: a crosshead, or what is left of a quotation ("kata Bupati di
kantornya"), is like too many."""

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])|\n+")
_QUOTATION = re.compile(r'"[^"\n]{0,600}"|“[^”\n]{0,600}”')
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})\b")
_VOWEL = re.compile("[aeiou]")
_PREFIXES = (
    "memper", "diper", "menge", "meng", "meny", "mem", "men", "me", "peng", "peny", "pem", "pen", "per", "pe",
    "ber", "bel", "ter", "di", "ke", "se",
)  # fmt: skip
_SUFFIXES = ("kannya", "annya", "inya", "nya", "lah", "kah", "pun", "kan", "an", "i")
WEEKDAYS = frozenset({"senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad"})
_MONTHS = frozenset(
    "januari februari maret april mei juni juli agustus september oktober november desember".split()  # noqa: SIM905
)
_COMMON = (  # noqa: SIM905
    "yang dan di ke dari untuk pada itu ini dengan tidak sudah akan setelah karena kami adalah tentang agar hingga "
    "sejak jika tetapi hanya sebelum kemudian saat bisa harus juga oleh para sebagai bahwa orang hari kata ia masih "
    "seluruh banyak sebanyak sekitar dalam antara atau lagi lain"
).split()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text names: ``names`` (casefolded words), ``numbers`` (without leading zeros), ``days``.

    ``days`` are weekdays and dates in figures (``8/11``), months stand among the numbers. Quotations count.
    ``subjects`` are the names said at least twice, the title counted; ``headline`` the numbers of the title.
    """

    names: frozenset[str]
    numbers: frozenset[str]
    days: frozenset[str]
    subjects: frozenset[str] = frozenset()
    headline: frozenset[str] = frozenset()

    @property
    def everything(self) -> frozenset[str]:
        """Return names, numbers and days together; no two kinds have a word in common."""
        return self.names | self.numbers | self.days


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text as it is aligned: the narrated sentences, each word's meaning with the forms it stood in, and the facts.

    A meaning is a root or, for a word with synonyms, the root of the first of them; names and numbers stand for
    themselves behind ``@``.
    """

    sentences: tuple[Mapping[str, frozenset[str]], ...]
    weights: tuple[float, ...]
    facts: Facts
    words: int


def skeleton(title: str, body: str) -> Skeleton:
    """Return the skeleton of a text without dateline and sign-off (``classifiers.copies.body_of``)."""
    facts = facts_of(body, title)
    sentences = []
    words = 0
    for sentence in _SENTENCE.split(_QUOTATION.sub(" ", body)):
        meanings: dict[str, set[str]] = {}
        ordinary = 0
        for word in _WORD.findall(sentence or ""):
            form = word.casefold()
            words += 1
            if (form.lstrip("0") or "0") in facts.numbers:
                meanings["@" + (form.lstrip("0") or "0")] = {form}
            elif form in facts.names or form in WEEKDAYS:
                meanings["@" + form] = {form}
            else:
                meanings.setdefault(meaning(form), set()).add(form)
                ordinary += 1
        if ordinary >= LEAST_IN_SENTENCE:
            sentences.append({key: frozenset(forms) for key, forms in meanings.items()})
    kept = tuple(sentences[:MOST_SENTENCES])
    return Skeleton(kept, tuple(map(_mass, kept)), facts, words)


def spun_likeness(one: Skeleton, other: Skeleton) -> float:
    """Return in [0, 1] how much one text is the other in other words; 0 where either is too short to say.

    A verbatim copy has a middling value: few of its words are changed. Ask for near copies first.
    """
    if min(len(one.sentences), len(other.sentences)) < LEAST_SENTENCES or min(one.words, other.words) < LEAST_WORDS:
        return 0.0
    short, long = (one, other) if sum(one.weights) <= sum(other.weights) else (other, one)
    table = alignment(short, long)
    best = [max(row) for row in table]
    best_of_long = [max(column) for column in zip(*table, strict=True)]
    contrast = _mean((top - _rest(row, top) for top, row in zip(best, table, strict=True)), short.weights)
    cover = min(_mean(map(_capped, best), short.weights), _mean(map(_capped, best_of_long), long.weights))
    ours, theirs = one.facts.everything, other.facts.everything
    facts = len(ours & theirs) / max(1, len(ours | theirs))
    changed = min(1.0, _changed(short, long, table) / CHANGED_FULL)
    return CONTRAST * contrast + COVER * cover + FACTS * facts + CHANGED * changed


def verbatim_share(one: Skeleton, other: Skeleton) -> float:
    """Return which share of the shorter text's narration stands nearly word for word in the longer one."""
    if not one.sentences or not other.sentences:
        return 0.0
    short, long = (one, other) if sum(one.weights) <= sum(other.weights) else (other, one)
    best = (max(row) for row in alignment(short, long))
    return _mean((float(top >= VERBATIM) for top in best), short.weights)


def shared_lead(one: Skeleton, other: Skeleton) -> float:
    """Return how like the lead of either text is to something in the other: the lesser of both, Dice's coefficient.

    Texts of one paper share whole paragraphs of what went before; what each of them tells anew stands at its head.
    """
    if not one.sentences or not other.sentences:
        return 0.0
    table = alignment(one, other)
    ours = max(max(row) for row in table[:LEAD_SENTENCES])
    theirs = max(max(column) for column in list(zip(*table, strict=True))[:LEAD_SENTENCES])
    return float(min(ours, theirs))


def alignment(short: Skeleton, long: Skeleton) -> list[list[float]]:
    """Return Dice's coefficient of every sentence of ``short`` (rows) with every one of ``long``."""
    where: dict[str, list[int]] = {}
    for index, sentence in enumerate(long.sentences):
        for key in sentence:
            where.setdefault(key, []).append(index)
    table = []
    for sentence, weight in zip(short.sentences, short.weights, strict=True):
        shared = [0.0] * len(long.sentences)
        for key in sentence:
            for index in where.get(key, ()):
                shared[index] += _weight(key)
        table.append([2 * both / (weight + theirs) for both, theirs in zip(shared, long.weights, strict=True)])
    return table


def facts_of(body: str, title: str = "") -> Facts:
    """Return the facts that a text without dateline and sign-off names.

    A name is a capitalised word within a sentence that the text nowhere writes small; in a title every word may be
    capitalised, so that it only counts those of the text once more.
    """
    names: Counter[str] = Counter()
    numbers: set[str] = set()
    days = {f"{int(day)}/{int(month)}" for day, month in _DATE.findall(body)}
    small = {word for word in _WORD.findall(body) if word[0].islower()}
    for sentence in _SENTENCE.split(body):
        for place, word in enumerate(_WORD.findall(sentence or "")):
            form = word.casefold()
            if any(letter.isdigit() for letter in form):
                numbers.add(form.lstrip("0") or "0")
            elif form in WEEKDAYS and word[0].isupper():
                days.add("minggu" if form == "ahad" else form)
            elif form in _MONTHS:
                numbers.add(form)
            elif len(form) > 1 and word[0].isupper() and (place or word.isupper()) and form not in small:
                names[form] += 1
    titled = {word.casefold() for word in _WORD.findall(title)}
    subjects = frozenset(name for name, times in names.items() if times + (name in titled) > 1)
    headline = frozenset(word.lstrip("0") or "0" for word in titled if word.isdigit())
    return Facts(frozenset(names), frozenset(numbers), frozenset(days), subjects, headline)


@lru_cache(maxsize=100_000)
def meaning(form: str) -> str:
    """Return what a casefolded word stands for: its root, or that of the first of its synonyms."""
    short = root(form)
    return _synonyms().get(short, short)


@lru_cache(maxsize=100_000)
def root(form: str) -> str:
    """Return an Indonesian word without affixes and without the consonant that a prefix swallows.

    Crude on purpose: *memukul*, *dipukul* and *pukul* all give ``ukul``; it is compared, never shown.
    """
    word = form
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            word = word[: -len(suffix)]
            break
    for prefix in _PREFIXES:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= 3 and _VOWEL.search(rest):
            word = rest
            break
    if len(word) > 3 and word[0] in "ptks" and word[1] in "aeiou":
        return word[1:]
    return word.removeprefix("ny")


@lru_cache(maxsize=1)
def _synonyms() -> Mapping[str, str]:
    path = REFERENCE / "synonyms.toml"
    try:
        lines = tomllib.loads(path.read_text(encoding="utf-8"))["groups"]
        groups: list[list[str]] = [line.split() for line in lines]
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise SettingsError(f"the synonyms cannot be read ({error}); reinstall the program", where=str(path)) from error
    found: dict[str, str] = {}
    for group in groups:
        for word in group:
            found.setdefault(root(word), root(group[0]))
    return found


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(map(meaning, _COMMON))


@lru_cache(maxsize=100_000)
def _weight(key: str) -> float:
    return COMMON_WEIGHT if key in _common() else 1.0


def _mass(sentence: Iterable[str]) -> float:
    return sum(map(_weight, sentence))


def _mean(values: Iterable[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _capped(likeness: float) -> float:
    return min(likeness, FULL_MATCH) / FULL_MATCH


def _rest(row: Sequence[float], top: float) -> float:
    return (sum(row) - top) / (len(row) - 1)


def _changed(short: Skeleton, long: Skeleton, table: Sequence[Sequence[float]]) -> float:
    """Return which share of the ordinary words that best partners have in common they have in no common form."""
    matches: list[bool] = []
    for sentence, row in zip(short.sentences, table, strict=True):
        partner = long.sentences[max(range(len(row)), key=row.__getitem__)]
        matches.extend(
            forms.isdisjoint(partner[key]) for key, forms in sentence.items() if key in partner and key[0] != "@"
        )
    return sum(matches) / max(1, len(matches))
