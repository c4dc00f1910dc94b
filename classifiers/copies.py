"""Near-duplicate signatures: whether two texts are one release, whoever printed it under whatever dateline.

MinHash (Broder 1997) over pairs of neighbouring words, computed by rensa; a signature is 128 numbers of 32 bits, and
their agreement estimates the Jaccard likeness of the two texts (standard error at most 0.045). For finding partners
among a million articles the numbers are cut into bands (Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*,
section 3.4): two texts that share any band are worth comparing. A text put into other words keeps hardly a pair of
words, but its facts: a second, smaller MinHash over names and numbers finds it, and ``classifiers.sameness`` decides.
Signature and bands are plain bytes and integers for a table; nothing is pickled, so an index survives upgrades and
restarts.
"""

from __future__ import annotations

import array
import hashlib
import operator
import re
import sys
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import rensa

from classifiers.spun import facts_of
from data.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

PERMUTATIONS = 128
SEED = 7
"""Of rensa's permutations. Changing this, the shingles or the cleaning makes old signatures incomparable: raise
FORMAT with it."""

FORMAT = 2
"""2 added the numbers of the facts; a signature of format 1 is still read, and has none."""

ROWS_PER_BAND = 4
BANDS = PERMUTATIONS // ROWS_PER_BAND
"""32 bands of 4: a pair of likeness s shares a band with probability 1 - (1 - s**4)**32, that is 0.05 at 0.2, 0.56 at
0.4, 0.87 at 0.5 and 0.99 at 0.6."""

FACT_PERMUTATIONS = 60
FACT_SEED = 11
FACT_ROWS = 3
FACT_BANDS = FACT_PERMUTATIONS // FACT_ROWS
"""20 bands of 3 over the facts. Spun copies share 0.4 to 1.0 of their facts (median 0.78), two news texts at random
0.02: a pair that shares 0.57 has two bands in common with probability 0.91, one that shares 0.1 with 0.0002. One band
alone is chance: two are asked for."""

LEAST_FACTS = 5
"""A text that names fewer has no numbers of facts: "Padang" and "KPU" are no release."""

COPY_LIKENESS = 0.42
"""From here on two texts are one text. On the sample network lightly edited copies are 0.73 to 1.0 alike, two reports
of one event at most 0.10; a release of which an outlet printed the first half is 0.5 like the whole."""

LEAST_WORDS = 12
"""A text of fewer words (title included) has no signature: two captions alike are no copy."""

SHORT_TEXT_WORDS = 40
"""Below this the title is compared too: a stub has hardly any other words."""

_ALGORITHM = int(rensa.RMinHash.ALGORITHM_VERSION)
_HEADER = bytes((FORMAT, _ALGORITHM))
_OLD_HEADER = bytes((1, _ALGORITHM))
_START = len(_HEADER)
_END = _START + 4 * PERMUTATIONS
_FACT_END = _END + 4 * FACT_PERMUTATIONS

