"""What leaves the house about one incident, gathered into one record that every format writes from.

`AlertItem` is what is known, as the press printed it; `Told` is what may leave of it: names masked, texts and addresses
clean. Formats write from `AlertItem.told()` alone, so that none can forget it. The words that people read are
Indonesian; the machine fields keep their slugs. Nothing here is a whole article: two masked sentences and the link.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from feeds.clean import address_of, line_of
from feeds.masking import masked_all, names_in, names_of

if TYPE_CHECKING:
    from data.records import Alert, AlertState, Incident

SEVERITY_NAMES = ("nihil", "rendah", "sedang", "tinggi", "kritis")
"""By level, 0 to 4, as desks say them."""

UNVERIFIED = "belum terverifikasi"
VERIFIED = "terverifikasi"
EXERCISE = "LATIHAN"
DRILL = "LATIHAN: ini bukan kejadian nyata."
"""The banner: the first line of everything that is said in a drill."""

ZONES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
"""The Indonesian names of the country's time zones."""

AHEAD: Final = {
    "Asia/Jakarta": timedelta(hours=7),
    "Asia/Pontianak": timedelta(hours=7),
    "Asia/Makassar": timedelta(hours=8),
    "Asia/Jayapura": timedelta(hours=9),
}
FIXED_SINCE: Final = datetime(1988, 1, 1, tzinfo=UTC)
"""From when on these zones are so far ahead of UTC, all year (Keppres 41/1987; the tz database agrees)."""

STATE_NAMES: Final = {"raised": "baru", "updated": "diperbarui", "cancelled": "dicabut"}
"""What has become of an alert, in words."""

LONGEST_TITLE: Final = 300
"""Characters of a headline as an article printed it; more is no headline (the longest of the sites read has 180)."""

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
    """One place of an incident, named by the gazetteer: code, full name, and the point in degrees (None: not known).

    ``bps`` is the code that the statistics office has for it, None where not known. ``radius_km`` is how far the unit
    reaches around the point, None where nothing tells.
    """

    code: str
    name: str
    point: tuple[float, float] | None
    bps: str | None = None
    radius_km: float | None = None


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
    ``article`` is the text of the best article, by which names are told from words; it is printed nowhere. ``names``
    are the names to hide that `feeds.masking.names_of` finds in it, None where nobody has looked yet.
    ``earlier`` are the alert's revisions before this one, the first one first. ``signal_names_en`` are the English
    names of the signals, () where nobody gave them.
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
    signal_names_en: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    _told: Told | None = field(init=False, default=None, compare=False, repr=False)

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
        return "; ".join(place.name for place in self.places) or UNPLACED

    @property
    def title(self) -> str:
        """Return what the best article is called, names masked."""
        return self.told().title

    @property
    def headline(self) -> str:
        """Return level, signal, place and what has happened, in one line, names masked."""
        return self.told().headline

    @property
    def body(self) -> str:
        """Return the alert as plain text, line by line, names masked (domain dossier, section 4.5)."""
        return self.told().body

    @property
    def hidden(self) -> tuple[str, ...]:
        """Return the names to hide: those that were found, or what `names_of` finds where nobody has looked yet."""
        return names_of(self.incident.title, self.article) if self.names is None else self.names

    @property
    def event_time(self) -> str:
        """Return when it happened on the desk's clock; *belum diketahui* where no text says so."""
        time = self.incident.event_time
        return "belum diketahui" if time is None else shown_span(time.start, time.end, self.timezone)

    @property
    def contacts(self) -> tuple[str, ...]:
        """Return whom to call, by the signals, each once."""
        return contacts_of(self.incident.signals)

    @property
    def link(self) -> str | None:
        """Return the best article's own address; None where there is none, or none that may be followed."""
        return self.told().link

    def shown(self, moment: datetime) -> str:
        """Return a moment on the desk's clock, with the zone's Indonesian name."""
        return shown(moment, self.timezone)

    def shown_span(self, first: datetime, last: datetime) -> str:
        """Return a span on the desk's clock as short as it can be said."""
        return shown_span(first, last, self.timezone)

    def told(self) -> Told:
        """Return what may leave of it; made once, whichever formats are written."""
        if self._told is None:
            object.__setattr__(self, "_told", self._tell())
        assert self._told is not None  # noqa: S101  # said by the lines before; for the type checker
        return self._told

    def _tell(self) -> Told:
        alert, incident = self.alert, self.incident
        names = list(self.hidden)
        for text in (*self.quotes, alert.reason):
            if text not in self.article:  # a quote nearly always is
                names += names_in(text)
        if len(names) > 1:
            names = sorted(dict.fromkeys(names), key=len, reverse=True)
        reasons = [why for why, _ in self.points]
        # Cleaned first: a control character between a role word and a name must not hide the name from masking.
        first, *texts = [line_of(text) for text in (incident.title, *self.quotes, *self.why, *reasons, alert.reason)]
        title, *hidden = masked_all(first, texts, self.article, names)
        cues = len(self.quotes) + len(self.why)
        time = incident.event_time
        return Told(
            uid=alert.uid,
            incident_id=incident.id,
            revision=alert.revision,
            state=alert.state,
            at=alert.at,
            raised_at=alert.first_raised_at,
            verified=alert.verified,
            exercise=alert.exercise,
            earlier=tuple([(one.revision, one.at) for one in self.earlier]),
            title=_cut(title),
            quotes=tuple(hidden[: len(self.quotes)]),
            why=tuple(hidden[len(self.quotes) : cues]),
            reason=hidden[-1],
            points=tuple(zip(hidden[cues:-1], [points for _, points in self.points], strict=True)),
            signals=incident.signals,
            signal_names=self.signal_names,
            signal_names_en=self.signal_names_en or self.signal_names,
            modality=str(incident.modality),
            severity=incident.severity,
            urgency=str(incident.urgency),
            places=self.places,
            event=None if time is None else (time.start, time.end),
            event_time=self.event_time,
            first_seen=incident.first_seen,
            independent_sources=incident.independent_sources,
            spread=incident.spread,
            stage=None if self.stage is None else line_of(self.stage),
            contacts=self.contacts,
            sources=tuple(
                [
                    ToldSource(
                        line_of(source.outlet),
                        address_of(source.url),
                        source.tier,
                        source.published,
                        source.first_seen,
                        source.is_copy,
                        source.withdrawn,
                    )
                    for source in self.sources
                ]
            ),
            timezone=self.timezone,
        )


