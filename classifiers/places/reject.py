"""Why a name of the gazetteer is no place where it stands: persons, papers, food, streets, operations, idioms."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from classifiers.places.tokens import gap_is

if TYPE_CHECKING:
    from classifiers.places.lexicon import Lexicon
    from classifiers.places.recognise import Mention
    from classifiers.places.tokens import Tokens

SEAS = frozenset({"selat", "laut", "teluk", "samudera", "samudra"})
NEAR_STREET = "dekat jalan"
"""*Jalan Ahmad Yani Surabaya*: the end of an address, which a kabupaten's name may be and a village's is not."""

UNTIL = frozenset({"sampai", "hingga", "ke"})
MORE_NAMES = 2  # names that may stand between a person's first name and the age
STREET_WORDS = 5  # the longest street names have four words


def rejection(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> str:
    """Return why the name from ``first`` to ``last`` is no place (one word), or an empty string."""
    words, lows, gaps = lexicon.words, tokens.low, tokens.gap
    near = first > 0 and gap_is(gaps[first], "sha")
    before = lows[first - 1] if near else ""
    pair = f"{lows[first - 2]} {before}" if near and first > 1 and gap_is(gaps[first - 1], "sa") else ""
    after = lows[last + 1] if last + 1 < len(lows) and gaps[last + 1] == " " else ""
    if before in words.rejecting or pair in words.rejecting:
        return words.rejecting.get(before) or words.rejecting[pair]
    if after and after in words.reject["press_after"] and not tokens.small[last + 1]:
        return "media"
    if is_person(tokens, first, last, before, pair, after, lexicon):
        return "orang"
    if before in SEAS:
        return "laut"
    if after in words.reject["abroad_after"]:
        return "luar negeri"
    return street(tokens, first, lexicon)


def is_person(tokens: Tokens, first: int, last: int, before: str, pair: str, after: str, lexicon: Lexicon) -> bool:
    """Return whether the name is part of a person's: a title before, a patronymic, surname, degree or age after it."""
    words = lexicon.words
    if pair in words.persons_before:
        return True
    if before in words.persons_before and (not tokens.small[first - 1] or before in {"bernama", "inisial"}):
        return True
    if after in {"bin", "binti"} or (after in words.surnames and not tokens.small[last + 1]):
        return True
    return is_aged(tokens, last) and before not in {"di", "ke", "dari", "warga"}


def is_aged(tokens: Tokens, last: int) -> bool:
    """Return whether an age in brackets follows, as after a person's name: *Agam (45)*, *Malang Widodo (41)*."""
    count, gaps = len(tokens), tokens.gap
    for _ in range(MORE_NAMES):
        if last + 1 < count and gaps[last + 1] == " " and not tokens.small[last + 1]:
            last += 1
    if last + 1 >= count or gaps[last + 1].strip() != "(":
        return False
    age = tokens.text[last + 1]
    closed = last + 2 >= count or gaps[last + 2].startswith(")")
    return len(age) == 2 and age.isdigit() and closed


def street(tokens: Tokens, first: int, lexicon: Lexicon) -> str:
    """Return ``jalan`` where the name is (part of) a street's name: capitals without a comma, back to *Jalan*."""
    for position in range(first - 1, max(-1, first - 1 - STREET_WORDS), -1):
        if not gap_is(tokens.gap[position + 1], "sa"):
            return ""
        low = tokens.low[position]
        if low == "operasi" and not tokens.small[position]:
            return "operasi"  # "Operasi Mantap Brata Semeru": police operations are named for mountains
        if low in lexicon.words.reject["streets"]:
            words = first - 1 - position  # between *Jalan* and the name
            own = words < 2 or (tokens.low[position + 1] == "raya" and words == 2)
            return "jalan" if own else NEAR_STREET
        if tokens.small[position]:
            return ""
    return ""


def reject_idioms(tokens: Tokens, mentions: list[Mention]) -> None:
    """Reject *dari Sabang sampai Merauke*, which means the whole country."""
    for one, two in pairwise(mentions):
        if one.form == "sabang" and two.form == "merauke" and two.first - one.last <= 3:
            between = tokens.low[one.last + 1 : two.first]
            if not between or not UNTIL.isdisjoint(between):
                one.rejected = two.rejected = "ungkapan"
