"""What a model sees of a document: hashed words, pairs, stems, runs of letters and cues, and dense points of cues.

Hashes are CRC-32 of normal forms, mixed and cut to ``BUCKETS``: no word of any text is kept, prediction needs no
vocabulary and no scikit-learn, and the same document gives the same row on every machine. Signs, blanks and digits
are normalised away, so that texts which lost their links (",  ,") look like whole ones.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, AnyStr, NamedTuple
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from classifiers.cues import CueHit
    from classifiers.text import Document

BUCKETS = 1 << 18
"""Hash buckets. Words and cues alone would do with half of them; the runs of letters need the other half."""

MAX_TOKENS = 1_500
"""Words of one article that are looked at: four times the labelled texts' length; what follows decides nothing."""

LEAD_TOKENS = 60
"""Words of the text counted as lead: two to three sentences, also where a torn text has no sentence left whole."""

RUN_TOKENS = 220
"""Words, title included, whose runs of letters are looked at: the head of an article names its subject. Not swept."""

RUN_LENGTHS = (4, 5)

LONGEST_WORD = 64
"""Letters of one word whose runs are looked at; no word of the labelled articles is longer, rubbish is."""

BLOCKS = ("text", "pairs", "title", "lead", "stems", "runs", "cues")
WEIGHTS = {"text": 1.0, "pairs": 0.6, "title": 0.8, "lead": 0.6, "stems": 0.6, "runs": 0.8, "cues": 1.0}
"""Share of each block in a row after its own L2 normalisation; but for the runs swept in grouped cross-validation, with
the linear models that came before the kernel machine (`models.kernel`), and kept."""

_WORD = re.compile(r"\w")
_NUMBER = re.compile(r"\d")
_MASK = np.uint64(0xFFFFFFFF)
_BUCKET_BITS = BUCKETS.bit_length() - 1
_ORDER_BITS = 32
_UINT32, _UINT32_BYTES = "I", 4
_PREFIXES = (
    "memper",
    "diper",
    "meng",
    "meny",
    "peng",
    "peny",
    "mem",
    "men",
    "pem",
    "pen",
    "ber",
    "ter",
    "per",
    "me",
    "pe",
    "di",
    "ke",
    "se",
)
_SUFFIXES = ("kannya", "annya", "inya", "kan", "nya", "an", "i", "lah")
_ZONE_OF_CUE = {"title": 0, "lead": 1, "body": 2}


@dataclass(frozen=True, slots=True)
class Row:
    """A document as a model sees it.

    ``buckets`` and ``values``: the sparse part, before document-frequency weighting; ``blocks`` is the block of each
    entry. ``dense``: the cue points, in the order of `dense_names`. ``positions``: for each entry of the word blocks
    the index in `Document.tokens` of its first token, -1 for cues.
    """

    buckets: NDArray[np.int64]
    values: NDArray[np.float32]
    blocks: NDArray[np.int8]
    positions: NDArray[np.int32]
    dense: NDArray[np.float32]


