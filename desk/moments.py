"""How moments and spans of time are put into words on the desk's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from feeds.items import ZONES

__all__ = ["ZONES", "shown_time", "span"]

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

_UNITS: Final = (
    (timedelta(days=1), "hari", "d"),
    (timedelta(hours=1), "jam", "h"),
    (timedelta(minutes=1), "menit", "min"),
)


def shown_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment on the desk's clock with the zone's Indonesian name: *26-11-2024 15.00 WIB*."""
    local = moment.astimezone(zone)
    return f"{local:%d-%m-%Y %H.%M} {ZONES.get(zone.key, local.tzname() or '')}".rstrip()


def span(length: timedelta, lang: str) -> str:
    """Return a length of time in its largest unit, rounded down: *3 jam*, *12 menit*; never negative."""
    for unit, indonesian, english in _UNITS:
        if length >= unit:
            return f"{length // unit} {english if lang == 'en' else indonesian}"
    return "< 1 min" if lang == "en" else "< 1 menit"
