"""Indonesian forms of numbers, days and moments, and how each kind of cell is written as text.

Numbers by the Indonesian usage (PUEBI: point for thousands, comma for decimals), clock times with a point. Days and
times are on the desk's own clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from feeds.items import SEVERITY_NAMES, ZONES

DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
NOTHING: Final = "–"
"""What stands where there is no value: an empty cell reads like a slip."""


@dataclass(frozen=True, slots=True)
class Level:
    """A severity, 0 to 4, as a cell: a number to machines, number and word (and colour) to people."""

    value: int

    @property
    def name(self) -> str:
        """Return the word of desks."""
        return SEVERITY_NAMES[self.value]


@dataclass(frozen=True, slots=True)
class Link:
    """An address as a cell; only http and https ones can be followed."""

    text: str
    url: str

    @property
    def followed(self) -> bool:
        """Return whether a reader may click it."""
        return self.url.lower().startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole as a cell, 0 to 1."""

    value: float


Cell = str | int | float | date | Level | Link | Share | None
"""What a table can hold; a ``datetime`` is a ``date`` too, and is aware."""


def number(value: int) -> str:
    """Return a whole number: *1.234*."""
    return f"{value:,}".replace(",", ".")


def decimal(value: float, places: int = 1) -> str:
    """Return a number with decimals: *1.234,5*."""
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def signed(value: int) -> str:
    """Return a change: *+3*, *−2*, *0*."""
    return "0" if value == 0 else f"{'+' if value > 0 else '−'}{number(abs(value))}"


def zone_name(timezone: str, at: datetime) -> str:
    """Return WIB, WITA or WIT, else what the zone calls itself."""
    return ZONES.get(timezone) or at.astimezone(ZoneInfo(timezone)).tzname() or ""


def long_day(day: date) -> str:
    """Return *Selasa, 5 November 2024*."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def day_span(first: date, last: date) -> str:
    """Return *25 November – 1 Desember 2024*, as short as it can be said; both days are in it."""
    if first == last:
        return long_day(first)
    start = f"{first.day}"
    if (first.year, first.month) != (last.year, last.month):
        start += f" {MONTHS[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} – {last.day} {MONTHS[last.month - 1]} {last.year}"


def short_day(day: date) -> str:
    """Return *Sel 5/11*."""
    return f"{DAYS[day.weekday()][:3]} {day.day}/{day.month}"


def moment(at: datetime, timezone: str) -> str:
    """Return *Selasa, 5 November 2024 pukul 22.13 WIB*."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{long_day(local.date())} pukul {local:%H.%M} {zone_name(timezone, at)}".rstrip()


def short_moment(at: datetime, timezone: str) -> str:
    """Return *05-11-2024 22.13*, for tables whose heading names the zone."""
    return f"{at.astimezone(ZoneInfo(timezone)):%d-%m-%Y %H.%M}"


def duration(minutes: float) -> str:
    """Return a length of time: *4 menit*, *3,5 jam*, *2,0 hari*."""
    length = timedelta(minutes=minutes)
    if length < timedelta(minutes=90):
        return f"{number(round(minutes))} menit"
    if length < timedelta(hours=48):
        return f"{decimal(minutes / 60)} jam"
    return f"{decimal(minutes / 60 / 24)} hari"


def joined(names: list[str] | tuple[str, ...]) -> str:
    """Return *a*, *a dan b*, *a, b, dan c*."""
    if len(names) < 3:
        return " dan ".join(names)
    return ", ".join(names[:-1]) + f", dan {names[-1]}"


def written(cell: Cell, timezone: str) -> str:
    """Return a cell as people read it."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, Level):
        return f"{cell.value} {cell.name}"
    if isinstance(cell, Link):
        return cell.text
    if isinstance(cell, Share):
        return f"{decimal(100 * cell.value, 0)} %"
    if isinstance(cell, datetime):
        return short_moment(cell, timezone)
    if isinstance(cell, date):
        return f"{DAYS[cell.weekday()]}, {cell:%d-%m-%Y}"
    if isinstance(cell, int):
        return number(cell)
    return decimal(cell) if isinstance(cell, float) else cell
