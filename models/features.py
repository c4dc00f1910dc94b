"""What a model sees of a document: hashed words, pairs, stems, runs of letters and cues, and dense points of cues.

Hashes are CRC-32 of normal forms, mixed and cut to ``BUCKETS``: no word of any text is kept, prediction needs no
vocabulary and no scikit-learn, and the same document gives the same row on every machine. Signs, blanks and digits
are normalised away, so that texts which lost their links (",  ,") look like whole ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
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
"""Share of each block in a row after its own L2 normalisation; swept in grouped cross-validation, but for the runs."""

_WORD = re.compile(r"\w")
_NUMBER = re.compile(r"\d")
_MASK = np.uint64(0xFFFFFFFF)
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


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return a word without its commonest prefix and suffix: crude, but one for *dirusak* and *merusak*."""
    short = word
    for suffix in _SUFFIXES:
        if short.endswith(suffix) and len(short) - len(suffix) >= 4:
            short = short[: -len(suffix)]
            break
    for prefix in _PREFIXES:
        if short.startswith(prefix) and len(short) - len(prefix) >= 3:
            return short[len(prefix) :]
    return short


@lru_cache(maxsize=100_000)
def _runs(shape: str) -> tuple[int, ...]:
    """Return the hashes of a word's runs of letters, its edges marked: typos and forms share most of them."""
    edged = f" {shape[:LONGEST_WORD]} "
    return tuple(
        crc32(edged[at : at + length].encode("utf-8", "surrogatepass"))
        for length in RUN_LENGTHS
        for at in range(max(1, len(edged) - length + 1))
    )


def _shape(norm: str) -> str:
    """Return the word as it is hashed: figures by their length only, so that years and dates are not learned."""
    return f"#{min(len(norm), 5)}" if _NUMBER.search(norm) else norm


def _bucket(hashes: NDArray[np.uint64], block: str) -> NDArray[np.int64]:
    """Return buckets of 32-bit hashes within a block (a 32-bit finaliser mixes both)."""
    mixed = (hashes ^ np.uint64(_hash("block:" + block))) & _MASK
    mixed = ((mixed ^ (mixed >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & _MASK
    mixed = ((mixed ^ (mixed >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & _MASK
    mixed ^= mixed >> np.uint64(16)
    return (mixed & np.uint64(BUCKETS - 1)).astype(np.int64)


def dense_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the dense columns for the labels that cues may have, in order."""
    names = [f"{label}:{zone}" for label in labels for zone in ("title", "lead", "body", "against")]
    return (*names, "quoted", "bias")


def read_row(document: Document, hits: Sequence[CueHit], labels: Sequence[str]) -> Row:
    """Return the row of a document, of the cues found in it, for cue labels in a fixed order."""
    words: list[int] = []
    stems: list[int] = []
    index: list[int] = []
    breaks: list[bool] = []
    in_title: list[bool] = []
    runs: list[int] = []
    run_index: list[int] = []
    broken = True
    for number, token in enumerate(document.tokens[:MAX_TOKENS]):
        if not _WORD.search(token.norm):
            broken = True
            continue
        shape = _shape(token.norm)
        words.append(_hash(shape))
        stems.append(_hash(stem(shape)))
        index.append(number)
        if number < RUN_TOKENS:
            own = _runs(shape)
            runs.extend(own)
            run_index.extend([number] * len(own))
        title = token.zone == "title"
        breaks.append(broken or (bool(in_title) and in_title[-1] != title))
        in_title.append(title)
        broken = False
    word = np.asarray(words, np.uint64)
    root = np.asarray(stems, np.uint64)
    place = np.asarray(index, np.int32)
    title_mask = np.asarray(in_title, bool)
    titles = int(title_mask.sum())
    lead = np.zeros(len(words), bool)
    lead[titles : titles + LEAD_TOKENS] = True
    pair = (word[:-1] * np.uint64(0x9E3779B1) + word[1:]) & _MASK if len(words) > 1 else np.zeros(0, np.uint64)
    joined = ~np.asarray(breaks[1:], bool)
    parts = [
        ("text", _bucket(word, "text"), place),
        ("pairs", _bucket(pair[joined], "pairs"), place[:-1][joined]),
        ("title", _bucket(word[title_mask], "title"), place[title_mask]),
        ("title", _bucket(pair[joined & title_mask[1:]], "title pairs"), place[:-1][joined & title_mask[1:]]),
        ("lead", _bucket(word[lead], "lead"), place[lead]),
        ("stems", _bucket(root, "stems"), place),
        ("runs", _bucket(np.asarray(runs, np.uint64), "runs"), np.asarray(run_index, np.int32)),
    ]
    cue_words, dense = _cue_columns(document, hits, labels)
    parts.append(("cues", _bucket(cue_words, "cues"), np.full(len(cue_words), -1, np.int32)))
    buckets, values, blocks, positions = [], [], [], []
    for block in BLOCKS:
        mine = [(found, at) for name, found, at in parts if name == block]
        found = np.concatenate([entry[0] for entry in mine])
        at = np.concatenate([entry[1] for entry in mine])
        unique, first, counts = np.unique(found, return_index=True, return_counts=True)
        buckets.append(unique)
        values.append(1.0 + np.log(counts.astype(np.float32)))
        blocks.append(np.full(len(unique), BLOCKS.index(block), np.int8))
        positions.append(at[first])
    dense[-2] = sum(sentence.in_quote for sentence in document.sentences) / max(1, len(document.sentences))
    dense[-1] = 1.0
    return Row(
        np.concatenate(buckets),
        np.concatenate(values).astype(np.float32),
        np.concatenate(blocks),
        np.concatenate(positions),
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
