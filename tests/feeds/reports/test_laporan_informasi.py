"""The Laporan Informasi: facts apart from opinion, names masked, its value only proposed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import docx
import pytest
from lxml import html

from data.records import (
    Alert,
    EventTime,
    Incident,
    IncidentStatus,
    Modality,
    Place,
    PlaceRole,
    Review,
    Urgency,
)
from feeds.items import AlertItem, PlaceLine, SourceLine
from feeds.reports import FILE_FORMATS, laporan_informasi
from feeds.reports.content import Head, StepTime
from feeds.reports.document import Prompt, Table, plain_text
from feeds.reports.laporan_informasi import Event, Information, value_of

if TYPE_CHECKING:
    from feeds.reports.document import Document

SEEN = datetime(2024, 11, 26, 15, 0, tzinfo=UTC)


@pytest.fixture
def information() -> Information:
    incident = Incident(
        id=7,
        title="Posko dibakar, korban Budi Santoso (34) luka",
        signals=("perusakan", "kekerasan_intimidasi"),
        modality=Modality.KEJADIAN,
        severity=3,
        urgency=Urgency.P1,
        status=IncidentStatus.BELUM_DITINJAU,
        places=(Place("13.77.01", "Pariaman Tengah", PlaceRole.KEJADIAN, "text", 0, 15, 0.9),),
        opened_at=SEEN,
        first_seen=SEEN - timedelta(minutes=30),
        last_seen=SEEN,
        event_time=EventTime(SEEN - timedelta(hours=3), SEEN - timedelta(hours=3), "text", 0, 12),
        article_ids=(1, 2),
        spread=2,
        independent_sources=1,
        best_tier=3,
    )
    item = AlertItem(
        alert=Alert("tag:x,2024-11-26:kejadian:7", 7, 1, "raised", SEEN, SEEN, verified=False, exercise=False),
        incident=incident,
        places=(PlaceLine("13.77.01", "Kecamatan Pariaman Tengah, Kota Pariaman", (-0.62, 100.12)),),
        sources=(
            SourceLine("Kabar Nagari", "https://kabar.example/a?x=1&y=2", "Posko dibakar", 3, SEEN, SEEN),
            SourceLine("Suara Rantau", "https://rantau.example/b", "Posko dibakar", 3, SEEN, SEEN, is_copy=True),
        ),
        signal_names=("Perusakan & pembakaran", "Kekerasan, intimidasi & gangguan bersenjata"),
        quotes=("Korban Budi Santoso (34) dirawat di rumah sakit, kata saksi.",),
        why=("pembakaran",),
        points=(("dasar: perusakan x kejadian", 2), ("masa tenang", 1)),
        stage="masa tenang Pilkada 2024",
    )
    return Information(
        head=Head("Desk Pilkada", "13.77", "Kota Pariaman, Sumatera Barat", "Asia/Jakarta"),
        item=item,
        reviews=(),
        fields=("sosial budaya", "pertahanan-keamanan"),
        answers=(("Siapa", "pelaku: orang tak dikenal; korban: dua relawan, di antaranya korban Budi Santoso (34)"),),
        events=(
            Event(SEEN, "Kabar Nagari memberitakan: Posko dibakar", of_news=True),
            Event(SEEN + timedelta(minutes=4), "Ditandai mesin"),
        ),
        steps=(StepTime("Terlihat sampai dinilai mesin", 1, 4.0, 4.0), StepTime("Terbit sampai desk", 0, None, None)),
        coverage=("Liputan Kota Pariaman: terliput, 3 sumber memberitakan, 20 artikel dalam seminggu.",),
    )


def signed(document: Document) -> Document:
    return replace(document, made_at=datetime(2024, 11, 27, 1, 0, tzinfo=UTC), made_by="Sari")


def table(document: Document, sheet: str) -> Table:
    return next(one for one in document.tables if one.sheet == sheet)


def test_the_head_has_all_that_the_form_asks_for(information: Information) -> None:
    document = signed(laporan_informasi.document(information))
    assert document.head.rows == (
        ("Asal", "Desk Pilkada, Kota Pariaman, Sumatera Barat"),
        ("Tujuan", "[diisi petugas]"),
        ("Nomor", "LI/[diisi petugas]/2024 (kejadian #7)"),
        ("Tanggal", "Rabu, 27 November 2024"),
        ("Bidang", "sosial budaya, pertahanan-keamanan"),
        ("Perihal", "Posko dibakar, korban B.S. (34) luka"),
        ("Klasifikasi", "Terbatas"),
        ("Nilai", "C3 (usulan mesin; ditetapkan analis)"),
        ("Verifikasi", "belum terverifikasi"),
    )
    assert [section.heading for section in document.sections] == [
        "I. Pendahuluan",
        "II. Fakta",
        "III. Pendapat pelapor",
    ]


@pytest.mark.parametrize(
    ("tier", "independent", "value"), [(4, 1, "D6"), (4, 3, "D6"), (3, 1, "C3"), (1, 1, "C3"), (2, 2, "B2")]
)
def test_press_alone_is_worth_no_more_than_c3(tier: int, independent: int, value: str) -> None:
    assert value_of(tier, independent) == value


def test_the_machine_has_no_opinion(information: Information) -> None:
    document = laporan_informasi.document(information)
    opinion = document.sections[2]
    prompts = [block.text for block in opinion.blocks if isinstance(block, Prompt)]
    assert prompts == ["Analisis:", "Prediksi:", "Langkah yang telah diambil:", "Rekomendasi:"]
    text = plain_text(document)
    assert "Mesin tidak berpendapat" in text
    assert "- Tingkat 3 (tinggi): dasar: perusakan x kejadian (+2); masa tenang (+1)." in text


def test_five_w_and_one_h_are_as_far_as_the_text_gives_them(information: Information) -> None:
    rows = table(laporan_informasi.document(information), "5W1H").rows
    assert rows == (
        ("Siapa", "pelaku: orang tak dikenal; korban: dua relawan, di antaranya korban B.S. (34)"),
        (
            "Apa",
            "Perusakan & pembakaran, Kekerasan, intimidasi & gangguan bersenjata: Posko dibakar, korban B.S. (34) luka",
        ),
        ("Di mana", "Kecamatan Pariaman Tengah, Kota Pariaman"),
        ("Bilamana", "26-11-2024 19.00 WIB"),
        ("Mengapa", "belum terbaca dari teks"),
        ("Bagaimana", "belum terbaca dari teks"),
    )


def test_no_name_of_a_victim_leaves_in_any_format(information: Information) -> None:
    document = signed(laporan_informasi.document(information))
    for name in ("html", "txt"):
        assert b"Santoso" not in FILE_FORMATS[name].write(document)
    made = docx.Document(io.BytesIO(FILE_FORMATS["docx"].write(document)))
    cells = [cell.text for one in made.tables for row in one.rows for cell in row.cells]
    assert not [text for text in (*cells, *(one.text for one in made.paragraphs)) if "Santoso" in text]


def test_a_name_that_only_the_article_tells_is_hidden_in_every_part(information: Information) -> None:
    item = replace(
        information.item,
        article="Korban bernama Budi Santoso (34) dirawat. Budi mengaku dipukul, kata warga.",
        quotes=("Budi mengaku dipukul, kata warga.",),
        why=("Budi mengaku dipukul",),
        points=(("Budi mengaku dipukul", 1),),
        sources=(replace(information.item.sources[0], title="Budi mengaku dipukul"),),
    )
    told = replace(information, item=item, answers=(("Siapa", "Budi Santoso"),))
    for text in (plain_text(signed(laporan_informasi.document(told))), laporan_informasi.message(told)):
        assert "Budi" not in text
        assert "B. mengaku dipukul" in text
        assert "B.S." in text


def test_verified_by_a_person_it_says_so(information: Information) -> None:
    review = Review(7, "Sari", SEEN, IncidentStatus.TERVERIFIKASI, "dikonfirmasi camat; korban Budi Santoso (34)")
    verified = replace(
        information,
        item=replace(
            information.item, incident=replace(information.item.incident, status=IncidentStatus.TERVERIFIKASI)
        ),
        reviews=(review,),
    )
    text = plain_text(laporan_informasi.document(verified))
    assert "Verifikasi: terverifikasi" in text
    assert "belum terverifikasi" not in text.partition("Semua kejadian berasal")[0]
    assert "Tindak lanjut: terverifikasi: dikonfirmasi camat; korban B.S. (34)" in text


def test_the_short_form_is_seven_points_and_leaves_the_prediction_free(information: Information) -> None:
    assert laporan_informasi.message(information) == (
        "Izin melaporkan, Posko dibakar, korban B.S. (34) luka – *belum terverifikasi*, tingkat 3 (tinggi).\n"
        "1. Waktu: 26-11-2024 19.00 WIB\n"
        "2. Tempat: Kecamatan Pariaman Tengah, Kota Pariaman\n"
        "3. Fakta singkat: Korban B.S. (34) dirawat di rumah sakit, kata saksi. (kejadian)\n"
        "4. Pelaku/korban/kerugian: pelaku: orang tak dikenal; korban: dua relawan, di antaranya korban B.S. (34)\n"
        "5. Tindakan yang sudah diambil: belum ditinjau\n"
        "6. Perkembangan/prediksi: 26-11-2024 22.00 Kabar Nagari memberitakan: Posko dibakar; prediksi [diisi petugas]\n"
        "7. Dokumentasi: https://kabar.example/a?x=1&y=2 (1 sumber mandiri, 2 berita)\n"
    )


def test_a_correction_says_that_it_is_one(information: Information) -> None:
    document = replace(signed(laporan_informasi.document(information)), revision=2)
    assert FILE_FORMATS["txt"].write(document).decode().startswith("(Koreksi, revisi 2)\nIzin melaporkan")
    page: Any = html.fromstring(FILE_FORMATS["html"].write(document).decode())
    assert "Revisi 2." in page.xpath("//footer")[0].text_content()


def test_its_sources_are_listed_with_their_copies(information: Information) -> None:
    rows = table(laporan_informasi.document(information), "Dokumentasi").rows
    assert [(row[0], row[1], row[5]) for row in rows] == [
        ("Kabar Nagari", 3, "tulisan sendiri"),
        ("Suara Rantau", 3, "salinan"),
    ]


def test_texts_that_no_file_can_hold_are_cleaned(information: Information) -> None:
    evil = replace(
        information.item.incident, title="Posko\x00 dibakar \u202egnp.exe\ud800 \x1b[31m" + "a" * 400, places=()
    )
    document = signed(laporan_informasi.document(replace(information, item=replace(information.item, incident=evil))))
    for name in ("html", "docx", "xlsx", "txt"):
        assert FILE_FORMATS[name].write(document)
    assert document.subtitle.startswith("Posko dibakar gnp.exe [31m")
    assert len(document.subtitle) <= 220
