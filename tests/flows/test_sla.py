"""How soon somebody has to look, and how late it is: in every zone of the country."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.errors import InputError
from data.records import Urgency
from flows.sla import SHIFTS, Clock, due_at, overdue_before, shift_began, shifts_of, sla_of

JAKARTA, MAKASSAR, JAYAPURA = (ZoneInfo(f"Asia/{name}") for name in ("Jakarta", "Makassar", "Jayapura"))
BERLIN = ZoneInfo("Europe/Berlin")


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("urgency", "opened", "zone", "due"),
    [
        (Urgency.P1, utc(26, 8), JAKARTA, utc(26, 8, 15)),
        (Urgency.P2, utc(26, 23), JAKARTA, utc(27, 1)),
        # 15.00 WIB begins a shift: what opens then has all of it, until 23.00 WIB.
        (Urgency.P3, utc(26, 8), JAKARTA, utc(26, 16)),
        (Urgency.P3, utc(26, 7, 59), JAKARTA, utc(26, 8)),
        # The night shift of 23.00 WIB ends at 07.00 of the next day.
        (Urgency.P3, utc(26, 17), JAKARTA, utc(27, 0)),
        # 16.30 WITA and 17.30 WIT are in the shift that ends at 23.00 there: an hour earlier each.
        (Urgency.P3, utc(26, 8, 30), MAKASSAR, utc(26, 15)),
        (Urgency.P3, utc(26, 8, 30), JAYAPURA, utc(26, 14)),
        # 03.00 WIB: that morning's digest; 08.00 WIB: the next one's.
        (Urgency.P4, utc(25, 20), JAKARTA, utc(26, 0)),
        (Urgency.P4, utc(26, 1), JAKARTA, utc(27, 0)),
        (Urgency.P4, utc(26, 1), JAYAPURA, utc(26, 22)),
    ],
)
def test_until_when_somebody_has_to_look(urgency: Urgency, opened: datetime, zone: ZoneInfo, due: datetime) -> None:
    assert due_at(urgency, opened, SHIFTS, zone) == due


def test_a_change_of_the_clock_moves_the_end_of_the_shift_with_it() -> None:
    # 2024-03-31, Berlin: 02.00 becomes 03.00. 23.30 CET on the 30th; the shift ends at 07.00 CEST, 05.00 UTC.
    opened = datetime(2024, 3, 30, 22, 30, tzinfo=UTC)
    assert due_at(Urgency.P3, opened, SHIFTS, BERLIN) == datetime(2024, 3, 31, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("urgency", "looked", "now", "clock", "left"),
    [
        (Urgency.P1, None, utc(26, 8, 2), Clock.RUNNING, 13),
        (Urgency.P1, None, utc(26, 8, 10), Clock.SOON, 5),
        (Urgency.P1, None, utc(26, 8, 15), Clock.SOON, 0),
        (Urgency.P1, None, utc(26, 8, 40), Clock.LATE, -25),
        (Urgency.P1, utc(26, 8, 4), utc(26, 12), Clock.DONE, 11),
        (Urgency.P1, utc(26, 8, 35), utc(26, 12), Clock.DONE_LATE, -20),
        (Urgency.P2, None, utc(26, 9, 44), Clock.RUNNING, 16),
        (Urgency.P2, None, utc(26, 9, 45), Clock.SOON, 15),
        (Urgency.P2, None, utc(26, 10, 1), Clock.LATE, -1),
    ],
)
def test_how_the_clock_stands(
    urgency: Urgency, looked: datetime | None, now: datetime, clock: Clock, left: int
) -> None:
    found = sla_of(urgency, utc(26, 8), looked, now, SHIFTS, JAKARTA)
    assert (found.clock, found.left) == (clock, timedelta(minutes=left))
    assert found.is_late is (clock is Clock.LATE)
    assert found.is_done is (looked is not None)


@pytest.mark.parametrize("urgency", list(Urgency))
@pytest.mark.parametrize("zone", [JAKARTA, JAYAPURA, BERLIN])
def test_what_a_query_calls_late_is_what_the_clock_calls_late(urgency: Urgency, zone: ZoneInfo) -> None:
    for now in (utc(26, 0), utc(26, 8), utc(26, 8, 1), utc(26, 22, 30)):
        border = overdue_before(urgency, now, SHIFTS, zone)
        for minutes in range(-60 * 30, 1, 7):
            opened = now + timedelta(minutes=minutes)
            late = sla_of(urgency, opened, None, now, SHIFTS, zone).is_late
            assert late is (opened < border), (now, opened)


def test_a_shift_began_when_the_last_of_its_hours_struck() -> None:
    assert shift_began(utc(26, 8), SHIFTS, JAKARTA) == utc(26, 8)
    assert shift_began(utc(26, 7, 59), SHIFTS, JAKARTA) == utc(26, 0)
    assert shift_began(utc(26, 23, 59), SHIFTS, JAKARTA) == utc(26, 16)


def test_a_desk_says_when_its_shifts_begin() -> None:
    assert shifts_of(None) == (time(7), time(15), time(23))
    assert shifts_of(["19:30", "06.00"]) == (time(6), time(19, 30))
    for wrong in ([], ["25:00"], "07:00", ["pagi"], ["07:00:30"], [str(n) for n in range(9)], 7):
        with pytest.raises(InputError):
            shifts_of(wrong)
