"""Siapa, apa, di mana, bilamana, mengapa, bagaimana: what the articles of an incident say, each with where it stands.

Filled only as far as a text gives; nothing is inferred. *Siapa* is a role from a closed list of words, so it can be
no name; the other answers are quotations, and whoever shows them masks the names in them (``feeds.masking``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from classifiers.incidents.members import event_places, rank
from classifiers.incidents.words import stem
from classifiers.text import read_document
from data.records import PlaceRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from classifiers.incidents.members import Member
    from classifiers.text import Document, Sentence
    from data.records import Assessment, Evidence, Zone

MOST_ROLES: Final = 4
MOST_PLACES: Final = 3
FIRST_SENTENCES: Final = 6
"""Sentences of a text that are looked through for why and how: what follows is appeals and background."""

MOST_ASKED: Final = 20
"""Articles that are read for a question that nobody answers: three milliseconds each. What the twenty best articles do
not say, the copies and repeats behind them do not either."""

EVIDENCE: Final = 0.3
"""What a cue that decided adds to the share of the headline's words that a sentence has: a third of the headline."""

LONGEST: Final = 240
"""Characters of an answer, cut at a word: a clause, not the article."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A piece of an article that answers: ``text`` as it stands there, within its span; of a role its plain form."""

    text: str
    article_id: int
    zone: Zone
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FiveW:
    """The answers of an incident's articles; None or () where none of them says."""

    siapa: tuple[Answer, ...] = ()
    apa: Answer | None = None
    di_mana: tuple[Answer, ...] = ()
    bilamana: Answer | None = None
    mengapa: Answer | None = None
    bagaimana: Answer | None = None


_LETTERS = re.compile(r"[^\W\d_]{4,}")

_BODIES = (
    r"(?:KPU|Bawaslu|KPPS|PPS|PPK|PTPS|Panwascam|Panwaslu|DPRD|TPS|Satpol PP|TNI|Polri|Polres|Polsek|RT|RW|BPBD|DKPP"
    r"|KAN|Pantarlih|Linmas|Gakkumdu)"
)
_HEADS = (
    r"massa(?: (?:aksi|pendukung|simpatisan|bayaran|pengunjuk rasa|tak dikenal|tidak dikenal))?"
    r"|pengunjuk rasa|demonstran"
    r"|(?:se)?(?:kelompok|gerombolan|rombongan) (?:orang|pemuda|massa|warga|pria|remaja)"
    r"(?: (?:bermotor|bertopeng|bermasker|bersenjata|tak dikenal|tidak dikenal))?"
    r"|orang (?:tak|tidak) dikenal|OTK"
    r"|(?:pria|lelaki|laki-laki|perempuan|wanita|pengendara(?: sepeda motor)?|pemuda|remaja|orang)"
    r" (?:bertopeng|bermasker|bersenjata|bercadar|berjaket)"
    r"|kelompok (?:bersenjata|kriminal bersenjata)|KKB"
    r"|(?:tim|anggota tim|relawan|pendukung|simpatisan|saksi|juru bicara)"
    r" (?:sukses|kampanye|pemenangan|pasangan calon|paslon|calon (?:bupati|wali kota|gubernur))"
    r"|relawan|simpatisan|pendukung|saksi(?: paslon| pasangan calon| mandat)?"
    rf"|(?:oknum )?(?:ketua|anggota|komisioner|petugas|pengawas|sekretaris|staf|kepala) (?:{_BODIES})"
    rf"|(?:KPPS|PPS|PPK|PTPS|Panwascam|Pantarlih|Linmas)"
    r"|pengawas (?:TPS|pemilu|kecamatan|kelurahan|desa)|petugas (?:pemilihan|pemungutan suara|pencatat|ketertiban)"
    r"|oknum (?:camat|lurah|kepala desa|kades|wali nagari|perangkat desa|ASN|PNS|polisi|TNI|guru|kepala sekolah"
    r"|kepala dinas|anggota|pejabat|pegawai|aparat|wartawan)"
    r"|(?:kepala (?:desa|dinas|sekolah|badan|lingkungan|dusun)|kades|camat|lurah|wali nagari|wali jorong|keuchik"
    r"|bupati|wali kota|gubernur|sekda|kapolres|kapolsek)"
    r"|perangkat desa|aparat desa|ASN|PNS|pegawai (?:honorer|negeri|pemkab|pemkot)"
    r"|(?:aparat|anggota|personel) (?:kepolisian|polisi|TNI|Polri|Brimob|Satpol PP)|polisi|prajurit"
    r"|mahasiswa|pelajar|guru|wartawan|jurnalis|nelayan|petani|pedagang|buruh|pengungsi"
    r"|penyelenggara(?: pemilu)?|pemilih|warga(?: setempat| sipil)?|pelaku|terduga pelaku|tersangka|terdakwa|korban"
    r"|(?:calon|pasangan calon) (?:bupati|wali kota|gubernur)|pasangan calon|paslon"
)
_COUNTS = (
    r"(?:(?:se)?(?:puluhan|ratusan|ribuan|belasan|sejumlah|beberapa|seorang|dua|tiga|empat|lima|enam|tujuh|delapan"
    r"|sembilan|sepuluh|\d{1,3}(?:\.\d{3})?)(?: orang)? )?"
)
_ROLE = re.compile(rf"\b{_COUNTS}(?:{_HEADS})\b", re.IGNORECASE)
_SEORANG = re.compile(
    r"\bseorang (?:pria|wanita|perempuan|lelaki|remaja|pemuda|ibu|anak|balita|lansia)\b", re.IGNORECASE
)
_UPPER = frozenset(
    "KPU KPPS PPS PPK PTPS DPRD TPS PP TNI RT RW BPBD DKPP KAN OTK KKB ASN PNS".split()  # noqa: SIM905
)
_PROPER = {
    "bawaslu": "Bawaslu",
    "panwascam": "Panwascam",
    "panwaslu": "Panwaslu",
    "polri": "Polri",
    "polres": "Polres",
    "polsek": "Polsek",
    "satpol": "Satpol",
    "brimob": "Brimob",
    "pantarlih": "Pantarlih",
    "linmas": "Linmas",
    "gakkumdu": "Gakkumdu",
}

