"""The many ways in which news names a time, each with the days it means and the words that say so."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classifiers.event_time import find_event_time
from classifiers.text import read_document

WIB = ZoneInfo("Asia/Jakarta")
THURSDAY_MORNING = datetime(2024, 11, 7, 9, 0, tzinfo=WIB)


def told(text: str) -> tuple[str, str, str] | None:
    """First and last moment in WIB, and the words that say so."""
    found = find_event_time(read_document("", text), THURSDAY_MORNING, WIB)
    if found is None:
        return None
    first, last = (moment.astimezone(WIB).strftime("%d.%m %H:%M") for moment in (found.start, found.end))
    return first, last, text[found.span_start : found.span_end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Massa memblokade jalan sejak Senin hingga Rabu.", ("04.11 00:00", "06.11 23:59", "Senin hingga Rabu")),
        (
            "Bentrokan berlangsung Sabtu (2/11) malam hingga Minggu (3/11) dini hari.",
            ("02.11 18:00", "03.11 04:59", "Sabtu (2/11) malam hingga Minggu (3/11) dini hari"),
        ),
        ("Banjir merendam tiga desa sejak Senin.", ("04.11 00:00", "04.11 23:59", "Senin")),
        ("Kerusuhan pecah Selasa pekan lalu.", ("29.10 00:00", "29.10 23:59", "Selasa pekan lalu")),
        ("Kerusuhan pecah Selasa lalu.", ("05.11 00:00", "05.11 23:59", "Selasa lalu")),
        ("Kerusuhan pecah pada 27 Oktober lalu.", ("27.10 00:00", "27.10 23:59", "27 Oktober")),
        ("Bentrokan pecah pada malam Minggu.", ("02.11 18:00", "02.11 23:59", "malam Minggu")),
        ("Bentrokan pecah tiga hari lalu.", ("04.11 00:00", "04.11 23:59", "tiga hari lalu")),
        ("Bentrokan pecah akhir pekan lalu.", ("02.11 00:00", "03.11 23:59", "akhir pekan lalu")),
        ("Bentrokan pecah pagi ini.", ("07.11 05:00", "07.11 10:59", "pagi ini")),
        ("Bentrokan pecah Rabu, 6-11-2024.", ("06.11 00:00", "06.11 23:59", "Rabu, 6-11-2024")),
        ("Bentrokan pecah rabu,6/11/2024.", ("06.11 00:00", "06.11 23:59", "rabu,6/11/2024")),
        ("Bentrokan pecah Rabu tgl 6 November.", ("06.11 00:00", "06.11 23:59", "Rabu tgl 6 November")),
        ("Bentrokan pecah (Rabu, 6/11).", ("06.11 00:00", "06.11 23:59", "Rabu, 6/11")),
        (
            "Bentrokan pecah Rabu (6/11) pukul 16.00 Wita.",
            ("06.11 15:00", "06.11 15:00", "Rabu (6/11) pukul 16.00 Wita"),
        ),
        ("Posko dibakar pukul 05.30 WIT, Rabu (6/11).", ("06.11 03:30", "06.11 03:30", "pukul 05.30 WIT, Rabu (6/11)")),
    ],
)
def test_what_news_says_is_the_days_that_it_means(text: str, expected: tuple[str, str, str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Posko dibakar pada H-1 pemungutan suara.",
        "Posko dibakar malam itu.",
        "Posko dibakar pukul 05.30 WIT.",
        "Warga berkumpul sore ini.",
        "Ia menjabat sejak 5 November 2024.",
        "Posko dibakar beberapa hari lalu.",
    ],
)
def test_what_names_no_day_of_the_event_stays_unknown(text: str) -> None:
    assert told(text) is None


def test_goods_given_to_sixty_families_are_no_statement_to_the_press() -> None:
    text = "Camat membagikan beras kepada 60 keluarga, Minggu (3/11)."
    assert told(text) == ("03.11 00:00", "03.11 23:59", "Minggu (3/11)")
    assert told("Hal itu dikatakan Camat kepada wartawan, Minggu (3/11).") is None


def test_the_day_of_a_speech_is_the_day_of_the_event_where_the_speech_is_it() -> None:
    assert told("Ceramah yang menghina suku calon itu disampaikan Jumat (1/11).") == (
        "01.11 00:00",
        "01.11 23:59",
        "Jumat (1/11)",
    )
    assert told("Keterangan itu disampaikan Jumat (1/11).") is None


def test_a_clock_time_at_the_other_end_of_a_sentence_is_not_the_days() -> None:
    text = (
        "Massa membakar posko pada Rabu (6/11), sementara petugas piket yang biasanya berjaga di sana sejak lama sudah "
        "pulang karena pergantian jaga pukul 07.00."
    )
    assert told(text) == ("06.11 00:00", "06.11 23:59", "Rabu (6/11)")