# "PADANG, KabarNagari.example — ", "Padang (KABAR) - ", "KBRN, Padang: ": a few words before the first dash.
_DATELINE = re.compile(
    r"\s*(?P<head>[^.!?\n]{0,40}(?:\.(?:co\.id|com|id|net|news|org|test|example)\b)?[^.!?\n]{0,40}?)"
    r"\s*(?:[—–|:]|-{1,2})\s+"
)
_DATELINE_WORDS = 7
_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|co|id|net|news|org|info|test|example)\b", re.IGNORECASE)
_SIGN_OFF = re.compile(
    r"\s*(?:\(?(?:penulis|editor|pewarta|reporter|redaktur|laporan|sumber|source|foto|kontributor|uploader"
    r"|tim redaksi)\s*[:/]"
    r"|baca juga\b|simak juga\b|copyright\b|©|hak cipta\b|dapatkan (?:berita|update)\b|ikuti (?:kami|berita|saluran)\b"
    r"|follow\b|artikel ini telah tayang\b|berita ini (?:telah|sudah) tayang\b|(?:\*|-|=|_|#){2,}\s*$)",
    re.IGNORECASE,
)
# "(Rel/LS)", "(red)", "[*]" at the very end.
_INITIALS = re.compile(r"\s*[(\[][^()\[\]\n]{0,40}[)\]]\W*$")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a text for comparing: ``digest`` for a table's BLOB, ``bands`` for its index.

    ``digest`` is a header of two bytes and PERMUTATIONS little-endian uint32, with FACT_PERMUTATIONS more where the
    text names enough facts; or empty for a text too short to compare.
    """

    digest: bytes

    @property
    def bands(self) -> tuple[int, ...]:
        """Return one signed 64-bit integer per band, in band order: BANDS of words, then FACT_BANDS or none of facts.

        Empty with an empty digest. Made when asked for: what only compares two texts needs none.
        """
        return _bands(self.digest)

    @classmethod
    def from_bytes(cls, digest: bytes) -> Signature:
        """Return the signature that ``digest`` was stored of.

        Raises InputError where the bytes were made by another version: then it must be made again from the text.
        """
        if not digest:
            return EMPTY
        known = digest[:_START] == _HEADER and len(digest) in {_END, _FACT_END}
        if not known and not (digest[:_START] == _OLD_HEADER and len(digest) == _END):
            raise InputError("a stored signature is of another version; compute it again from the article's text")
        return cls(digest)


EMPTY = Signature(b"")
"""The signature of a text too short to compare: like nothing, not even itself."""


def signature(title: str, text: str) -> Signature:
    """Return the signature of an article; datelines, brands and sign-offs do not count."""
    body = body_of(text)
    words = _words(body)
    if len(words) < SHORT_TEXT_WORDS:
        words = own_words(title) + words
    if len(words) < LEAST_WORDS:
        return EMPTY
    digest = _HEADER + _minhash({f"{first} {second}" for first, second in pairwise(words)}, PERMUTATIONS, SEED)
    facts = facts_of(body)
    named = facts.names | facts.numbers
    if len(named) >= LEAST_FACTS:
        digest += _minhash(named, FACT_PERMUTATIONS, FACT_SEED)
    return Signature(digest)


def _minhash(items: AbstractSet[str], permutations: int, seed: int) -> bytes:
    minhash = rensa.RMinHash(num_perm=permutations, seed=seed)
    minhash.update(sorted(items))
    numbers = array.array("I", minhash.digest())
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def likeness(first: Signature, second: Signature) -> float:
    """Return the estimated Jaccard likeness in [0, 1]; 0 where either is too short to compare."""
    if not first.digest or not second.digest:
        return 0.0
    return _agreement(first.digest[_START:_END], second.digest[_START:_END])


def fact_likeness(first: Signature, second: Signature) -> float:
    """Return the estimated Jaccard likeness of the facts in [0, 1]; 0 where either names too few."""
    ours, theirs = first.digest[_END:], second.digest[_END:]
    return _agreement(ours, theirs) if ours and theirs else 0.0


def _agreement(ours: bytes, theirs: bytes) -> float:
    # Equality of raw 4-byte groups is all that is asked, so byte order does not matter here.
    agreeing: int = sum(map(operator.eq, memoryview(ours).cast("I"), memoryview(theirs).cast("I")))
    return agreeing * 4 / len(ours)


def is_copy(first: Signature, second: Signature) -> bool:
    """Return whether the texts are one release. Templates with other places or days are for the caller to tell."""
    return likeness(first, second) >= COPY_LIKENESS


def body_of(text: str) -> str:
    """Return ``text`` (NFKC) without dateline and sign-offs: what one print has in common with another."""
    lines = [line for line in unicodedata.normalize("NFKC", text).splitlines() if not _SIGN_OFF.match(line)]
    body = _INITIALS.sub("", "\n".join(lines).rstrip())
    head = _DATELINE.match(body)
    if head and len(_WORD.findall(head["head"])) <= _DATELINE_WORDS:
        body = body[head.end() :]
    return _HOST.sub(" ", body)


def own_words(text: str) -> list[str]:
    """Return the casefolded words of ``text`` without dateline, host names and sign-offs, in order."""
    return _words(body_of(text))


def _words(body: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(body)]


def _bands(digest: bytes) -> tuple[int, ...]:
    return tuple(_band_hashes(digest[_START:_END], ROWS_PER_BAND)) + tuple(_band_hashes(digest[_END:], FACT_ROWS))


def _band_hashes(numbers: bytes, rows: int) -> Iterator[int]:
    """Yield one signed 64-bit hash per band; the band's number is the caller's position, not mixed in."""
    step = 4 * rows
    for start in range(0, len(numbers), step):
        raw = hashlib.blake2b(numbers[start : start + step], digest_size=8).digest()
        yield int.from_bytes(raw, "big", signed=True)
