from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classifiers.event_time import find_event_time
from classifiers.text import read_document
from data.records import Modality

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
WEDNESDAY_EVENING = datetime(2024, 11, 6, 20, 0, tzinfo=WIB)


def told(
    text: str, published: datetime | None = WEDNESDAY_EVENING, zone: ZoneInfo = WIB, title: str = ""
) -> list[str] | None:
    """First moment, last moment (in the zone, to the minute) and the words that say so."""
    found = find_event_time(read_document(title, text), published, zone)
    if found is None:
        return None
    words = (title if found.zone == "title" else text)[found.span_start : found.span_end]
    return [*(moment.astimezone(zone).strftime("%d.%m.%Y %H:%M") for moment in (found.start, found.end)), words]


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("Bentrok pecah, Selasa (5/11).", "05.11.2024 00:00", "05.11.2024 23:59", "Selasa (5/11)"),
        ("Bentrok pecah, Selasa (5/11) malam.", "05.11.2024 18:00", "05.11.2024 23:59", "Selasa (5/11) malam"),
        (
            "Bentrok pecah, Selasa malam (5/11/2024).",
            "05.11.2024 18:00",
            "05.11.2024 23:59",
            "Selasa malam (5/11/2024)",
        ),
        ("Bentrok pecah, Selasa, 5 November 2024.", "05.11.2024 00:00", "05.11.2024 23:59", "Selasa, 5 November 2024"),
        ("Bentrok pecah pada 5 Nopember 2024.", "05.11.2024 00:00", "05.11.2024 23:59", "5 Nopember 2024"),
        ("Posko dibakar kemarin.", "05.11.2024 00:00", "05.11.2024 23:59", "kemarin"),
        ("Posko dibakar kemarin sore.", "05.11.2024 14:00", "05.11.2024 18:29", "kemarin sore"),
        ("Posko dibakar dini hari tadi.", "06.11.2024 00:00", "06.11.2024 04:59", "dini hari tadi"),
        ("Posko dibakar pagi tadi.", "06.11.2024 05:00", "06.11.2024 10:59", "pagi tadi"),
        ("Banjir merendam nagari itu hari ini.", "06.11.2024 00:00", "06.11.2024 23:59", "hari ini"),
        ("Massa mendatangi kantor itu Kamis malam.", "31.10.2024 18:00", "31.10.2024 23:59", "Kamis malam"),
        ("Massa mendatangi kantor itu Rabu pagi.", "06.11.2024 05:00", "06.11.2024 10:59", "Rabu pagi"),
        ("Massa mendatangi kantor itu pekan lalu.", "28.10.2024 00:00", "03.11.2024 23:59", "pekan lalu"),
        (
            "Peristiwa terjadi Selasa (5/11) pukul 14.30 WIB.",
            "05.11.2024 14:30",
            "05.11.2024 14:30",
            "Selasa (5/11) pukul 14.30 WIB",
        ),
        (
            "Peristiwa terjadi Selasa (5/11) sekitar pukul 21:45.",
            "05.11.2024 21:15",
            "05.11.2024 22:15",
            "Selasa (5/11) sekitar pukul 21:45",
        ),
        (
            "Aksi berlangsung Selasa (5/11) pukul 10.00-13.00 WIB.",
            "05.11.2024 10:00",
            "05.11.2024 13:00",
            "Selasa (5/11) pukul 10.00-13.00 WIB",
        ),
        (
            "Peristiwa terjadi Selasa (5/11) jam 2 siang.",
            "05.11.2024 14:00",
            "05.11.2024 14:00",
            "Selasa (5/11) jam 2 siang",
        ),
        ("Hujan turun 3-5 November.", "03.11.2024 00:00", "05.11.2024 23:59", "3-5 November"),
    ],
)
def test_the_text_says_when_it_happened(text: str, first: str, last: str, words: str) -> None:
    assert told(text) == [first, last, words]


@pytest.mark.parametrize(
    "text",
    [
        "Kantor itu dirusak massa.",
        "Bentrok pecah, Senin (5/11/2024).",
        "Bentrok pecah, Senin (5/11).",
        "Pungutan diatur Peraturan Nomor 10 tanggal 1 November 2024.",
        "Pemungutan suara akan digelar Rabu (27/11).",
        "Pemungutan suara dijadwalkan pada 27 November 2024.",
        "Rumah itu dibakar pada 9 Desember 2020.",
        "Tragedi itu terjadi tepat hari ini, empat tahun silam.",
        "Batas waktu paling lambat 4 November 2024.",
        '"Kami masih menyelidikinya," kata Kapolres, Selasa (5/11).',
        "Hal itu disampaikan Ketua KPU kepada wartawan, Selasa (5/11).",
        "Warga Pasar Minggu berkumpul di jalan.",
        "Kepala Balai Besar di Kota Malang, Selasa (5/11), mengatakan kunjungan tetap normal.",
        "Tragedi itu terjadi hari ini setahun silam.",
        "Skornya 2/1 dan setengah jalan 3/4 rusak.",
        "Mereka berkumpul dua minggu lalu.",
        "Aksi lanjutan digelar Jumat mendatang.",
    ],
)
def test_what_is_no_time_of_the_event_stays_unknown(text: str) -> None:
    assert told(text) is None


