"""The names to look for: every unit and alias under its normal form, with the words that say what stands around them.

A name's normal form is its tokens in lower case with single spaces: *Lawe Sigala-Gala* is ``lawe sigala gala``.
Names of more than one word are also known joined (*SIMPANGEMPAT*, *Tanahdatar*), names of West Sumatra also in their
Indonesian spelling (*Lubuak* is *Lubuk*).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from data.errors import SettingsError
from data.gazetteer import FOLDER, KECAMATAN, Gazetteer, Level, load_gazetteer, read_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOKEN = re.compile(r"[^\W_]++(?:['’`][^\W_]++)*+")

MINANG_WORDS = (
    "lubuak:lubuk aluang:alung anam:enam lingkuang:lingkung tapakih:tapakis garinggiang:geringging guguak:guguk"
    " batipuah:batipuh aia:air aie:air bangih:bangis limo:lima puluah:puluh taluak:teluk kampuang:kampung"
    " tanjuang:tanjung gunuang:gunung kubuang:kubung ampek:empat tigo:tiga baruah:baruh parik:parit"
    " sijunjuang:sijunjung muaro:muara salasa:selasa gadih:gadis pua:puar ateh:atas ilia:hilir hilia:hilir hilie:hilir"
    " mudiak:mudik mudiek:mudik lasuang:lesung bungo:bunga basuang:basung sikapiang:sikaping bagaluang:begalung"
    " bukik:bukit buluah:buluh kuniang:kuning situjuah:situjuh pauah:pauh gantiang:ganting pasisie:pesisir"
    " pasisia:pesisir sintuak:sintuk canduang:candung palupuah:palupuh kabuang:kabung punjuang:punjung"
    " sitiuang:sitiung junjuang:junjung siriah:sirih payuang:payung sakaki:sekaki aua:aur tangah:tengah duo:dua"
    " kaciak:kecil labuah:labuh baringin:beringin batuang:betung malintang:melintang baremas:beremas gasang:gasan"
    " kapeh:kapas tabiang:tabing talago:telaga balimbiang:belimbing"
)
MINANG = dict(pair.split(":") for pair in MINANG_WORDS.split())
"""Words of Minang unit names and what newspapers write instead."""

NUMERALS = (
    "ii:duo,dua iii:tigo,tiga iv:ampek,empat v:limo,lima vi:anam,enam vii:tujuah,tujuh viii:salapan,delapan"
    " ix:sambilan,sembilan x:sapuluah,sepuluh xi:sabaleh,sebelas"
)
MINANG_NUMERALS = {one: set(both.split(",")) for one, both in (pair.split(":") for pair in NUMERALS.split())}
"""Roman numerals at the head of a kecamatan's name, and what they are read as: *IV Koto* is *Ampek Koto*."""

MINANG_BOTH: dict[str, set[str]] = {}
"""For each word of `MINANG` its other spellings, whichever way."""
for minang, indonesian in MINANG.items():
    MINANG_BOTH.setdefault(minang, set()).add(indonesian)
    MINANG_BOTH.setdefault(indonesian, set()).add(minang)

SMALL_WORDS = {
    "sei": "sungai",
    "sungei": "sungai",
    "kep": "kepulauan",
    "tj": "tanjung",
    "tg": "tanjung",
    "pd": "padang",
    "pdg": "padang",
}

MAX_NAME_TOKENS = 6

