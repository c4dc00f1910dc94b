"""Times as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.finders.moments import Moment, believable, mended, read_moment

WIB = ZoneInfo("Asia/Jakarta")

WRITTEN = {
    "Tue, 05 Nov 2024 22:13:00 +0700": "2024-11-05T15:13:00",
    "Tue, 05 Nov 2024 15:13:00 GMT": "2024-11-05T15:13:00",
    "Tue, 5 Nov 2024 22:13 +0700": "2024-11-05T15:13:00",
    "Sen, 01 Jan 2024 10:00:00 +0700": "2024-01-01T03:00:00",
    "Selasa, 05 November 2024 22:13:00 WIB": "2024-11-05T15:13:00",
    "Kam, 08 Agu 2024 22.13 WITA": "2024-08-08T14:13:00",
    "Jumat, 16 Agustus 2024 | 07:05 WIT": "2024-08-15T22:05:00",
    "Min, 12 Okt 2025 08:00:00 GMT+7": "2025-10-12T01:00:00",
    "Wed, 25 Des 2024 00:30:00": "2024-12-24T17:30:00",
    "2024-11-05T22:13:00+07:00": "2024-11-05T15:13:00",
    "2024-11-05T22:13:00+0700": "2024-11-05T15:13:00",
    "2024-11-05T22:13:00.123456Z": "2024-11-05T22:13:00",
    "2024-11-05 22:13:00": "2024-11-05T15:13:00",
    "2024-11-05": "2024-11-04T17:00:00",
    "20241105T221300Z": "2024-11-05T22:13:00",
    "05/11/2024 22:13 WIB": "2024-11-05T15:13:00",
    "Nov 5, 2024 - 22:13": "2024-11-05T15:13:00",
    "November 5, 2024 10:13 PM": "2024-11-05T15:13:00",
    "05-Nov-24 22:13:00 +0700": "2024-11-05T15:13:00",
    "  Tue,\n 05 Nov\t2024 22:13:00  +0700 ": "2024-11-05T15:13:00",
    "Tue, 05 Nov 2024 24:00:00 +0700": "2024-11-05T17:00:00",
    "Tue, 05 Nov 2024 22:13:00 XYZ": "2024-11-05T15:13:00",
    "2024-11": "2024-10-31T17:00:00",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_time_is_read_as_written_and_the_sources_zone_fills_in(text: str) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.utc(WIB) == datetime.fromisoformat(WRITTEN[text]).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "kemarin",
        "Tue, 31 Feb 2024 22:13:00 +0700",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "0000-00-00 00:00:00",
        "-0001-11-30T00:00:00+00:00",
        "2024-13-45",
        "99 Foo 2024 25:61",
        "1" * 10_000,
    ],
)
def test_nonsense_is_no_time(text: str | None) -> None:
    assert read_moment(text) is None


@given(st.text(max_size=100))
def test_no_text_breaks_the_reading(text: str) -> None:
    moment = read_moment(text)
    assert moment is None or moment.utc(WIB).tzinfo is UTC


NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)


def moment(text: str) -> Moment:
    found = read_moment(text)
    assert found is not None
    return found


def test_a_local_clock_under_a_wrong_zones_name_is_taken_for_the_local_clock() -> None:
    # 11:50 in Padang is ten minutes ago; called +0000 it would be almost seven hours ahead.
    feed = [moment("2026-11-26T11:50:00+00:00"), moment("2026-11-26T08:00:00+00:00"), None]
    fixed = mended(feed, WIB, NOW)
    assert [m.utc(WIB) if m else None for m in fixed] == [
        datetime(2026, 11, 26, 4, 50, tzinfo=UTC),
        datetime(2026, 11, 26, 1, 0, tzinfo=UTC),
        None,
    ]


def test_a_true_zone_is_left_alone() -> None:
    feed = [moment("2026-11-26T04:50:00+00:00"), moment("2026-11-25T20:00:00-08:00")]
    assert mended(feed, WIB, NOW) == feed


def test_a_time_ahead_in_any_zone_does_not_condemn_the_zone() -> None:
    feed = [moment("2026-11-26T20:00:00+07:00"), moment("2026-11-26T10:00:00+07:00")]
    assert mended(feed, WIB, NOW) == feed


def test_a_zone_west_of_greenwich_is_wrong_where_the_cms_is_known_for_it() -> None:
    (fixed,) = mended([moment("2024-11-05T22:13:00-05:00")], WIB, NOW, west_is_wrong=True)
    assert fixed is not None
    assert fixed.utc(WIB) == datetime(2024, 11, 5, 15, 13, tzinfo=UTC)


def test_a_time_more_than_a_day_ahead_is_not_believed() -> None:
    assert believable(NOW + timedelta(hours=23), NOW) == NOW + timedelta(hours=23)
    assert believable(NOW + timedelta(hours=25), NOW) is None
    assert believable(None, NOW) is None
