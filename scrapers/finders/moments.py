"""Times as feeds and sitemaps write them, Indonesian words and missing or wrong zones included.

A `Moment` keeps the wall clock and the offset apart: whether an offset can be believed is only seen over a whole feed
(``mended``). Libraries were tried and lose what we need: fastfeedparser reads a time without a zone, and "WIB", as
UTC; feedparser gives no date for "Sen, 01 Jan 2024".
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SLACK = timedelta(minutes=10)
"""How far ahead of our clock a true time may lie: two machines' clocks differ by minutes, not by hours."""

FARTHEST_AHEAD = timedelta(hours=24)
"""A time further ahead is nonsense (a date typed wrong, a planned event), not a zone."""

OLDEST_YEAR = 1995
"""Before it no Indonesian news site was on the web; CMSes write 1970-01-01 and 0001-01-01 for "not known"."""

SAME_DAY_SHARE = 0.9
"""Share of one date at which times are a list's day of making: Varient stamps all of them so, but the home page."""

LONGEST = 80
"""Characters that a time can have: more is not a time, and is not searched."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as written: ``wall`` is naive, ``offset`` the zone that it names (None: it names none)."""

    wall: datetime
    offset: timedelta | None = None

    def utc(self, zone: ZoneInfo) -> datetime:
        """Return the moment in UTC; ``zone`` is used where none was named."""
        if self.offset is None:
            return self.wall.replace(tzinfo=zone).astimezone(UTC)
        return (self.wall - self.offset).replace(tzinfo=UTC)


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb februari pebruari february peb",
            "mar maret march mrt",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agustus ags agt aug august agus",
            "sep sept september",
            "okt oktober oct october",
            "nov november nop nopember",
            "des desember dec december",
        ),
        start=1,
    )
    for name in names.split()
}

ZONES = {
    "wib": 7.0,
    "wita": 8.0,
    "wit": 9.0,
    "z": 0.0,
    "ut": 0.0,
    "utc": 0.0,
    "gmt": 0.0,
    "sgt": 8.0,
    "est": -5.0,
    "edt": -4.0,
    "cst": -6.0,
    "cdt": -5.0,
    "mst": -7.0,
    "mdt": -6.0,
    "pst": -8.0,
    "pdt": -7.0,
}
"""Hours from UTC: Indonesia's own, RFC 822's, and no others: an unknown word is taken as no zone."""

_CLOCK = r"(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?\s*(?P<ampm>[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?:\s*\(?(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{2}|[A-Za-z]{1,5})\b\)?(?P<more>[+-]\d{1,2}(?::?\d{2})?)?)?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?<![-\d])(?P<y>\d{{4}})[-/](?P<mo>\d{{1,2}})[-/](?P<d>\d{{1,2}})(?:(?:\s*[T,]\s*|\s+){_CLOCK}{_ZONE})?",
        r"(?<![-\d])(?P<y>\d{4})(?P<mo>\d{2})(?P<d>\d{2})T(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})(?P<ampm>)(?P<zone>Z|[+-]\d{4})?(?P<more>)",
        rf"(?P<d>\d{{1,2}})[\s-]+(?P<name>[A-Za-z]{{3,9}})\.?[\s,-]+(?P<y>\d{{4}}|\d{{2}})(?:[\s,|-]+{_CLOCK}{_ZONE})?",
        rf"(?P<name>[A-Za-z]{{3,9}})\.?\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})(?:[\s,|-]+{_CLOCK}{_ZONE})?",
        # Day before month, as Indonesians write it.
        rf"(?P<d>\d{{1,2}})/(?P<mo>\d{{1,2}})/(?P<y>\d{{4}})(?:[\s,|-]+{_CLOCK}{_ZONE})?",
        r"(?<![-\d])(?P<y>\d{4})-(?P<mo>\d{1,2})(?P<d>)",
    )
)
_GROUPS = ("h", "m", "s", "ampm", "zone", "more", "name", "mo")


