"""What leaves the house: alerts in the formats that other programs and people read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote

from data.errors import InputError, UnknownItemError
from feeds.clean import address_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from feeds.items import AlertItem

RIGHTS: Final = (
    "Peringatan, kode, dan ringkasannya boleh dipakai ulang dengan menyebut Kentongan dan media yang dikutip. "
    "Judul dan kutipan tetap milik medianya (UU 28/2014 Pasal 43 huruf c): dikutip seperlunya, beserta tautan."
)
SOURCE: Final = (
    "Disusun mesin dari berita media yang terbuka untuk umum; tiap peringatan menyebut media, tautan asli, dan jumlah "
    "sumber yang berdiri sendiri. Belum terverifikasi sampai petugas memeriksanya. Nama tersangka, korban, saksi, dan "
    "anak disamarkan menjadi inisial."
)
CORRECTIONS: Final = (
    "Berita yang diralat atau ditarik, dan peringatan yang dibatalkan petugas, terbit lagi dengan id yang sama: revisi "
    "naik, keadaan menjadi diperbarui atau dicabut. Yang dicabut jangan dipakai lagi."
)

_IN_TAGS: Final = "-._~!$&'()*+,;=:@/?%"
"""What may stand in the last part of a tag URI besides letters and digits (RFC 4151, 2.1)."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where a document stands in a feed of several (RFC 5005): the addresses of the other pages, None where none is.

    ``complete`` says that the feed has no other pages and holds all there is (RFC 5005, section 2).
    """

    first: str | None = None
    previous: str | None = None
    next: str | None = None
    last: str | None = None
    complete: bool = False

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Return relation and address of each other page that there is; none where the feed is complete."""
        if self.complete:
            return ()
        named = (("first", self.first), ("previous", self.previous), ("next", self.next), ("last", self.last))
        return tuple((relation, address) for relation, address in named if address)


@dataclass(frozen=True, slots=True)
class Channel:
    """Who publishes a feed: ``authority`` (a domain, for tag URIs, RFC 4151), title, and where the files can be had.

    ``base_url`` ends with a slash, or is empty where the files are not served. ``now`` dates a feed without items.
    ``name`` tells the feeds of one authority apart, as part of the feed's id: one of a region or a signal has its own.
    ``self_url`` is where this very document is had; empty: ``base_url`` and the format's file. ``updated`` is when
    anything in it last changed; None: the latest of a sequence of items, the first of any other iterable (the newest
    come first). ``rights``, ``source`` and ``corrections`` are what every feed states of itself; ``rights_url`` is the
    address of a licence (RFC 4946), ``contact`` an e-mail address for corrections, ``about`` a page on the machine
    fields. ``exercise`` marks the whole feed as a drill.
    """

    authority: str
    now: datetime
    title: str = "Kentongan – peringatan dini"
    description: str = "Kerawanan dalam berita daerah. Belum terverifikasi kecuali dinyatakan lain."
    base_url: str = ""
    name: str = "alerts"
    self_url: str = ""
    updated: datetime | None = None
    page: Page | None = None
    rights: str = RIGHTS
    rights_url: str = ""
    source: str = SOURCE
    corrections: str = CORRECTIONS
    contact: str = ""
    about: str = ""
    exercise: bool = False

    @property
    def home(self) -> str:
        """Return where people find out about the feed: the folder of the files, else the authority itself."""
        return (address_of(self.base_url) if self.base_url else None) or f"https://{self.authority}/"

    @property
    def email(self) -> str:
        """Return ``contact`` where it is an e-mail address; "" where it is none."""
        return self.contact if re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", self.contact, re.ASCII) else ""

    @property
    def heading(self) -> str:
        """Return the title, which says so where all of it is a drill."""
        return f"LATIHAN – {self.title}" if self.exercise else self.title

    @property
    def statement(self) -> str:
        """Return what people read below the title: what this is, from where, on what terms, how it is corrected."""
        drill = "LATIHAN: isi umpan ini bukan kejadian nyata. " if self.exercise else ""
        asked = f" Koreksi: {self.contact}." if self.contact else ""
        return f"{drill}{self.description} {self.source} {self.rights} {self.corrections}{asked}"

    def url_of(self, name: str) -> str:
        """Return the address of a format's document: ``self_url``, else that of its file."""
        return self.self_url or f"{self.home}{FORMATS[name].file}"

    def message_url(self, incident_id: int) -> str:
        """Return the address of the CAP message of an incident."""
        return f"{self.home}{message_file(incident_id)}"

    def tag(self, name: str) -> str:
        """Return a name of this authority for all time (RFC 4151): ids of feeds, schemes of categories."""
        return f"tag:{self.authority},2024:kentongan:{quote(name, safe=_IN_TAGS)}"


class Writer(Protocol):
    """What writes a format: pieces of the document in order, of any number of items, never all of them in memory."""

    def __call__(self, items: Iterable[AlertItem], channel: Channel, /) -> Iterator[bytes]:
        """Yield the document piece by piece; the newest alerts come first."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its file name, media type and the module that writes it; ``single`` ones are written per alert."""

    file: str
    media_type: str
    module: str
    single: bool = False

    @property
    def chunks(self) -> Writer:
        """Return the function that writes it piece by piece, imported now: feeds are no reason to start slowly."""
        from importlib import import_module

        writer: Writer = getattr(import_module(f"feeds.{self.module}"), self.module)
        return writer

    def write(self, items: Iterable[AlertItem], channel: Channel) -> bytes:
        """Return the whole document; InputError for a ``single`` format and any other number of items than one."""
        return b"".join(self.chunks(items, channel))


FORMATS = {
    "atom": Format("alerts.atom", "application/atom+xml", "atom"),
    "rss": Format("alerts.rss", "application/rss+xml", "rss"),
    "jsonfeed": Format("alerts.json", "application/feed+json", "jsonfeed"),
    "geojson": Format("alerts.geojson", "application/geo+json", "geojson"),
    "csv": Format("alerts.csv", "text/csv; charset=utf-8", "spreadsheet"),
    "xlsx": Format("alerts.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "workbook"),
    "ndjson": Format("alerts.ndjson", "application/x-ndjson", "ndjson"),
    "cap": Format("cap.xml", "application/cap+xml", "cap", single=True),
    "cap-index": Format("cap/index.rss", "application/rss+xml", "cap_index"),
}
"""Every format by the name that `kentongan export` takes."""


def message_file(incident_id: int) -> str:
    """Return where the CAP message of an incident lies below the feeds' folder."""
    return f"cap/kejadian-{incident_id}.xml"


def changed_last(items: Iterable[AlertItem], channel: Channel) -> tuple[datetime, Iterable[AlertItem]]:
    """Return when anything in a feed last changed, by the rule of `Channel.updated`, and the items, none lost."""
    if channel.updated is not None:
        return channel.updated, items
    if isinstance(items, Sequence):
        return max((item.alert.at for item in items), default=channel.now), items
    rest = iter(items)
    first = next(rest, None)
    return (channel.now, ()) if first is None else (first.alert.at, chain((first,), rest))


def only_one(items: Iterable[AlertItem]) -> AlertItem:
    """Return the one item of a ``single`` format; InputError where there are none or several."""
    few = list(items)
    if len(few) != 1:
        raise InputError("a CAP message is about one alert")
    return few[0]


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
