"""Date strings as newsrooms print them, beside the moment they mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.dates import MONTHS, find_date, find_updated, parse_date

NOW = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - what a clock on the wall shows


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "zone_named"),
    [
        ("Nov 5, 2024\u00a0-\u00a022:13", utc(2024, 11, 5, 15, 13), False),
        ("Selasa, 5 November 2024", utc(2024, 11, 4, 17), False),
        ("Selasa, 05 Nov 2024 20:15 WIB", utc(2024, 11, 5, 13, 15), True),
        ("Kompas.com, 05/11/2024, 22:13 WIB", utc(2024, 11, 5, 15, 13), True),
        ("Jum’at, 1 Agt 2025 | 07.30 WITA", utc(2025, 7, 31, 23, 30), True),
        ("Ahad, 3 Agu 2025 07.30 WIT", utc(2025, 8, 2, 22, 30), True),
        ("Rabu, 27 Nopember 2024 jam 7.05", utc(2024, 11, 27, 0, 5), False),
        ("14 Pebruari 2025 06:40", utc(2025, 2, 13, 23, 40), False),
        ("Mei 12, 2025 - 09:00", utc(2025, 5, 12, 2), False),
        ("31 Des 2024 23:59 wib", utc(2024, 12, 31, 16, 59), True),
        ("20/1/2026 18:30", utc(2026, 1, 20, 11, 30), False),
        ("2024-11-05 22:13:00", utc(2024, 11, 5, 15, 13), False),
        ("2024-11-05T22:13:00+0700", utc(2024, 11, 5, 15, 13), True),
        ("2024-11-05T22:13:00-05:00", utc(2024, 11, 6, 3, 13), True),
        ("2024-11-05T15:13:00.123Z", utc(2024, 11, 5, 15, 13), True),
        ("2015-11-05 T10:08:58Z", utc(2015, 11, 5, 10, 8, 58), True),
        ("Wed, 12 Aug 2026 12:17:40 +0700", utc(2026, 8, 12, 5, 17, 40), True),
        ("20241105T151300Z", utc(2024, 11, 5, 15, 13), True),
        ("1730819580", utc(2024, 11, 5, 15, 13), True),
        ("10-Sep-19", utc(2019, 9, 9, 17), False),
        ("on 16 Feb 2016 at 09:09 WIB", utc(2016, 2, 16, 2, 9), True),
        ("20.15 WIB, 5 Agu 2025", utc(2025, 8, 5, 13, 15), True),
        ("5 November 2024, 10:13 PM", utc(2024, 11, 5, 15, 13), False),
        ("2 jam yang lalu", utc(2026, 11, 26, 9), True),
        ("Kemarin, 20.15 WIB", utc(2026, 11, 25, 13, 15), True),
        ("Hari ini, 08:00", utc(2026, 11, 26, 1), False),
    ],
)
def test_a_printed_date_is_the_moment_it_means(text, at, zone_named):
    moment = parse_date(text, "Asia/Jakarta", NOW)

    assert moment is not None
    assert moment.at == at.replace(microsecond=0)
    assert moment.zone_named is zone_named


def test_the_sources_zone_is_taken_where_none_is_named():
    moment = parse_date("5 Nov 2024 22:13", "Asia/Jayapura", NOW)

    assert moment is not None
    assert moment.at == utc(2024, 11, 5, 13, 13)


def test_the_weekday_overrules_day_before_month():
    # 11 May 2024 was a Saturday, 5 November a Tuesday.
    sooner = parse_date("Tuesday, 11/05/2024 15:10", "Asia/Jakarta", NOW)
    plain = parse_date("11/05/2024 15:10", "Asia/Jakarta", NOW)

    assert sooner is not None
    assert plain is not None
    assert (sooner.wall.month, plain.wall.month) == (11, 5)


def test_a_date_without_a_year_is_the_last_one_on_that_weekday():
    moment = parse_date("Selasa (5/11)", "Asia/Jakarta", NOW)

    assert moment is not None
    assert moment.wall == wall(2024, 11, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 menit baca",
        "1970-01-01 00:00:00",
        "0000-00-00 00:00:00",
        "31/02/2024",
        "28/11/2026 12:00",
        "Rabu depan",
        "12.500 kali",
    ],
)
def test_what_cannot_be_believed_is_no_date(text):
    assert parse_date(text, "Asia/Jakarta", NOW) is None


def test_a_time_less_than_a_day_ahead_is_believed():
    assert parse_date("27/11/2026 10:00 WIB", "Asia/Jakarta", NOW) is not None


def test_counts_and_words_in_a_sentence_are_no_date():
    assert find_date("Kata dia kemarin, 3 hari lagi jalan dibuka", "Asia/Jakarta", NOW) is None


def test_an_update_is_told_from_the_publication():
    line = "Terbit 5 Nov 2024 10:00 | Diperbarui 6 Nov 2024 12:30"
    published, updated = find_date(line, "Asia/Jakarta", NOW), find_updated(line, "Asia/Jakarta", NOW)

    assert published is not None
    assert updated is not None
    assert published.wall == wall(2024, 11, 5, 10)
    assert updated.wall == wall(2024, 11, 6, 12, 30)


@given(st.text(max_size=80))
def test_no_string_crashes_or_gives_an_absurd_year(text):
    moment = parse_date(text, "Asia/Makassar", NOW)

    assert moment is None or 1995 <= moment.at.year <= 2026


@given(
    st.datetimes(min_value=wall(1996, 1, 1), max_value=wall(2026, 11, 25)),
    st.sampled_from(sorted(MONTHS)),
    st.sampled_from(["{d} {m} {y} {t}", "{d} {m} {y}, {t} WIB", "{m} {d}, {y} - {t}", "Terbit: {d}-{m}-{y} | {t}"]),
)
def test_every_month_name_in_every_order_is_read(day, month, form):
    number = MONTHS[month]
    wanted = day.replace(month=number, day=min(day.day, 28), second=0, microsecond=0)
    text = form.format(d=wanted.day, m=month.title(), y=wanted.year, t=f"{wanted:%H:%M}")

    moment = parse_date(text, "Asia/Jakarta", NOW)

    if wanted - timedelta(hours=7) <= wall(2026, 11, 27, 11):
        assert moment is not None
        assert moment.wall == wanted