def _hash(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return a word without its commonest prefix and suffix: crude, but one for *dirusak* and *merusak*."""
    short = word
    if short.endswith(_SUFFIXES):
        for suffix in _SUFFIXES:
            if short.endswith(suffix) and len(short) - len(suffix) >= 4:
                short = short[: -len(suffix)]
                break
    if short.startswith(_PREFIXES):
        for prefix in _PREFIXES:
            if short.startswith(prefix) and len(short) - len(prefix) >= 3:
                return short[len(prefix) :]
    return short


def _runs(shape: str) -> bytes:
    """Return the hashes of a word's runs of letters, its edges marked: typos and forms share most of them."""
    edged = f" {shape[:LONGEST_WORD]} "
    # Of a word in ASCII a letter is a byte: it is encoded once, not for each run.
    hashes = (
        [crc32(run) for run in _slices(edged.encode("ascii"))]
        if edged.isascii()
        else [_hash(run) for run in _slices(edged)]
    )
    return array(_UINT32, hashes).tobytes()


def _slices(edged: AnyStr) -> list[AnyStr]:
    return [edged[at : at + length] for length in RUN_LENGTHS for at in range(max(1, len(edged) - length + 1))]


def _shape(norm: str) -> str:
    """Return the word as it is hashed: figures by their length only, so that years and dates are not learned."""
    return f"#{min(len(norm), 5)}" if _NUMBER.search(norm) else norm


class _Hashed(NamedTuple):
    """What is hashed of one word, whatever stands around it; ``runs`` are 32-bit numbers."""

    word: int
    root: int
    runs: bytes


@lru_cache(maxsize=100_000)
def _hashed(norm: str) -> _Hashed | None:
    """Return the hashes of a token's normal form, None for a sign. News repeats its words: nine of ten come again."""
    if not _WORD.search(norm):
        return None
    shape = _shape(norm)
    return _Hashed(_hash(shape), _hash(stem(shape)), _runs(shape))


def _buckets(parts: Sequence[tuple[str, NDArray[np.uint64]]]) -> NDArray[np.int64]:
    """Return buckets of 32-bit hashes, each with the salt of its part (a 32-bit finaliser mixes both), in order."""
    lengths = [len(hashes) for _, hashes in parts]
    salts = np.repeat(np.array([_salt(name) for name, _ in parts], np.uint64), lengths)
    mixed: NDArray[np.uint64] = np.concatenate([hashes for _, hashes in parts]) ^ salts
    mixed = ((mixed ^ (mixed >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & _MASK
    mixed = ((mixed ^ (mixed >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & _MASK
    mixed = mixed ^ (mixed >> np.uint64(16))
    return (mixed & np.uint64(BUCKETS - 1)).astype(np.int64)


@cache
def _salt(part: str) -> int:
    return _hash("block:" + part)


def dense_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the dense columns for the labels that cues may have, in order."""
    names = [f"{label}:{zone}" for label in labels for zone in ("title", "lead", "body", "against")]
    return (*names, "quoted", "bias")


def read_row(document: Document, hits: Sequence[CueHit], labels: Sequence[str]) -> Row:
    """Return the row of a document, of the cues found in it, for cue labels in a fixed order."""
    tokens = document.tokens[:MAX_TOKENS]
    hashed = [(number, one) for number, token in enumerate(tokens) if (one := _hashed(token.norm)) is not None]
    word = np.array([one.word for _, one in hashed], np.uint64)
    root = np.array([one.root for _, one in hashed], np.uint64)
    place = np.array([number for number, _ in hashed], np.int32)
    in_title = place < next((number for number, token in enumerate(tokens) if token.zone != "title"), len(tokens))
    titles = int(in_title.sum())
    pair = (word[:-1] * np.uint64(0x9E3779B1) + word[1:]) & _MASK
    # Two words are a pair where nothing stands between them, and never across the end of the title.
    joined = (np.diff(place) == 1) & (in_title[:-1] == in_title[1:])
    paired = place[:-1]
    of_title = joined & in_title[1:]
    lead = slice(titles, titles + LEAD_TOKENS)
    heads = [(number, one.runs) for number, one in hashed if number < RUN_TOKENS]
    runs = np.frombuffer(b"".join([own for _, own in heads]), np.uint32).astype(np.uint64)
    run_place = np.repeat(
        np.array([number for number, _ in heads], np.int32), [len(own) // _UINT32_BYTES for _, own in heads]
    )
    cue_words, dense = _cue_columns(document, hits, labels)
    dense[-2] = sum(sentence.in_quote for sentence in document.sentences) / max(1, len(document.sentences))
    dense[-1] = 1.0
    return _counted(
        [
            ("text", "text", word, place),
            ("pairs", "pairs", pair[joined], paired[joined]),
            ("title", "title", word[in_title], place[in_title]),
            ("title", "title pairs", pair[of_title], paired[of_title]),
            ("lead", "lead", word[lead], place[lead]),
            ("stems", "stems", root, place),
            ("runs", "runs", runs, run_place),
            ("cues", "cues", cue_words, np.full(len(cue_words), -1, np.int32)),
        ],
        dense,
    )


def _counted(
    parts: Sequence[tuple[str, str, NDArray[np.uint64], NDArray[np.int32]]], dense: NDArray[np.float32]
) -> Row:
    """Return the row of hashes and their places; ``parts`` are (block, salt, hashes, places) in the order of blocks."""
    lengths = [len(hashes) for _, _, hashes, _ in parts]
    buckets = _buckets([(salt, hashes) for _, salt, hashes, _ in parts])
    places = np.concatenate([places for *_, places in parts])
    blocks = np.repeat(np.array([BLOCKS.index(block) for block, *_ in parts], np.int64), lengths)
    # One sort of block, bucket and order in one number: several times quicker than `np.unique` with its indices.
    keys = ((blocks << _BUCKET_BITS | buckets) << _ORDER_BITS) | np.arange(len(buckets))
    keys.sort()
    entries = keys >> _ORDER_BITS
    new = np.flatnonzero(np.diff(entries, prepend=-1))
    counts = np.diff(new, append=len(entries))
    first = entries[new]
    return Row(
        first & (BUCKETS - 1),
        (1.0 + np.log(counts.astype(np.float32))).astype(np.float32),
        (first >> _BUCKET_BITS).astype(np.int8),
        places[keys[new] & ((1 << _ORDER_BITS) - 1)],
        dense,
    )


def _cue_columns(
    document: Document, hits: Sequence[CueHit], labels: Sequence[str]
) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
    """Return the hashes of (cue, zone), and the points per label and zone.

    Of one cue only the first two hits in a zone count: a word repeated ten times is not five times the evidence.
    """
    column = {label: 4 * number for number, label in enumerate(labels)}
    dense = np.zeros(4 * len(labels) + 2, np.float32)
    seen: dict[tuple[str, str], int] = {}
    keys: list[int] = []
    for hit in hits:
        sentence = document.sentences[hit.sentence]
        zone = "title" if hit.zone == "title" else "lead" if sentence.is_lead else "body"
        times = seen.get((hit.cue.label + "/" + hit.cue.id, zone), 0)
        seen[hit.cue.label + "/" + hit.cue.id, zone] = times + 1
        if times == 0:
            keys.extend((_hash(f"{hit.cue.label}/{hit.cue.id}@{zone}"), _hash(f"{hit.cue.label}/{hit.cue.id}")))
        if times < 2 and hit.cue.label in column:
            at = column[hit.cue.label]
            if hit.cue.weight < 0:
                dense[at + 3] += hit.cue.weight / 3
            else:
                dense[at + _ZONE_OF_CUE[zone]] += hit.cue.weight / 3 * (1.0 if times == 0 else 0.4)
    for start in range(0, 4 * len(labels), 4):
        # Points grow with the number of different cues, but ever slower.
        dense[start : start + 3] = np.log1p(dense[start : start + 3])
    return np.asarray(sorted(set(keys)), np.uint64), dense