def read_moment(text: str | None) -> Moment | None:
    """Return the time that ``text`` holds; None where it holds none, or one before 1995.

    A weekday before it is passed over in any language (it is often wrong). A date without a time is its midnight.
    """
    if not text or len(text) > LONGEST:
        return None
    cleaned = " ".join(text.split())
    for form in _FORMS:
        found = form.search(cleaned)
        if found is not None and (moment := _moment(found)) is not None:
            return moment
    return None


def _moment(found: re.Match[str]) -> Moment | None:
    groups = found.groupdict()
    part = {name: groups.get(name) or "" for name in _GROUPS}
    year, day = int(found["y"]), int(found["d"] or 1)
    month = MONTHS.get(part["name"].lower(), 0) if part["name"] else int(part["mo"])
    if year < 100:  # RFC 822 wrote two digits
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(part[name] or 0) for name in ("h", "m", "s"))
    if part["ampm"]:
        hour = hour % 12 + (12 if part["ampm"][0] in "Pp" else 0)
    later = timedelta(days=1) if hour == 24 else timedelta()
    try:
        wall = datetime(year, month, day, hour % 24 if later else hour, minute, min(second, 59)) + later  # noqa: DTZ001 - a wall clock
        offset = _offset(part["zone"], part["more"])
        Moment(wall, offset).utc(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        return None
    return Moment(wall, offset) if year >= OLDEST_YEAR else None


def _offset(zone: str, more: str) -> timedelta | None:
    """Return the offset of "+0700", "+07", "WIB", or "GMT+7"; None where there is none or it cannot be."""
    word = zone.lower()
    if word in ZONES and not more:
        return timedelta(hours=ZONES[word])
    digits = more if word in {"gmt", "utc"} else zone if zone[:1] in {"+", "-"} else ""
    if not digits:
        return None
    figures = digits[1:].replace(":", "")
    hours, minutes = (int(figures), 0) if len(figures) <= 2 else (int(figures[:-2]), int(figures[-2:]))
    offset = timedelta(hours=hours, minutes=minutes)
    return None if offset > timedelta(hours=14) else (-offset if digits[0] == "-" else offset)


def mended(
    moments: Sequence[Moment | None], zone: ZoneInfo, now: datetime, *, west_is_wrong: bool = False
) -> list[Moment | None]:
    """Return the times of one feed with a wrong zone taken off all of them.

    Sites print their own wall clock under another zone's name. What was published just now then lies hours ahead: if
    some times lie ahead of ``now`` and, read on the source's own clock, none would, the named zone is wrong for the
    whole feed. ``west_is_wrong`` says so of every zone west of Greenwich (Varient left at America/New_York; Blogger's
    Pacific times on the other hand are true).
    """
    if west_is_wrong:
        moments = [
            replace(moment, offset=None)
            if moment and moment.offset is not None and moment.offset < timedelta()
            else moment
            for moment in moments
        ]
    ahead = [moment for moment in moments if moment is not None and _is_ahead(moment.utc(zone), now)]
    if not ahead:
        return list(moments)
    plain = [None if moment is None else replace(moment, offset=None) for moment in moments]
    near = [moment for moment in ahead if moment.utc(zone) <= now + FARTHEST_AHEAD]
    if not near or any(_is_ahead(replace(moment, offset=None).utc(zone), now) for moment in near):
        return list(moments)
    return plain


def _is_ahead(moment: datetime, now: datetime) -> bool:
    return moment > now + SLACK


def believable(moment: datetime | None, now: datetime) -> datetime | None:
    """Return ``moment`` unless it lies more than 24 hours ahead: then it is nonsense, and None."""
    return None if moment is None or moment > now + FARTHEST_AHEAD else moment


def says_nothing(moments: Iterable[Moment | None]) -> bool:
    """Return whether times say nothing of order: nine in ten are of one date, the day on which the list was made."""
    days = Counter(moment.wall.date() for moment in moments if moment is not None)
    return days.total() > 1 and max(days.values()) >= SAME_DAY_SHARE * days.total()