UNPLACED: Final = "tempat belum diketahui"


class ToldSource(NamedTuple):
    """One article behind an alert as it leaves; ``url`` is None where the address is none to follow."""

    outlet: str
    url: str | None
    tier: int
    published: datetime | None
    first_seen: datetime
    is_copy: bool
    withdrawn: bool


class Told(NamedTuple):
    """What may leave of an alert: every text one clean line with names masked, every address one to follow.

    ``earlier`` are number and moment of the revisions before this one. ``event`` is from when to when it happened, None
    where no text says so. Everything else is as in `AlertItem`, `Alert` and `Incident`. It and its sources are tuples:
    a feed makes hundreds of thousands of them, and a frozen dataclass of so many fields takes five times as long.
    """

    uid: str
    incident_id: int
    revision: int
    state: AlertState
    at: datetime
    raised_at: datetime
    verified: bool
    exercise: bool
    earlier: tuple[tuple[int, datetime], ...]
    title: str
    quotes: tuple[str, ...]
    why: tuple[str, ...]
    reason: str
    points: tuple[tuple[str, int], ...]
    signals: tuple[str, ...]
    signal_names: tuple[str, ...]
    signal_names_en: tuple[str, ...]
    modality: str
    severity: int
    urgency: str
    places: tuple[PlaceLine, ...]
    event: tuple[datetime, datetime] | None
    event_time: str
    first_seen: datetime
    independent_sources: int
    spread: int
    stage: str | None
    contacts: tuple[str, ...]
    sources: tuple[ToldSource, ...]
    timezone: str

    @property
    def status(self) -> str:
        """Return *belum terverifikasi* until a person has verified it."""
        return VERIFIED if self.verified else UNVERIFIED

    @property
    def severity_name(self) -> str:
        """Return the level by its name."""
        return SEVERITY_NAMES[self.severity]

    @property
    def place_names(self) -> str:
        """Return the places as people read them."""
        return "; ".join([place.name for place in self.places]) or UNPLACED

    @property
    def point(self) -> PlaceLine | None:
        """Return the finest place that has a point; None where none has."""
        for place in self.places:
            if place.point:
                return place
        return None

    @property
    def link(self) -> str | None:
        """Return the address of the best article that has one to follow."""
        return next((source.url for source in self.sources if source.url), None)

    @property
    def copies(self) -> int:
        """Return how many of the articles have another outlet's text."""
        return [source.is_copy for source in self.sources].count(True)

    @property
    def headline(self) -> str:
        """Return level, signal, place and what has happened, in one line."""
        drill = f"{EXERCISE} – " if self.exercise else ""
        gone = "DICABUT – " if self.state == "cancelled" else ""
        signal = self.signal_names[0] if self.signal_names else "Kerawanan"
        return f"{drill}{gone}[{self.severity_name.upper()}] {signal} – {self.place_names}: {self.title}"

    @property
    def marked_title(self) -> str:
        """Return the title alone, which says so in a drill: for tables whose columns say the rest."""
        return f"{EXERCISE} – {self.title}" if self.exercise else self.title

    @property
    def body(self) -> str:
        """Return the alert as plain text, line by line (domain dossier, section 4.5)."""
        number = self.copies
        copies = f", {number} di antaranya salinan" if number else ""
        places = "; ".join([f"{place.name} ({place.code})" for place in self.places]) or UNPLACED
        lines = [
            f"Tingkat: {self.severity} ({self.severity_name}), {self.urgency}. Status: {self.status}.",
            f"Sinyal: {', '.join(self.signal_names) or '-'}. Modalitas: {self.modality}.",
            f"Tempat: {places}.",
            f"Waktu kejadian: {self.event_time}.",
            *[f"“{quote}”" for quote in self.quotes],
            f"Sumber asli yang berdiri sendiri: {self.independent_sources}; sebaran: {self.spread} berita{copies}.",
            *[_source_line(source, self.timezone) for source in self.sources],
        ]
        if self.exercise:
            lines.insert(0, DRILL)
        if self.points:
            lines.append(f"Alasan tingkat: {'; '.join([f'{why} ({points:+d})' for why, points in self.points])}.")
        if self.why:
            lines.append(f"Ditandai karena: {'; '.join(self.why)}.")
        if self.stage:
            lines.append(f"Tahapan: {self.stage}.")
        if self.contacts:
            lines.append(f"Yang menangani: {', '.join(self.contacts)}.")
        if self.reason:
            lines.append(f"Catatan: {self.reason}.")
        lines.append(f"Revisi {self.revision}, {STATE_NAMES[self.state]}.")
        return "\n".join(lines)

    def shown(self, moment: datetime) -> str:
        """Return a moment on the desk's clock, with the zone's Indonesian name."""
        return shown(moment, self.timezone)