_WHY = re.compile(
    r"\b(?:(?:diduga|disinyalir)\s+)?"
    r"(?:karena|akibat|lantaran|gara-gara|dipicu(?:\s+oleh)?|disebabkan(?:\s+oleh)?|dilatarbelakangi|buntut(?:\s+dari)?"
    r"|imbas(?:\s+dari)?|menyusul|sebagai\s+protes\s+(?:atas|terhadap))\s+(?!itu\b|itulah\b|hal\b|dari\b\s*$)[^.;\n]+",
    re.IGNORECASE,
)
_NO_WHY = re.compile(r"\b(?:oleh|bukan|tidak)\s+$", re.IGNORECASE)
_HOW = re.compile(
    r"\b(?:dengan\s+(?:cara|modus|menyiram\w*|melempar\w*|menggunakan|memakai|membawa|mengendarai|menyamar|memalsu\w*"
    r"|membagi\w*|mencoblos\w*|memukul\w*|mengancam|merusak|membakar|mencongkel|menyelipkan|mendatangi|merobek"
    r"|menggelembungkan|memblokir|menutup)"
    r"|modus(?:nya)?\b|menggunakan|bermula\s+(?:dari|saat|ketika)|berawal\s+(?:dari|saat|ketika)|kronologi(?:nya)?)"
    r"\s*[^.;\n]*",
    re.IGNORECASE,
)


def five_w(members: Sequence[Member]) -> FiveW:
    """Return the answers of an incident: of each question those of the best article that has any.

    Best as for the title: the most trusted outlet, the strongest modality, the gravest, the earliest. Articles that are
    withdrawn or not flagged are asked only where all are; no more than `MOST_ASKED` are.
    """
    standing = [member for member in members if member.assessment.flagged and not member.withdrawn]
    answered = []
    for member in sorted(standing or members, key=rank)[:MOST_ASKED]:
        answered.append(answers_of(member))
        # Each is three milliseconds of reading: nobody is asked what is answered already.
        if all(any(getattr(one, question) for one in answered) for question in FiveW.__slots__):
            break
    return FiveW(
        siapa=next((one.siapa for one in answered if one.siapa), ()),
        apa=next((one.apa for one in answered if one.apa), None),
        di_mana=next((one.di_mana for one in answered if one.di_mana), ()),
        bilamana=next((one.bilamana for one in answered if one.bilamana), None),
        mengapa=next((one.mengapa for one in answered if one.mengapa), None),
        bagaimana=next((one.bagaimana for one in answered if one.bagaimana), None),
    )


