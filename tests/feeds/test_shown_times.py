"""Moments and spans as people read them: on the desk's clock, as short as they can be said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from feeds.items import AHEAD, FIXED_SINCE, shown, shown_span

EVENING = datetime(2024, 11, 26, 15, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (EVENING, "Asia/Jakarta", "26-11-2024 22.05 WIB"),
        (EVENING, "Asia/Pontianak", "26-11-2024 22.05 WIB"),
        (EVENING, "Asia/Makassar", "26-11-2024 23.05 WITA"),
        (EVENING, "Asia/Jayapura", "27-11-2024 00.05 WIT"),
        (EVENING, "Asia/Dili", "27-11-2024 00.05 +09"),
        (EVENING, "Europe/Amsterdam", "26-11-2024 16.05 CET"),
        (EVENING.astimezone(timezone(timedelta(hours=-5))), "Asia/Jakarta", "26-11-2024 22.05 WIB"),
        # Pontianak was an hour further on until 1988.
        (datetime(1987, 6, 1, 0, 0, tzinfo=UTC), "Asia/Pontianak", "01-06-1987 08.00 WIB"),
    ],
)
def test_a_moment_is_shown_on_the_desks_clock(moment: datetime, zone: str, said: str) -> None:
    assert shown(moment, zone) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (EVENING, EVENING, "26-11-2024 22.05 WIB"),
        (EVENING, EVENING + timedelta(minutes=30), "26-11-2024 22.05–22.35 WIB"),
        (EVENING, EVENING + timedelta(hours=3), "26-11-2024 22.05 WIB s.d. 27-11-2024 01.05 WIB"),
        (datetime(2024, 11, 25, 17, tzinfo=UTC), datetime(2024, 11, 26, 16, 59, tzinfo=UTC), "26-11-2024"),
    ],
)
def test_a_span_is_as_short_as_it_can_be_said(first: datetime, last: datetime, said: str) -> None:
    assert shown_span(first, last, "Asia/Jakarta") == said


@pytest.mark.parametrize("zone", list(AHEAD))
def test_the_fixed_offsets_are_those_of_the_tz_database(zone: str) -> None:
    days = range(0, 365 * 60, 7)
    offsets = {(FIXED_SINCE + timedelta(days=day)).astimezone(ZoneInfo(zone)).utcoffset() for day in days}
    assert offsets == {AHEAD[zone]}
