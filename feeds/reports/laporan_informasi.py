"""The *Laporan Informasi*: one incident, facts apart from opinion, with the value of the information proposed.

Form (domain dossier, 4.2): a head (asal, tujuan, nomor, tanggal, bidang, perihal, klasifikasi, nilai), then *I.
Pendahuluan*, *II. Fakta* with 5W1H, *III. Pendapat pelapor*. The third part is a person's: the machine leaves it free
and puts beside it only what it counted and by which rule. What nobody has verified is *belum terverifikasi* throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Final

from feeds.alert_texts import seven_points
from feeds.items import SEVERITY_NAMES, UNVERIFIED
from feeds.masking import masked
from feeds.reports.content import Head, StepTime, clean, incident_line
from feeds.reports.document import MADE_ON, Column, Document, Facts, Items, Paragraph, Prompt, Section, Table
from feeds.reports.parts import CLASSIFICATION, UNVERIFIED_NOTE, letterhead
from feeds.reports.wording import Level, Link, duration, moment, number, short_moment, zone_name

if TYPE_CHECKING:
    from data.records import Review
    from feeds.items import AlertItem
    from feeds.reports.document import Block
    from feeds.reports.wording import Cell

KIND: Final = "incident"
UNKNOWN: Final = "belum terbaca dari teks"
TO_FILL: Final = "[diisi petugas]"
ONE_PROBLEM: Final = (
    "Satu Laporan Informasi memuat satu masalah. Fakta pada bagian II berasal dari pemberitaan; bagian III diisi oleh"
    " pelapor."
)
CLONE_TIER: Final = 4
CORROBORATED_FROM: Final = 2
SOURCES: Final = {
    "A": "dapat dipercaya sepenuhnya",
    "B": "biasanya dapat dipercaya",
    "C": "agak dapat dipercaya",
    "D": "biasanya tidak dapat dipercaya",
    "E": "tidak dapat dipercaya",
    "F": "kepercayaannya tidak dapat dinilai",
}
CONTENTS: Final = {
    "1": "dipastikan oleh sumber lain",
    "2": "sangat mungkin benar",
    "3": "mungkin benar",
    "4": "diragukan",
    "5": "tidak mungkin benar",
    "6": "kebenarannya tidak dapat dinilai",
}
SET_BY_DESK: Final = "ditetapkan petugas desk"
MOST_SOURCES: Final = 30
FIVE_W: Final = ("Siapa", "Apa", "Di mana", "Bilamana", "Mengapa", "Bagaimana")
"""In the order that Indonesian desks keep (siapa, apa, di mana, bilamana, mengapa, bagaimana)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an incident's timeline: when, what in Indonesian, and whether an outlet said it (not the desk)."""

    at: datetime
    what: str
    of_news: bool = False


@dataclass(frozen=True, slots=True)
class Information:
    """What a Laporan Informasi says of one incident.

    ``item`` is the incident as it would be alerted of. ``fields`` are the bidang of ipoleksosbudhankam. ``answers`` are
    the 5W1H as far as the text gives them, by the words of `FIVE_W` (siapa as roles, not names). ``events`` is its
    timeline, ``steps`` the minutes that each step took. ``coverage`` says how well its regions are read from.
    ``recipient`` and ``number`` are the desk's, "" where a person fills them in. ``value`` is what a person set, as
    *B2*; "" where nobody has: then one is proposed.
    """

    head: Head
    item: AlertItem
    reviews: tuple[Review, ...]
    fields: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    events: tuple[Event, ...]
    steps: tuple[StepTime, ...]
    coverage: tuple[str, ...]
    recipient: str = ""
    number: str = ""
    value: str = ""


def value_of(best_tier: int, independent_sources: int) -> str:
    """Return the value that is proposed: source A to F, content 1 to 6 (the admiralty's scale; domain dossier, 4.2).

    Press alone is C3 at best, B2 once a second independent source has it; clones alone stay D, their content cannot be
    judged. A person sets the final one.
    """
    if best_tier >= CLONE_TIER:
        return "D6"
    return "B2" if independent_sources >= CORROBORATED_FROM else "C3"


