"""The inflections of an Indonesian word: what a search for one of them has to look for, to find the others.

*dibakar*, *membakar*, *pembakaran* and *kebakaran* are forms of *bakar*. Roots are guessed from the affixes alone
(Adriani et al., *Stemming Indonesian: A Confix-Stripping Approach*, ACM TALIP 6(4), 2007, without the dictionary);
whoever searches keeps the guesses that occur as words, and shows what has the typed word itself before what has a form.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

LEAST_ROOT: Final = 4
"""Letters of a root that is guessed: of three letters most guesses were other words (*bulan* is no form of *bul*)."""

LONGEST_WORD: Final = 30
VOWELS: Final = frozenset("aiueo")

_AS_THEY_ARE: Final = """
akan antara anggota badan bahan bahwa banyak berita berikan bukan bulan bupati dalam dengan depan dewan hakim harian
harus hingga ikan jalan jangan kami kabupaten kepada kepala ketua korban lain makan mereka menteri mesin pada pasangan
pekan pemilu perempuan pilkada polisi polres saksi selasa sekretaris selatan seperti serta setelah tahun tentang teman
terhadap yang
"""
UNCHANGED: Final = frozenset(_AS_THEY_ARE.split())
"""Common words of the news that only look as if they had an affix, or whose root means something else: *pemilu* is no
form of *pilu*, *pasangan* of candidates none of *pasang*. By judgement; a word that is missing here costs precision
only behind everything that has the typed word itself."""

_NASAL: Final = {
    "": ("l", "m", "n", "r", "w", "y"),
    "m": ("b", "f", "v", "p"),
    "n": ("c", "d", "j", "z", "t"),
    "ny": ("s",),
    "ng": ("g", "h", "k", "q", "a", "i", "u", "e", "o"),
}
_DROPPED: Final = frozenset("ptsk")
"""First letters of a root that its nasal replaces: *pukul*, *memukul*."""


_PREFIXES: Final = (
    *("di", "ter", "te", "ber", "be", "per", "pe", "ke", "se", "me", "menge", "penge"),
    *("keber", "member", "memper", "diper", "diber", "pember"),
)


@lru_cache(maxsize=10_000)
def roots(word: str) -> tuple[str, ...]:
    """Return what a folded word may be a form of, itself first; the word alone where it has no affix to take off."""
    found = {word: None}
    if not word.isalpha() or not word.isascii() or len(word) > LONGEST_WORD or word in UNCHANGED:
        return tuple(found)
    for core in _without_endings(word):
        for root in (core, *_without_beginnings(core)):
            # What makes the word again is a root of it; the rest is chance ("polisi" is not made of "polis").
            if len(root) >= LEAST_ROOT and root not in UNCHANGED and word in _forms(root):
                found[root] = None
    return tuple(found)


def signs(root: str) -> tuple[str, ...]:
    """Return the forms of which one occurs, as a rule, in any large stock of news where the root is a word at all."""
    verbs = (_with_nasal("me", root), f"di{root}", f"ber{root}", f"ter{root}", f"{root}kan")
    return (root, *verbs, f"{root}an", f"{_with_nasal('pe', root)}an", f"ke{root}an")


def forms(root: str) -> tuple[str, ...]:
    """Return a root with its inflections, itself first; the root alone where it is too short or no plain word."""
    if len(root) < LEAST_ROOT or not root.isalpha() or not root.isascii() or root in UNCHANGED:
        return (root,)
    return tuple(dict.fromkeys((root, *sorted(_forms(root)))))


@lru_cache(maxsize=10_000)
def _forms(root: str) -> frozenset[str]:
    me, pe = _with_nasal("me", root), _with_nasal("pe", root)
    ber, per = (f"{one}{root}" if root[0] != "r" else f"{one[:-1]}{root}" for one in ("ber", "per"))
    ter = f"ter{root}" if root[0] != "r" else f"te{root}"
    verbs = [
        start + end
        for start in (me, f"di{root}", f"mem{per}", f"di{per}", ter, f"mem{ber}", f"di{ber}")
        for end in ("", "kan", "i")
    ]
    nouns = [pe, f"{pe}an", f"{per}an", f"ke{root}an", f"{root}an", f"pem{ber}an", f"ke{ber}an", f"pe{root}", per]
    if root[0] not in VOWELS:
        nouns += [f"penge{root}", f"penge{root}an"]  # "mengebom", and the common slip "pengerusakan"
        verbs += [f"menge{root}"]
    others = [root, ber, f"{ber}an", f"{ber}kan", f"{root}kan", f"{root}i", f"se{root}", f"{root}lah", f"{root}kah"]
    owned = [f"{one}nya" for one in (*verbs, *nouns, root)]
    return frozenset((*verbs, *nouns, *others, *owned))


def _with_nasal(prefix: str, root: str) -> str:
    for nasal, letters in _NASAL.items():
        if root[0] in letters:
            # Before a second consonant nothing is dropped: "program", "memprogram".
            drops = root[0] in _DROPPED and root[1] in VOWELS
            return prefix + nasal + (root[1:] if drops else root)
    return prefix + root


def _without_endings(word: str) -> list[str]:
    found = [word]
    found += [word[: -len(ending)] for ending in ("nya", "lah", "kah") if word.endswith(ending)]
    for core in tuple(found):
        found += [core[: -len(ending)] for ending in ("kan", "an", "i") if core.endswith(ending)]
    return found


def _without_beginnings(core: str) -> list[str]:
    found = [core[len(prefix) :] for prefix in _PREFIXES if core.startswith(prefix)]
    for prefix in ("me", "pe"):
        if not core.startswith(prefix):
            continue
        rest = core[2:]
        for nasal, dropped in (("ny", "s"), ("ng", "k"), ("m", "p"), ("n", "t")):
            if rest.startswith(nasal):
                found += [rest[len(nasal) :], dropped + rest[len(nasal) :]]
    return found
