"""What leaves the house: alerts in the formats that other programs and people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import UnknownItemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from feeds.items import AlertItem


@dataclass(frozen=True, slots=True)
class Channel:
    """Who publishes a feed: ``authority`` (a domain, for tag URIs, RFC 4151), title, and where the files can be had.

    ``base_url`` ends with a slash, or is empty where the files are not served. ``now`` dates a feed without items.
    """

    authority: str
    now: datetime
    title: str = "Kentongan – peringatan dini"
    description: str = "Kerawanan dalam berita daerah. Belum terverifikasi kecuali dinyatakan lain."
    base_url: str = ""

    def url_of(self, name: str) -> str:
        """Return the address of a format's file."""
        return f"{self.base_url or f'https://{self.authority}/'}{FORMATS[name].file}"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its file name, media type and the module that writes it; ``single`` ones are written per alert."""

    file: str
    media_type: str
    module: str
    single: bool = False

    @property
    def write(self) -> Callable[[Sequence[AlertItem], Channel], bytes]:
        """Return the function that writes it, imported now: feeds are no reason to start slowly."""
        from importlib import import_module

        writer: Callable[[Sequence[AlertItem], Channel], bytes] = getattr(
            import_module(f"feeds.{self.module}"), self.module
        )
        return writer


FORMATS = {
    "atom": Format("alerts.atom", "application/atom+xml", "atom"),
    "jsonfeed": Format("alerts.json", "application/feed+json", "jsonfeed"),
    "geojson": Format("alerts.geojson", "application/geo+json", "geojson"),
    "csv": Format("alerts.csv", "text/csv; charset=utf-8", "spreadsheet"),
    "cap": Format("cap.xml", "application/cap+xml", "cap", single=True),
}
"""Every format by the name that `kentongan export` takes."""


def format_named(name: str) -> Format:
    """Return the format of that name; UnknownItemError lists them where there is none."""
    if name not in FORMATS:
        raise UnknownItemError("format", name, hint=f"there are {', '.join(FORMATS)}")
    return FORMATS[name]


@dataclass(frozen=True, slots=True)
class Report:
    """A report for people: what it is called, and the module under ``feeds.reports`` whose ``document`` makes it."""

    title: str
    module: str


REPORTS = {
    "daily": Report("Laporan Harian Desk Pilkada", "daily"),
    "weekly": Report("Tren Mingguan Desk Pilkada", "weekly"),
    "incident": Report("Laporan Informasi", "laporan_informasi"),
}
"""Every report by the name that `kentongan report` takes; the files' formats are in ``feeds.reports.FILE_FORMATS``."""