def document(information: Information) -> Document:
    """Return the report as a document of revision 1, not yet signed; the caller sets revision, maker and time."""
    item, head = information.item, information.head
    incident, zone = item.incident, head.timezone
    line = incident_line(item, information.reviews)
    value = information.value or value_of(incident.best_tier, incident.independent_sources)
    return Document(
        kind=KIND,
        subject=str(incident.id),
        area="",
        title="Laporan Informasi",
        subtitle=line.title,
        letterhead=letterhead(head),
        classification=CLASSIFICATION,
        facts=Facts(
            (
                ("Asal", f"{head.office}, {head.area_name}"),
                ("Tujuan", information.recipient or TO_FILL),
                ("Nomor", information.number or f"LI/{TO_FILL}/{incident.opened_at.year} (kejadian #{incident.id})"),
                ("Tanggal", MADE_ON),
                ("Bidang", ", ".join(information.fields) or TO_FILL),
                ("Perihal", line.title),
                ("Klasifikasi", CLASSIFICATION.capitalize()),
                ("Nilai", f"{value} ({SET_BY_DESK if information.value else 'usulan mesin; ditetapkan analis'})"),
                ("Verifikasi", line.verification),
            )
        ),
        sections=(
            Section("I. Pendahuluan", _introduction(information, value)),
            Section("II. Fakta", _facts(information)),
            Section("III. Pendapat pelapor", _opinion(information)),
        ),
        short=message(information),
        timezone=zone,
        exercise=head.exercise,
        closing=(
            ONE_PROBLEM,
            UNVERIFIED_NOTE,
        ),
    )


def _introduction(information: Information, value: str) -> tuple[Block, ...]:
    item, zone = information.item, information.head.timezone
    incident = item.incident
    first = min((source.first_seen for source in item.sources), default=incident.first_seen)
    outlets = list(dict.fromkeys(clean(source.outlet) for source in item.sources if not source.is_copy))
    proposed = f"usulan mesin, berdasarkan {number(incident.independent_sources)} sumber mandiri; ditetapkan analis"
    worth = (
        f"{value}: sumber {SOURCES[value[0]]}; isi {CONTENTS[value[1]]}"
        f" ({SET_BY_DESK if information.value else proposed})"
    )
    return (
        Facts(
            (
                ("Sumber", ", ".join(outlets) or TO_FILL),
                ("Hubungan dengan sasaran", "tidak ada; pemberitaan terbuka"),
                ("Cara mendapatkan", "pembacaan situs berita oleh mesin pemantau Kentongan"),
                ("Waktu mendapat", moment(first, zone)),
                ("Nilai informasi", worth),
            )
        ),
    )


def _facts(information: Information) -> tuple[Block, ...]:
    item, zone = information.item, information.head.timezone
    incident = item.incident
    line = incident_line(item, information.reviews)
    blocks: list[Block] = [
        Paragraph(
            f"Status: {line.verification}."
            + (" Isi berikut adalah kata media, bukan hasil pemeriksaan." if line.verification == UNVERIFIED else ""),
            "warning" if line.verification == UNVERIFIED else "plain",
        ),
        Table(
            "5W1H",
            "Siapa, apa, di mana, bilamana, mengapa, bagaimana",
            (Column("Unsur"), Column("Isi")),
            tuple((name, answer_of(information, name)) for name in FIVE_W),
        ),
        *(Paragraph(f"“{quote}” ({clean(item.sources[0].outlet)})", "quote") for quote in item.told().quotes[:2]),
        Facts(
            (
                ("Sinyal", ", ".join(item.signal_names)),
                ("Modalitas", line.modality),
                ("Tingkat", Level(incident.severity)),
                ("Urgensi", line.urgency),
                ("Kode wilayah", ", ".join(line.codes)),
                ("Tahapan", item.stage or "di luar tahapan pemilihan"),
                ("Sebaran", f"{number(incident.spread)} berita, {number(incident.independent_sources)} sumber mandiri"),
                ("Tindak lanjut", line.handling),
            )
        ),
    ]
    if information.events:
        blocks.append(
            Table(
                "Urutan waktu",
                "Urutan waktu",
                (Column(f"Waktu ({zone_name(zone, information.events[0].at)})", "moment"), Column("Keterangan")),
                tuple((event.at, clean(event.what)) for event in information.events),
            )
        )
    blocks.append(_sources(item, zone))
    measured = [step for step in information.steps if step.median is not None]
    if measured:
        blocks.append(Facts(tuple((step.name, duration(step.median or 0.0)) for step in measured)))
    return tuple(blocks)