def _source_line(source: ToldSource, timezone: str) -> str:
    outlet, url, tier, _, first_seen, is_copy, withdrawn = source
    copied = ", salinan" if is_copy else ""
    gone = ", ditarik media" if withdrawn else ""
    seen = shown(first_seen, timezone)
    return f"- {outlet} (tier {tier}{copied}{gone}), pertama terlihat {seen}: {url or 'tanpa tautan'}"


@lru_cache(maxsize=256)
def contacts_of(signals: tuple[str, ...]) -> tuple[str, ...]:
    """Return whom to call about some signals, each once."""
    return tuple(dict.fromkeys(who for signal in signals for who in HANDLERS.get(signal, ())))


def shown(moment: datetime, timezone: str) -> str:
    """Return a moment on a clock, with the zone's Indonesian name: *26-11-2024 22.00 WIB*."""
    local = _local(moment, timezone)
    return f"{_day(local)} {_clock(local, timezone)}"


def shown_span(first: datetime, last: datetime, timezone: str) -> str:
    """Return a span on a clock as short as it can be said: a day, a part of one, or from and to."""
    start = _local(first, timezone)
    day = _day(start)
    if first == last:
        return f"{day} {_clock(start, timezone)}"
    end = _local(last, timezone)
    if (last_day := _day(end)) != day:
        return f"{day} {_clock(start, timezone)} s.d. {last_day} {_clock(end, timezone)}"
    if (start.hour, start.minute, end.hour, end.minute) == (0, 0, 23, 59):
        return day
    return f"{day} {_TIME % (start.hour, start.minute)}–{_clock(end, timezone)}"


def _local(moment: datetime, timezone: str) -> datetime:
    ahead = AHEAD.get(timezone)
    if ahead is None or moment.tzinfo is not UTC or moment < FIXED_SINCE:
        return moment.astimezone(ZoneInfo(timezone))
    return moment + ahead  # what it shows is right, its zone is not: a third of the time for what is only printed


_DAY: Final = "%02d-%02d-%04d"
_TIME: Final = "%02d.%02d"
"""Filled in by ``%``, which takes a third of the time of fields with a width in an f-string."""


def _day(local: datetime) -> str:
    return _DAY % (local.day, local.month, local.year)


def _clock(local: datetime, timezone: str) -> str:
    zone = ZONES.get(timezone) or local.tzname()
    time = _TIME % (local.hour, local.minute)
    return f"{time} {zone}" if zone else time


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
