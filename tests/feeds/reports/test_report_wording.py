"""How numbers, days and moments read in Indonesian."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feeds.reports.wording import (
    Cell,
    Level,
    Link,
    Share,
    day_span,
    decimal,
    duration,
    joined,
    long_day,
    moment,
    number,
    short_day,
    signed,
    written,
)

AT = datetime(2024, 11, 5, 15, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Jakarta", "Selasa, 5 November 2024 pukul 22.13 WIB"),
        ("Asia/Makassar", "Selasa, 5 November 2024 pukul 23.13 WITA"),
        ("Asia/Jayapura", "Rabu, 6 November 2024 pukul 00.13 WIT"),
        ("UTC", "Selasa, 5 November 2024 pukul 15.13 UTC"),
    ],
)
def test_a_moment_is_on_the_desks_clock(zone: str, words: str) -> None:
    assert moment(AT, zone) == words


def test_numbers_have_points_for_thousands_and_a_comma() -> None:
    assert [number(value) for value in (0, 999, 1234, 1_204_567)] == ["0", "999", "1.234", "1.204.567"]
    assert decimal(1234.56) == "1.234,6"
    assert [signed(value) for value in (3, 0, -1234)] == ["+3", "0", "−1.234"]


def test_days_and_spans() -> None:
    assert long_day(date(2024, 11, 27)) == "Rabu, 27 November 2024"
    assert short_day(date(2024, 11, 29)) == "Jum 29/11"
    assert day_span(date(2024, 11, 25), date(2024, 12, 1)) == "25 November – 1 Desember 2024"
    assert day_span(date(2024, 11, 18), date(2024, 11, 24)) == "18 – 24 November 2024"
    assert day_span(date(2024, 12, 30), date(2025, 1, 5)) == "30 Desember 2024 – 5 Januari 2025"


def test_lengths_of_time() -> None:
    assert [duration(minutes) for minutes in (4.4, 89, 210, 4320)] == ["4 menit", "89 menit", "3,5 jam", "3,0 hari"]


def test_lists_of_names() -> None:
    assert [joined(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a dan b", "a, b, dan c"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (None, "–"),
        ("", "–"),
        (Level(4), "4 kritis"),
        (Link("kabar", "https://x.example"), "kabar"),
        (Share(0.935), "94 %"),
        (1204, "1.204"),
        (0.5, "0,5"),
        (date(2024, 11, 27), "Rabu, 27-11-2024"),
        (AT, "05-11-2024 22.13"),
        ("=1+1", "=1+1"),
    ],
)
def test_cells_as_people_read_them(cell: Cell, words: str) -> None:
    assert written(cell, "Asia/Jakarta") == words


def test_only_addresses_of_the_web_can_be_followed() -> None:
    assert Link("a", "HTTPS://x.example").followed
    assert not Link("a", "javascript:alert(1)").followed