def answers_of(member: Member) -> FiveW:
    """Return the answers that one article gives."""
    document = read_document(member.title, member.text)
    event = _event_sentence(document, member.assessment.evidence)
    body = [sentence for sentence in document.sentences if sentence.zone == "text"][:FIRST_SENTENCES]
    return FiveW(
        siapa=tuple(_roles(document, event, member.article_id))[:MOST_ROLES],
        apa=_answer(document, event.zone, event.start, event.end, member.article_id) if event else None,
        di_mana=_places(document, member.assessment, member.article_id),
        bilamana=_when(document, member.assessment, member.article_id),
        mengapa=_clause(document, body, _WHY, member.article_id),
        bagaimana=_clause(document, body, _HOW, member.article_id),
    )


def _event_sentence(document: Document, evidence: Sequence[Evidence]) -> Sentence | None:
    """Return the sentence that tells the event: most like the headline, with the evidence that decided; else the first.

    The title where there is no text. Quotations are somebody's words on it, not the event.
    """
    body = [sentence for sentence in document.sentences if sentence.zone == "text" and not sentence.in_quote]
    if not body:
        return document.sentences[0] if document.sentences else None
    head = _stems(document.title)

    def tells(sentence: Sentence) -> float:
        words = _stems(document.span(sentence.zone, sentence.start, sentence.end))
        alike = len(head & words) / len(head) if head else 0.0
        decided = any(
            one.zone == "text"
            and one.weight > 0
            and one.subject not in {"severity", "event_time"}
            and sentence.start <= one.start < sentence.end
            for one in evidence
        )
        return alike + EVIDENCE * decided

    return max(body[:FIRST_SENTENCES], key=lambda sentence: (round(tells(sentence), 2), -sentence.index))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in _LETTERS.findall(text)}


def _roles(document: Document, event: Sentence | None, article_id: int) -> Iterator[Answer]:
    """Yield the roles that the event's sentence names, then the title's, each once."""
    seen: set[str] = set()
    zones = [event] if event else []
    zones += [sentence for sentence in document.sentences if sentence.zone == "title" and sentence is not event]
    for sentence in zones:
        text = document.span(sentence.zone, sentence.start, sentence.end)
        found = sorted([*_ROLE.finditer(text), *_SEORANG.finditer(text)], key=lambda match: match.start())
        for match in found:
            role = plain_role(match[0])
            if any(role in known or known in role for known in seen):
                continue
            seen.add(role)
            start = sentence.start + match.start()
            yield Answer(role, article_id, sentence.zone, start, start + len(match[0]))


def plain_role(text: str) -> str:
    """Return a role in lower case, but for the short names of offices."""
    words = []
    for word in text.split():
        upper = word.upper()
        words.append(upper if upper in _UPPER else _PROPER.get(word.casefold(), word.casefold()))
    return " ".join(words)


def _places(document: Document, assessment: Assessment, article_id: int) -> tuple[Answer, ...]:
    found = [place for place in event_places(assessment) if place.role is PlaceRole.KEJADIAN]
    finest = [
        place for place in found if not any(other is not place and other.code.startswith(place.code) for other in found)
    ]
    return tuple(
        answer
        for place in finest[:MOST_PLACES]
        if (answer := _answer(document, place.zone, place.start, place.end, article_id)) is not None
    )


def _when(document: Document, assessment: Assessment, article_id: int) -> Answer | None:
    time = assessment.event_time
    return None if time is None else _answer(document, time.zone, time.span_start, time.span_end, article_id)


def _clause(document: Document, body: Sequence[Sentence], pattern: re.Pattern[str], article_id: int) -> Answer | None:
    """Return the first clause that fits, of what the paper says in its own words before what is quoted."""
    for sentence in sorted(body, key=lambda one: (one.in_quote, one.index)):
        text = document.span(sentence.zone, sentence.start, sentence.end)
        for match in pattern.finditer(text):
            if pattern is _WHY and _NO_WHY.search(text[: match.start()]):
                continue
            start = sentence.start + match.start()
            return _answer(document, sentence.zone, start, start + len(match[0].rstrip(' "”')), article_id)
    return None


def _answer(document: Document, zone: Zone, start: int, end: int, article_id: int) -> Answer | None:
    text = document.span(zone, start, end)
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(maxsplit=1)[0]
        end = start + len(text)
    stripped = text.strip()
    start += len(text) - len(text.lstrip())
    return Answer(stripped, article_id, zone, start, start + len(stripped)) if stripped else None
