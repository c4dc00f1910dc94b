"""Why a name of the gazetteer is no place where it stands: persons, papers, food, streets, operations, idioms."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from classifiers.places.tokens import gap_is

if TYPE_CHECKING:
    from classifiers.places.lexicon import Lexicon
    from classifiers.places.recognise import Mention
    from classifiers.places.tokens import Token

SEAS = frozenset({"selat", "laut", "teluk", "samudera", "samudra"})
NEAR_STREET = "dekat jalan"
"""*Jalan Ahmad Yani Surabaya*: the end of an address, which a kabupaten's name may be and a village's is not."""

KINDS = (
    ("dapil", "dapil"),
    ("food", "makanan"),
    ("press", "media"),
    ("companies", "perusahaan"),
    ("clubs", "klub"),
    ("below", "dusun"),
    ("people", "suku"),
)
"""Lists of ``words.toml`` whose words reject the name after them, and what to call that."""

UNTIL = frozenset({"sampai", "hingga", "ke"})
MORE_NAMES = 2  # names that may stand between a person's first name and the age
STREET_WORDS = 5  # the longest street names have four words


def rejection(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> str:
    """Return why the name from ``first`` to ``last`` is no place (one word), or an empty string."""
    words = lexicon.words
    near = first > 0 and gap_is(tokens[first].gap, "sha")
    before = tokens[first - 1].low if near else ""
    pair = f"{tokens[first - 2].low} {before}" if near and first > 1 and gap_is(tokens[first - 1].gap, "sa") else ""
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    after = following.low if following is not None and gap_is(following.gap, "s") else ""
    for key, reason in KINDS:
        if before in words.reject[key] or pair in words.reject[key]:
            return reason
    if after and following is not None and following.capital and after in words.reject["press_after"]:
        return "media"
    if is_person(tokens, first, last, before, pair, after, lexicon):
        return "orang"
    if before in SEAS:
        return "laut"
    if after in words.reject["abroad_after"]:
        return "luar negeri"
    return street(tokens, first, lexicon)


def is_person(tokens: list[Token], first: int, last: int, before: str, pair: str, after: str, lexicon: Lexicon) -> bool:
    """Return whether the name is part of a person's: a title before, a patronymic, surname, degree or age after it."""
    words = lexicon.words
    if pair in words.persons_before:
        return True
    if before in words.persons_before and (tokens[first - 1].capital or before in {"bernama", "inisial"}):
        return True
    if after in {"bin", "binti"} or (after in words.surnames and tokens[last + 1].capital):
        return True
    return is_aged(tokens, last) and before not in {"di", "ke", "dari", "warga"}


def is_aged(tokens: list[Token], last: int) -> bool:
    """Return whether an age in brackets follows, as after a person's name: *Agam (45)*, *Malang Widodo (41)*."""
    for _ in range(MORE_NAMES):
        if last + 1 < len(tokens) and tokens[last + 1].capital and gap_is(tokens[last + 1].gap, "s"):
            last += 1
    if last + 1 >= len(tokens):
        return False
    age = tokens[last + 1]
    closed = last + 2 >= len(tokens) or tokens[last + 2].gap.startswith(")")
    return age.gap.strip() == "(" and len(age.text) == 2 and age.text.isdigit() and closed


def street(tokens: list[Token], first: int, lexicon: Lexicon) -> str:
    """Return ``jalan`` where the name is (part of) a street's name: capitals without a comma, back to *Jalan*."""
    for steps in range(STREET_WORDS):
        position = first - 1 - steps
        if position < 0 or not gap_is(tokens[position + 1].gap, "sa"):
            return ""
        token = tokens[position]
        if token.low == "operasi" and token.capital:
            return "operasi"  # "Operasi Mantap Brata Semeru": police operations are named for mountains
        if token.low in lexicon.words.reject["streets"]:
            own = steps < 2 or (tokens[position + 1].low == "raya" and steps == 2)
            return "jalan" if own else NEAR_STREET
        if not token.capital:
            return ""
    return ""


def reject_idioms(tokens: list[Token], mentions: list[Mention]) -> None:
    """Reject *dari Sabang sampai Merauke*, which means the whole country."""
    for one, two in pairwise(mentions):
        if one.form == "sabang" and two.form == "merauke" and two.first - one.last <= 3:
            between = {tokens[i].low for i in range(one.last + 1, two.first)}
            if not between or between & UNTIL:
                one.rejected = two.rejected = "ungkapan"
