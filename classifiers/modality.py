"""The law's guard rails over the modality that was learned (domain dossier 2.1: decision order and tie breakers).

Each rail is a finding in the text that the law decides by itself; it moves probability, with the span that says why,
and leaves the model's judgement alone where it finds nothing.
"""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import TYPE_CHECKING

from classifiers.drills import set_apart
from classifiers.harm import lower
from data.records import Evidence, Modality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifiers.cues import CueHit
    from classifiers.text import Document

SIMULATION_POINTS = 5.0
"""Log-odds for an activity where the text says that it is a simulation: "must be" in the law, so nearly always
enough."""

COLUMN_POINTS = 4.0

LEAST_WORDS = 5
"""Words, title included, below which there is nothing to judge."""

NOTHING_SAID = 0.97

_RUBRIC = r"(?:opini|kolom|tajuk(?: rencana)?|editorial|esai|catatan (?:redaksi|pinggir)|surat pembaca)"
# "OPINI | ...", "[Kolom]", "Tajuk:"; but "Opini WTP diraih pemkab" and "Kolom kosong menang" are news.
_RUBRIC_HEAD = re.compile(rf"\A\W*{_RUBRIC}\s*(?:[:|\]\)/–—-]|$|\n|(?=oleh\b))", re.IGNORECASE)
# "Oleh: Rina Putri" heads a column; "Oleh karena itu" names nobody, "Oleh: Redaksi" is the byline of news.
_BYLINE = re.compile(
    rf"(?:\A|\A\W*{_RUBRIC}\W+)\W*(?i:oleh)(?P<colon>\s*:)?\s+(?![Kk]arena|[Ss]ebab|[Aa]dmin|[Rr]edaksi|[Tt]im\b|"
    r"[Rr]eporter|[Kk]ontributor|[Ww]artawan|[Ee]ditor|[Aa]ntara|ANTARA|[Pp]ewarta)[A-Z]\w+"
)
_WRITER = re.compile(
    r"\b(?:penulis\s+(?:adalah|merupakan|ialah)|\*\)?\s*penulis|penulis,?\s+(?:dosen|pengamat|pemerhati|mahasiswa|"
    r"guru besar|aktivis|pegiat|peneliti|praktisi|alumni|advokat|warga|anggota|ketua)|penulis\s+bekerja)\b",
    re.IGNORECASE,
)


def guard(
    document: Document, hits: Sequence[CueHit], probabilities: Mapping[Modality, float]
) -> tuple[dict[Modality, float], tuple[Evidence, ...]]:
    """Return modality probabilities after the guard rails, and evidence for those that held."""
    if sum(1 for _ in islice(document.words(), LEAST_WORDS)) < LEAST_WORDS:
        # R1: no article. What a model says of nothing is the share of its examples, not a finding.
        rest = (1 - NOTHING_SAID) / (len(probabilities) - 1)
        return {name: NOTHING_SAID if name is Modality.TIDAK_RELEVAN else rest for name in probabilities}, ()
    points = dict.fromkeys(probabilities, 0.0)
    reasons: list[Evidence] = []
    for modality, weight, reason in (*_columns(document), *_simulation(document, hits)):
        points[modality] += weight
        reasons.append(reason)
    if not reasons:
        return dict(probabilities), ()
    raised = {name: value * math.exp(points[name]) for name, value in probabilities.items()}
    whole = sum(raised.values())
    return {name: value / whole for name, value in raised.items()}, tuple(reasons)


def _columns(document: Document) -> list[tuple[Modality, float, Evidence]]:
    """R2: an opinion byline or rubric at the head, or "Penulis adalah" at the end."""
    if rubric := _RUBRIC_HEAD.search(document.title[:60]):
        span = Evidence("modality", "title", rubric.start(), rubric.end(), COLUMN_POINTS, "rubrik opini")
        return [(Modality.OPINI, COLUMN_POINTS, span)]
    found = _BYLINE.search(document.text[:200])
    if found and not found["colon"] and "\n" not in document.text[found.end() : found.end() + 60]:
        found = None  # without a colon or a line of its own it is the agent of a passive sentence
    found = found or _RUBRIC_HEAD.search(document.text[:60])
    if not found:
        tail = max(0, len(document.text) - 400)
        found = _WRITER.search(document.text, tail)
    if not found:
        return []
    span = Evidence("modality", "text", found.start(), found.end(), COLUMN_POINTS, "kolom atau opini: nama penulis")
    return [(Modality.OPINI, COLUMN_POINTS, span)]


def _simulation(document: Document, hits: Sequence[CueHit]) -> list[tuple[Modality, float, Evidence]]:
    """Tie breaker (e): a simulation written like an event is an activity, wherever the text gives itself away.

    What happened *usai simulasi*, or was *bukan simulasi*, gives nothing away.
    """
    named = [hit for hit in hits if hit.cue.label == "simulasi" and hit.cue.weight > 0]
    drills = [hit for hit in named if not _is_set_apart(document, hit)]
    strong = [hit for hit in drills if hit.cue.id == "simulasi_pengamanan"]
    weak = [hit for hit in drills if hit.cue.id != "simulasi_pengamanan"]
    dangers = any(hit.cue.weight > 0 and hit.cue.id and hit.cue.label in _DANGERS for hit in hits)
    chosen = strong[:1] or (weak[:1] if dangers and len({hit.sentence for hit in weak}) > 1 else [])
    if not chosen:
        return []
    hit = chosen[0]
    span = Evidence("modality", hit.zone, hit.start, hit.end, SIMULATION_POINTS, "simulasi atau latihan: kegiatan")
    return [(Modality.PENCEGAHAN_KEGIATAN, SIMULATION_POINTS, span)]


def _is_set_apart(document: Document, hit: CueHit) -> bool:
    """Return whether a word of drills only dates or contrasts what is told: *usai simulasi*, *bukan simulasi*."""
    sentence = document.sentences[hit.sentence]
    text = lower(document.span(sentence.zone, sentence.start, sentence.end))
    return set_apart(text)[hit.start - sentence.start] == " "


_DANGERS = frozenset({"perusakan", "kekerasan_intimidasi", "konflik_massa", "bencana_cuaca"})
