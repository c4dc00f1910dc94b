"""What leaves the house about one incident, gathered into one record that every format writes from.

The words that people read are Indonesian; the machine fields keep their slugs. Nothing here is a whole article: two
masked sentences and the link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feeds.masking import masked

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import Alert, Incident

SEVERITY_NAMES = ("nihil", "rendah", "sedang", "tinggi", "kritis")
"""By level, 0 to 4, as desks say them."""

UNVERIFIED = "belum terverifikasi"
VERIFIED = "terverifikasi"
EXERCISE = "LATIHAN"

HANDLERS = {
    "politik_uang": ("Bawaslu/Gakkumdu",),
    "netralitas_aparatur": ("Bawaslu", "BKN"),
    "penyalahgunaan_wewenang": ("Bawaslu",),
    "pelanggaran_kampanye": ("Bawaslu", "Satpol PP"),
    "perusakan": ("Polres", "Bawaslu"),
    "kekerasan_intimidasi": ("Polres",),
    "konflik_massa": ("Polres", "Satpol PP"),
    "sara_kebencian": ("Polres", "Kesbangpol"),
    "hoaks_disinformasi": ("Diskominfo", "Polres (siber)"),
    "data_pemilih": ("KPU", "Bawaslu"),
    "logistik_tps": ("KPU",),
    "integritas_penyelenggara": ("Bawaslu", "DKPP"),
    "sengketa_tahapan": ("KPU", "Bawaslu"),
    "bencana_cuaca": ("BPBD", "KPU"),
}
"""Whom to call about which signal (domain dossier, section 4.5, point 8)."""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place of an incident: code, full name, and the point in degrees (None where none is known)."""

    code: str
    name: str
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One article behind an incident; ``is_copy`` says that its text is another outlet's."""

    outlet: str
    url: str
    title: str
    tier: int
    published: datetime | None
    first_seen: datetime
    is_copy: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class AlertItem:
    """An alert with what a reader needs to act on it.

    ``quotes`` are at most two sentences of the best article, as printed there. ``why`` are the cues that decided, and
    ``points`` the reasons of the severity. ``stage`` is the stage of the election on the day (None: outside one).
    ``signal_names`` are the Indonesian names of ``incident.signals``. ``timezone`` is that of the desk.
    ``article`` is the text of the best article, by which names are told from words; it is printed nowhere.
    ``earlier`` are the alert's revisions before this one, the first one first.
    """

    alert: Alert
    incident: Incident
    places: tuple[PlaceLine, ...]
    sources: tuple[SourceLine, ...]
    signal_names: tuple[str, ...]
    quotes: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    points: tuple[tuple[str, int], ...] = ()
    stage: str | None = None
    timezone: str = "Asia/Jakarta"
    article: str = ""
    earlier: tuple[Alert, ...] = ()

    @property
    def status(self) -> str:
        """Return *belum terverifikasi* until a person has verified it."""
        return VERIFIED if self.alert.verified else UNVERIFIED

    @property
    def severity_name(self) -> str:
        """Return the level by its name."""
        return SEVERITY_NAMES[self.incident.severity]

    @property
    def place_names(self) -> str:
        """Return the places as people read them."""
        return "; ".join(place.name for place in self.places) or "tempat belum diketahui"

    @property
    def title(self) -> str:
        """Return what the best article is called, names masked."""
        return masked(self.incident.title, self.article)

    @property
    def headline(self) -> str:
        """Return level, signal, place and what has happened, in one line, names masked."""
        drill = f"{EXERCISE} – " if self.alert.exercise else ""
        gone = "DICABUT – " if self.alert.state == "cancelled" else ""
        signal = self.signal_names[0] if self.signal_names else "Kerawanan"
        return f"{drill}{gone}[{self.severity_name.upper()}] {signal} – {self.place_names}: {self.title}"

    @property
    def body(self) -> str:
        """Return the alert as plain text, line by line, names masked (domain dossier, section 4.5)."""
        incident = self.incident
        lines = [
            f"Tingkat: {incident.severity} ({self.severity_name}), {incident.urgency}. Status: {self.status}.",
            f"Sinyal: {', '.join(self.signal_names) or '-'}. Modalitas: {incident.modality}.",
            f"Tempat: {self.place_names}.",
            f"Waktu kejadian: {self.event_time}.",
            *(f"“{masked(quote)}”" for quote in self.quotes),
            f"Sumber asli yang berdiri sendiri: {incident.independent_sources}; sebaran: {incident.spread} berita.",
            *(self._source_text(source) for source in self.sources),
        ]
        if self.points:
            lines.append("Alasan tingkat: " + "; ".join(f"{why} ({points:+d})" for why, points in self.points) + ".")
        if self.why:
            lines.append("Ditandai karena: " + "; ".join(self.why) + ".")
        if self.stage:
            lines.append(f"Tahapan: {self.stage}.")
        if self.contacts:
            lines.append(f"Yang menangani: {', '.join(self.contacts)}.")
        if self.alert.reason:
            lines.append(f"Catatan: {self.alert.reason}.")
        return "\n".join(lines)

    @property
    def event_time(self) -> str:
        """Return when it happened on the desk's clock; *belum diketahui* where no text says so."""
        time = self.incident.event_time
        if time is None:
            return "belum diketahui"
        return self.shown_span(time.start, time.end)

    @property
    def contacts(self) -> tuple[str, ...]:
        """Return whom to call, by the signals, each once."""
        return tuple(dict.fromkeys(who for signal in self.incident.signals for who in HANDLERS.get(signal, ())))

    @property
    def link(self) -> str | None:
        """Return the best article's own address."""
        return self.sources[0].url if self.sources else None

    def shown(self, moment: datetime) -> str:
        """Return a moment on the desk's clock, with the zone's Indonesian name."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        zone = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
        return f"{local:%d-%m-%Y %H.%M} {zone.get(self.timezone, local.tzname() or '')}".rstrip()

    def shown_span(self, first: datetime, last: datetime) -> str:
        """Return a span on the desk's clock as short as it can be said: a day, a part of one, or from and to."""
        zone = ZoneInfo(self.timezone)
        start, end = first.astimezone(zone), last.astimezone(zone)
        if first == last:
            return self.shown(first)
        if start.date() != end.date():
            return f"{self.shown(first)} s.d. {self.shown(last)}"
        if (start.hour, start.minute, end.hour, end.minute) == (0, 0, 23, 59):
            return f"{start:%d-%m-%Y}"
        return f"{start:%d-%m-%Y %H.%M}–{self.shown(last).partition(' ')[2]}"

    def _source_text(self, source: SourceLine) -> str:
        marks = [f"tier {source.tier}"]
        if source.is_copy:
            marks.append("salinan")
        if source.withdrawn:
            marks.append("ditarik media")
        return f"- {source.outlet} ({', '.join(marks)}), pertama terlihat {self.shown(source.first_seen)}: {source.url}"
