"""What severity is judged by, at hand: the facts, the stage, and what kind of text it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifiers.drills import set_apart
from classifiers.harm import MAX_SENTENCE

if TYPE_CHECKING:
    from classifiers.harm import Fact, Harm
    from classifiers.stages import StageWindow
    from classifiers.text import Document, Sentence
    from data.records import Modality

_EXERCISE = re.compile(
    r"(?<!\w)(?:simulasi|skenario|peragaan|diperagakan|gladi|seolah-olah|sispamkota|latihan (?:gabungan|"
    r"pengamanan))(?!\w)"
)
_LOCAL = re.compile(
    r"(?<!\w)(?:pilkades|pilwana|pilwanag|pilkada desa|pemilihan (?:kepala desa|wali ?nagari|kepala kampung|keuchik|"
    r"geuchik|perbekel|"
    r"kuwu|lurah|pambakal|peratin|hukum tua))(?!\w)"
)
_WIDER = re.compile(
    r"(?<!\w)(?:pilkada|pilgub|pilbup|pilwako|pilwalkot|pemilihan (?:gubernur|bupati|wali ?kota)|pemilu)(?!\w)"
)
_ELECTORAL = re.compile(
    r"(?<!\w)(?:pilkada|pemilu|pilpres|pileg|pilgub|pilbup|pilwako|pilwalkot|kpu|bawaslu|tps|paslon|kpps|ppk|"
    r"panwas\w*|rekapitulasi|pemungutan suara|pencoblosan|pilkades|pilwana|psu|pasangan calon|caleg|capres|"
    r"calon (?:bupati|gubernur|wali ?kota|wakil|kepala daerah|legislatif|presiden)|juru kampanye|jurkam|timses|"
    r"tim (?:sukses|pemenangan)|posko pemenangan|pemilihan (?:bupati|gubernur|wali ?kota|umum|serentak))(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One article before the rules.

    ``text`` is title and text, ``title`` the title, ``head`` title and lead, all in lower case. ``tense`` says that
    the modifiers of a stage count: the moment is known and near a vote, and it is no election of a village head.
    ``electoral`` says that the text speaks of an election at all, ``exercise`` that it describes a drill.
    """

    document: Document
    signals: tuple[str, ...]
    modality: Modality
    harm: Harm
    window: StageWindow | None
    narrow_place: bool | None
    text: str
    title: str
    head: str
    local: bool
    tense: bool
    electoral: bool
    exercise: bool

    def asserts(self, *signals: str) -> bool:
        """Return whether any of the signals is asserted."""
        return any(signal in self.signals for signal in signals)

    def sentence_of(self, fact: Fact) -> Sentence | None:
        """Return the sentence in which a fact stands."""
        own = (one for one in self.document.sentences if one.zone == fact.zone and one.start <= fact.start < one.end)
        return next(own, None)


def make_case(
    document: Document,
    signals: tuple[str, ...],
    modality: Modality,
    harm: Harm,
    window: StageWindow | None,
    local: bool | None,
    narrow_place: bool | None,
) -> Case:
    """Return the case of one article; ``local`` None means that the text says whether a village head is elected."""
    title = document.title.lower()
    text = f"{title}\n{document.text.lower()}"
    lead = " ".join(document.span(one.zone, one.start, one.end).lower() for one in document.sentences if one.is_lead)
    village = _is_local(text) if local is None else local
    tense = window is not None and window.tense and not village
    return Case(
        document, signals, modality, harm, window, narrow_place, text, title, f"{title} {lead}", village, tense,
        electoral=_ELECTORAL.search(text) is not None,
        exercise=any(_EXERCISE.search(set_apart(line)) for line in _lines(document)),
    )  # fmt: skip


def _lines(document: Document) -> list[str]:
    ends = [min(one.end, one.start + MAX_SENTENCE) for one in document.sentences]
    return [document.span(one.zone, one.start, end).lower() for one, end in zip(document.sentences, ends, strict=True)]


def _is_local(text: str) -> bool:
    local = len(_LOCAL.findall(text))
    return local > 0 and local >= len(_WIDER.findall(text))