REJECTING = (
    ("dapil", "dapil"),
    ("food", "makanan"),
    ("press", "media"),
    ("companies", "perusahaan"),
    ("clubs", "klub"),
    ("below", "dusun"),
    ("people", "suku"),
)
"""Lists of ``words.toml`` whose words reject the name after them, and what to call that; the first that has a word
counts."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of ``words.toml``: what says a level, an office, an institution, or that a name is no place.

    ``framing`` are the words that a level, head or institution can end with: without one before it a name stands bare.
    ``rejecting`` gives for each word that rejects the name after it (`REJECTING`) why.
    """

    admin: dict[str, str]
    heads: dict[str, str]
    institutions: dict[str, str]
    reject: dict[str, frozenset[str]]
    persons_before: frozenset[str]
    surnames: frozenset[str]
    strict: frozenset[str]
    never_alone: frozenset[str]
    framing: frozenset[str]
    rejecting: dict[str, str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All names by normal form.

    ``codes`` are the units a name can mean, higher levels first. ``alias_kinds`` holds the kind of names that are
    aliases. ``longest`` is the most tokens of any name that starts with a token. ``common`` are names that are
    ordinary words.
    """

    gazetteer: Gazetteer
    codes: dict[str, tuple[str, ...]]
    alias_kinds: dict[str, str]
    longest: dict[str, int]
    common: frozenset[str]
    words: Words


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set: how the short lists of this package are written down."""
    return frozenset(text.split())


def normal(name: str) -> str:
    """Return the normal form of a name."""
    return " ".join(TOKEN.findall(name.lower()))


def minang_spellings(parts: Sequence[str], *, numeral: bool) -> set[str]:
    """Return a name of West Sumatra with each word in Minang and in Indonesian, mixed too: *Lubuak Alung*.

    The ministry writes some names in one (*Lubuak Aluang*) and some in the other (*Lubuk Basung*), newspapers either.
    ``numeral`` says that a Roman numeral at its head is read as a number.
    """
    if len(parts) > MAX_NAME_TOKENS:
        return set()
    choices = [{word, *MINANG_BOTH.get(word, ())} for word in parts]
    if numeral and len(parts) > 1:
        choices[0] |= MINANG_NUMERALS.get(parts[0], set())
    return {" ".join(choice) for choice in product(*choices)}


def spellings(name: str, code: str) -> set[str]:
    """Return the normal forms by which a unit's name may be written, the official one included."""
    base = normal(name)
    forms = {base}
    parts = base.split(" ")
    if code[:2] == "13":
        forms |= minang_spellings(parts, numeral=len(code) == KECAMATAN)
    if any(word in SMALL_WORDS for word in parts):
        forms.add(" ".join(SMALL_WORDS.get(word, word) for word in parts))
    if parts[0] == "sungai" and len(parts) > 1:
        forms.add(" ".join(["sei", *parts[1:]]))
    if len(code) <= 8 and len(parts) == 2 and not parts[1].isdigit() and len(base) >= 9:
        forms.add("".join(parts))
    return forms


def read_words(path: Path) -> Words:
    """Return the words of ``words.toml``; SettingsError where the file is missing, no TOML or lacks a table."""
    try:
        tables: dict[str, Any] = tomllib.loads("\n".join(read_lines(path)))
        return Words(
            dict(tables["admin"]),
            dict(tables["heads"]),
            dict(tables["institutions"]),
            {key: frozenset(value) for key, value in tables["reject"].items()},
            frozenset(tables["persons"]["before"]),
            frozenset(tables["persons"]["surnames"]),
            frozenset(tables["strict"]["names"]),
            frozenset(tables["strict"]["never_alone"]),
            frozenset(name.split()[-1] for kind in ("admin", "heads", "institutions") for name in tables[kind]),
            {word: reason for key, reason in reversed(REJECTING) for word in tables["reject"][key]},
        )
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsError(f"the word list is not as it should be: {error}", where=str(path)) from error


def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Return the lexicon of the gazetteer in ``folder``; about 0.5 s."""
    gazetteer = load_gazetteer(folder)
    found: dict[str, list[str]] = {}
    alias_kinds: dict[str, str] = {}
    for alias in gazetteer.aliases:
        form = normal(alias.text)
        found.setdefault(form, []).extend(code for code in alias.codes if code not in found.get(form, ()))
        alias_kinds[form] = alias.kind
    for code, name in gazetteer.names():
        for form in spellings(name, code):
            codes = found.setdefault(form, [])
            if code not in codes:
                codes.append(code)
    longest: dict[str, int] = {}
    for form in found:
        first, _, rest = form.partition(" ")
        length = rest.count(" ") + 2 if rest else 1
        if length > longest.get(first, 0):
            longest[first] = min(length, MAX_NAME_TOKENS)
    common = frozenset(read_lines(folder / "common_names.txt"))
    codes_by_form = {form: tuple(codes) for form, codes in found.items()}
    return Lexicon(gazetteer, codes_by_form, alias_kinds, longest, common, read_words(folder / "words.toml"))


__all__ = ["MAX_NAME_TOKENS", "TOKEN", "Level", "Lexicon", "Words", "load_lexicon", "normal", "spellings"]
