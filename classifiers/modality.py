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
from classifiers.harm import MAX_SENTENCE, find_harm, lower
from classifiers.text import Document
from data.records import Evidence, Modality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifiers.cues import CueHit

SIMULATION_POINTS = 5.0
"""Log-odds for an activity where the text says that it is a simulation: "must be" in the law, so nearly always
enough."""

COLUMN_POINTS = 4.0

EVENT_POINTS = 4.0
"""Log-odds for an event that the lead dates, with an appeal or a drill beside it (tie breakers a and e). Too rare in
the labelled articles to sweep: one in 2,600."""

ABROAD_POINTS = 3.0
"""Log-odds for another topic where all that happens happens abroad: so are all 74 labelled articles like it."""

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
    for modality, weight, reason in _found(document, hits):
        points[modality] += weight
        reasons.append(reason)
    if not reasons:
        return dict(probabilities), ()
    raised = {name: value * math.exp(points[name]) for name, value in probabilities.items()}
    whole = sum(raised.values())
    return {name: value / whole for name, value in raised.items()}, tuple(reasons)


def _found(document: Document, hits: Sequence[CueHit]) -> list[tuple[Modality, float, Evidence]]:
    told = [*_columns(document), *_simulation(document, hits), *_abroad(document, hits)]
    return told or _event_first(document, hits)


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
    drills = _not_set_apart(document, named)
    strong = [hit for hit in drills if hit.cue.id == "simulasi_pengamanan"]
    weak = [hit for hit in drills if hit.cue.id != "simulasi_pengamanan"]
    dangers = any(hit.cue.weight > 0 and hit.cue.id and hit.cue.label in _DANGERS for hit in hits)
    # "latihan" is also a club's, "skenario" a politician's and "seolah-olah" anybody's: alone they give nothing away.
    told = any(_DRILL.search(document.span(hit.zone, hit.start, hit.end)) for hit in weak)
    if weak and any(token.norm == "rekonstruksi" for token in document.tokens):
        weak = []  # suspects re-enact a crime
    chosen = strong[:1] or (weak[:1] if told and dangers and len({hit.sentence for hit in weak}) > 1 else [])
    if not chosen:
        return []
    hit = chosen[0]
    span = Evidence("modality", hit.zone, hit.start, hit.end, SIMULATION_POINTS, "simulasi atau latihan: kegiatan")
    return [(Modality.PENCEGAHAN_KEGIATAN, SIMULATION_POINTS, span)]


def _not_set_apart(document: Document, hits: Sequence[CueHit]) -> list[CueHit]:
    """Return the words of drills but for those that only date or contrast what is told: *usai simulasi*."""
    kept: list[CueHit] = []
    texts: dict[int, str] = {}
    for hit in hits:
        sentence = document.sentences[hit.sentence]
        if hit.sentence not in texts:
            end = min(sentence.end, sentence.start + MAX_SENTENCE)
            texts[hit.sentence] = set_apart(lower(document.span(sentence.zone, sentence.start, end)))
        text, at = texts[hit.sentence], hit.start - sentence.start
        if at >= len(text) or text[at] != " ":
            kept.append(hit)
    return kept


def _event_first(document: Document, hits: Sequence[CueHit]) -> list[tuple[Modality, float, Evidence]]:
    """Tie breaker (a): an event and then an appeal is an event, where the lead itself tells and dates the event.

    So is one *usai simulasi*: what is learned of the word would have it an activity.
    """
    lead = {sentence.index: sentence for sentence in document.sentences if sentence.is_lead}
    head = lead.keys() | {sentence.index for sentence in document.sentences if sentence.zone == "title"}
    appeals = {hit.sentence for hit in hits if hit.cue.id in _APPEALS and hit.sentence in head}
    if not appeals and not any(hit.cue.label == "simulasi" and hit.sentence in head for hit in hits):
        return []
    if not any(hit.cue.id == "waktu_kejadian" and hit.sentence in lead.keys() - appeals for hit in hits):
        return []
    # Of an accident or a disaster the law says otherwise (rulings, section 2.3); this is for unrest.
    unrest = {hit.sentence for hit in hits if hit.cue.label in _UNRESTS and hit.cue.weight > 0}
    told = tuple(sentence for index, sentence in lead.items() if index in unrest - appeals)
    fact = find_harm(Document(document.title, document.text, told)).first(*_UNREST)
    if fact is None:
        return []
    # What was learned of the word "simulasi" weighs as much against it as the rail for one weighs for it.
    points = EVENT_POINTS + (0.0 if appeals else SIMULATION_POINTS)
    span = Evidence("modality", fact.zone, fact.start, fact.end, points, "peristiwa di teras berita: kejadian")
    return [(Modality.KEJADIAN, points, span)]


def _abroad(document: Document, hits: Sequence[CueHit]) -> list[tuple[Modality, float, Evidence]]:
    """Find a story that happens abroad, with nothing of Indonesia in it: outside the watch."""
    found = [hit for hit in hits if hit.cue.label == "luar_negeri"]
    if len(found) < LEAST_ABROAD or not any(
        document.sentences[hit.sentence].is_lead or hit.zone == "title" for hit in found
    ):
        return []
    if any(token.norm in _AT_HOME for token in document.tokens):
        return []
    hit = found[0]
    span = Evidence("modality", hit.zone, hit.start, hit.end, ABROAD_POINTS, "peristiwa luar negeri")
    return [(Modality.TIDAK_RELEVAN, ABROAD_POINTS, span)]


LEAST_ABROAD = 2
"""Foreign names that make a foreign story; one may be a visitor's or a trade mark's."""

_UNRESTS = frozenset({"perusakan", "kekerasan_intimidasi", "konflik_massa"})
_DRILL = re.compile(r"simulasi|peraga|gladi|geladi", re.IGNORECASE)
_APPEALS = frozenset({"imbauan", "pesan_pejabat"})
_UNREST = (
    "tewas",
    "luka_berat",
    "luka",
    "pembakaran",
    "surat_suara_dibakar",
    "situs_dirusak",
    "bentrok",
    "rusuh",
    "gesekan",
    "kepung",
)
_AT_HOME = frozenset(
    # A list of words to be read.
    """indonesia ri wni wna kbri kjri tki pmi kemenlu nusantara rupiah imigrasi jokowi prabowo megawati sby polri polda
    polres polsek kapolri kapolda kapolres kapolsek tni kodim dandim kpu bawaslu panwascam kpps tps pilkada pilpres
    pileg pilkades bupati walikota gubernur wagub wabup camat lurah kades walinagari keuchik dpr dprd mpr bnpb bpbd
    bmkg basarnas kabupaten kecamatan kelurahan desa nagari distrik kampung jakarta jabodetabek jawa sumatera
    kalimantan sulawesi papua maluku bali lombok flores sumba timor ntt ntb aceh riau jambi lampung banten bengkulu
    gorontalo minang minangkabau sumbar sumut sumsel jabar jateng jatim kalbar kalsel kaltim kalteng kaltara sulsel
    sulut sulteng sultra sulbar malut babel kepri diy yogyakarta jogja padang medan palembang pekanbaru batam
    bandung semarang solo surabaya malang denpasar mataram kupang pontianak banjarmasin samarinda balikpapan
    makassar manado palu kendari ambon ternate jayapura wamena sorong manokwari morowali pecinan""".split()  # noqa: SIM905
)
_DANGERS = frozenset({"perusakan", "kekerasan_intimidasi", "konflik_massa", "bencana_cuaca"})