def test_the_date_of_the_event_is_preferred_to_that_of_the_interview() -> None:
    text = 'Posko itu dibakar Senin (4/11) malam. "Kami sudah olah TKP," kata Kapolsek, Rabu (6/11).'
    assert told(text) == ["04.11.2024 18:00", "04.11.2024 23:59", "Senin (4/11) malam"]


def test_what_is_said_to_have_happened_keeps_its_date() -> None:
    text = "Kapolsek mengatakan kebakaran itu terjadi Senin (4/11) malam."
    assert told(text) == ["04.11.2024 18:00", "04.11.2024 23:59", "Senin (4/11) malam"]


def test_a_date_in_a_quotation_counts_where_there_is_no_other() -> None:
    text = (
        'Warga mengungsi ke masjid.\nRumah mereka terendam.\nListrik padam.\n"Air naik Senin (4/11) sore," kata Idris.'
    )
    assert told(text) == ["04.11.2024 14:00", "04.11.2024 18:29", "Senin (4/11) sore"]


def test_the_lead_is_preferred_to_what_follows() -> None:
    text = "Ratusan warga berunjuk rasa, Selasa (5/11).\nAksi serupa berlangsung Jumat (1/11).\nPolisi berjaga."
    assert told(text) == ["05.11.2024 00:00", "05.11.2024 23:59", "Selasa (5/11)"]


def test_without_publication_only_complete_dates_count() -> None:
    assert told("Bentrok pecah, Selasa (5/11).", published=None) is None
    assert told("Bentrok pecah kemarin malam.", published=None) is None
    assert told("Bentrok pecah, Selasa (5/11/2024).", published=None) == [
        "05.11.2024 00:00",
        "05.11.2024 23:59",
        "Selasa (5/11/2024)",
    ]


def test_a_day_of_december_read_in_january_is_of_the_year_before() -> None:
    january = datetime(2025, 1, 3, 9, 0, tzinfo=WIB)
    assert told("Bentrok pecah, Senin (30/12).", published=january) == [
        "30.12.2024 00:00",
        "30.12.2024 23:59",
        "Senin (30/12)",
    ]


def test_a_clock_names_its_own_zone() -> None:
    found = find_event_time(
        read_document("", "Tembakan terdengar, Rabu (6/11) pukul 07.15 WIT."), WEDNESDAY_EVENING, WIB
    )
    assert found is not None
    assert found.start.astimezone(WIB).strftime("%H:%M") == "05:15"


def test_days_are_counted_in_the_zone_of_the_place() -> None:
    half_past_ten_in_jakarta = datetime(2024, 11, 6, 22, 30, tzinfo=WIB)
    assert told("Tembakan terdengar hari ini.", half_past_ten_in_jakarta, WIT) == [
        "07.11.2024 00:00",
        "07.11.2024 23:59",
        "hari ini",
    ]


def test_last_night_is_the_night_before_until_the_evening() -> None:
    morning = datetime(2024, 11, 6, 8, 0, tzinfo=WIB)
    assert told("Posko dibakar tadi malam.", published=morning) == [
        "05.11.2024 18:00",
        "05.11.2024 23:59",
        "tadi malam",
    ]


def test_a_title_may_say_it() -> None:
    assert told("Rumah warga terendam.", title="Banjir Rendam Nagari, Selasa (5/11)") == [
        "05.11.2024 00:00",
        "05.11.2024 23:59",
        "Selasa (5/11)",
    ]


def test_a_threat_may_lie_ahead() -> None:
    document = read_document("", "Hujan lebat berpeluang turun pada 26-28 November di pesisir.")
    found = find_event_time(document, datetime(2024, 11, 25, 9, 0, tzinfo=WIB), WIB, modality=Modality.ANCAMAN_POTENSI)
    assert found is not None
    assert found.start.astimezone(WIB).strftime("%d.%m") == "26.11"
    assert found.end.astimezone(WIB).strftime("%d.%m") == "28.11"