def _sources(item: AlertItem, zone: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            clean(source.outlet),
            source.tier,
            clean(masked(source.title, item.article, item.hidden)),
            source.published,
            source.first_seen,
            "ditarik media" if source.withdrawn else "salinan" if source.is_copy else "tulisan sendiri",
            Link(source.url, source.url),
        )
        for source in item.sources[:MOST_SOURCES]
    ]
    name = zone_name(zone, item.incident.first_seen)
    more = len(item.sources) - len(rows)
    return Table(
        "Dokumentasi",
        "Dokumentasi" + (f" ({number(len(rows))} dari {number(len(item.sources))} berita)" if more else ""),
        (
            Column("Media"),
            Column("Kelas sumber", "number"),
            Column("Judul"),
            Column(f"Terbit ({name})", "moment"),
            Column(f"Terlihat ({name})", "moment"),
            Column("Sifat"),
            Column("Tautan"),
        ),
        tuple(rows),
    )


def answer_of(information: Information, name: str) -> str:
    """Return one of the 5W1H, names masked: as the text gives it, else what the incident itself tells, else unknown."""
    given = clean(masked(dict(information.answers).get(name, ""), names=information.item.hidden))
    if given:
        return given
    item = information.item
    if name == "Apa":
        return f"{', '.join(item.signal_names) or 'kerawanan'}: {clean(item.title)}"
    if name == "Di mana":
        return item.place_names
    if name == "Bilamana":
        return item.event_time
    return UNKNOWN


def _opinion(information: Information) -> tuple[Block, ...]:
    item, told = information.item, information.item.told()
    basis = [f"{why} ({points:+d})" for why, points in told.points]
    notes = [
        f"Tingkat {item.incident.severity} ({item.severity_name})" + (f": {'; '.join(basis)}." if basis else "."),
        *([f"Isyarat yang menentukan: {'; '.join(told.why)}."] if told.why else []),
        *([f"Yang menangani menurut jenisnya: {', '.join(item.contacts)}."] if item.contacts else []),
        *information.coverage,
    ]
    return (
        Paragraph("Bagian ini diisi pelapor. Mesin tidak berpendapat; dasar hitungannya di bawah.", "note"),
        Prompt("Analisis:", 3),
        Prompt("Prediksi:", 2),
        Prompt("Langkah yang telah diambil:", 2),
        Prompt("Rekomendasi:", 2),
        Paragraph("Dasar dari mesin (bukan pendapat):"),
        Items(tuple(notes)),
    )


def message(information: Information) -> str:
    """Return the short form of a *laporan cepat*: seven points, what only a person can know left to be filled in."""
    item, zone = information.item, information.head.timezone
    incident = item.incident
    line = incident_line(item, information.reviews)
    drill = "*LATIHAN* – " if information.head.exercise else ""
    last = next((event for event in reversed(information.events) if event.of_news), None)
    what = item.told().quotes[0] if item.quotes else line.title
    who = answer_of(information, "Siapa")
    level = f"{incident.severity} ({SEVERITY_NAMES[incident.severity]})"
    counts = f"{number(incident.independent_sources)} sumber mandiri, {number(incident.spread)} berita"
    latest = f"{short_moment(last.at, zone)} {clean(last.what)}; " if last else ""
    opening = f"{drill}Izin melaporkan, {line.title} – *{line.verification}*, tingkat {level}."
    answers = (
        answer_of(information, "Bilamana"),
        answer_of(information, "Di mana"),
        f"{what} ({line.modality})",
        TO_FILL if who == UNKNOWN else who,
        line.handling,
        f"{latest}prediksi {TO_FILL}",
        f"{line.url or TO_FILL} ({counts})",
    )
    lines = seven_points(opening, answers)
    return "\n".join(lines) + "\n"
