"""How soon somebody has to look at an incident, and how late it is.

P1 within 15 minutes, P2 within 2 hours, P3 before the shift ends in which it opened, P4 in the next morning's digest.
The clock runs from the opening until somebody of the desk looks at it or decides about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from data.errors import InputError
from data.records import Urgency

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

P1_WITHIN: Final = timedelta(minutes=15)
P2_WITHIN: Final = timedelta(hours=2)
SOON: Final = timedelta(minutes=15)
"""Before the clock runs out, from when on it is shown as pressing; of a P1 its last five minutes are."""
SOON_P1: Final = timedelta(minutes=5)

SHIFTS_KEY: Final = "jam_jaga"
"""The desk's setting of when shifts begin: a list of ``HH:MM`` on the desk's clock."""
SHIFTS: Final = (time(7), time(15), time(23))
"""When shifts begin unless the desk says otherwise."""
MOST_SHIFTS: Final = 8


class Clock(StrEnum):
    """Where the clock of an incident stands; the values are the design system's classes."""

    RUNNING = ""
    SOON = "soon"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done late-done"


@dataclass(frozen=True, slots=True)
class Sla:
    """Until when somebody had to look, and how it stands; ``left`` is what is left of it, negative once it is late.

    For one that was looked at, ``left`` is what was left then.
    """

    due: datetime
    clock: Clock
    left: timedelta

    @property
    def is_late(self) -> bool:
        """Return whether nobody has looked and the time is over."""
        return self.clock is Clock.LATE

    @property
    def is_done(self) -> bool:
        """Return whether somebody looked, in time or late."""
        return self.clock in {Clock.DONE, Clock.DONE_LATE}


def due_at(urgency: Urgency, opened_at: datetime, shifts: Sequence[time], zone: ZoneInfo) -> datetime:
    """Return until when somebody has to look at an incident that opened at a moment.

    ``shifts`` are the beginnings of the desk's shifts on the clock of ``zone``; the first of the day is the morning.
    """
    if urgency is Urgency.P1:
        return opened_at + P1_WITHIN
    if urgency is Urgency.P2:
        return opened_at + P2_WITHIN
    return next_beginning(opened_at, shifts if urgency is Urgency.P3 else (min(shifts),), zone)


def next_beginning(moment: datetime, shifts: Sequence[time], zone: ZoneInfo) -> datetime:
    """Return when the next shift after a moment begins, in the zone of ``moment``."""
    local = moment.astimezone(zone)
    days = (local.date() + timedelta(days=ahead) for ahead in range(3))
    starts = (datetime.combine(day, start, zone).astimezone(moment.tzinfo) for day in days for start in sorted(shifts))
    # Three days always hold one: each day has every beginning, whatever a change of the clock does to it.
    return min(start for start in starts if start > moment)


def shift_began(moment: datetime, shifts: Sequence[time], zone: ZoneInfo) -> datetime:
    """Return when the shift began in which a moment lies, in the zone of ``moment``."""
    local = moment.astimezone(zone)
    days = (local.date() - timedelta(days=back) for back in range(3))
    starts = (datetime.combine(day, start, zone).astimezone(moment.tzinfo) for day in days for start in sorted(shifts))
    return max(start for start in starts if start <= moment)


def sla_of(
    urgency: Urgency,
    opened_at: datetime,
    looked_at: datetime | None,
    now: datetime,
    shifts: Sequence[time],
    zone: ZoneInfo,
) -> Sla:
    """Return how the clock of an incident stands; ``looked_at`` None: nobody has looked yet."""
    due = due_at(urgency, opened_at, shifts, zone)
    if looked_at is not None:
        return Sla(due, Clock.DONE if looked_at <= due else Clock.DONE_LATE, due - looked_at)
    left = due - now
    if left < timedelta(0):
        return Sla(due, Clock.LATE, left)
    pressing = SOON_P1 if urgency is Urgency.P1 else SOON
    return Sla(due, Clock.SOON if left <= pressing else Clock.RUNNING, left)


def overdue_before(urgency: Urgency, now: datetime, shifts: Sequence[time], zone: ZoneInfo) -> datetime:
    """Return the moment before which an incident of that urgency must have opened to be late now.

    What a query needs: of all incidents that nobody looked at, those that opened before it are late.
    """
    if urgency is Urgency.P1:
        return now - P1_WITHIN
    if urgency is Urgency.P2:
        return now - P2_WITHIN
    # Late is what opened before the beginning that came last: its own time ended there.
    return shift_began(now - timedelta(microseconds=1), shifts if urgency is Urgency.P3 else (min(shifts),), zone)


def shifts_of(setting: Any) -> tuple[time, ...]:
    """Return when shifts begin by the desk's setting, a list of ``HH:MM`` (None: never set).

    Raises InputError for a setting that is none.
    """
    if setting is None:
        return SHIFTS
    if not isinstance(setting, list) or not 1 <= len(setting) <= MOST_SHIFTS:
        raise InputError(f"shifts are 1 to {MOST_SHIFTS} times of the day, like 07:00")
    try:
        found = sorted({time.fromisoformat(str(one).replace(".", ":")) for one in setting})
    except ValueError as error:
        raise InputError(f"shifts are 1 to {MOST_SHIFTS} times of the day, like 07:00") from error
    if any(start.tzinfo is not None or start.second or start.microsecond for start in found):
        raise InputError(f"shifts are 1 to {MOST_SHIFTS} times of the day, like 07:00")
    return tuple(found)
