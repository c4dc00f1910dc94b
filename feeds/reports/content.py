"""What reports are made of: incidents as they are printed, counts that add up, coverage in figures, times taken.

All texts come through `clean` and names through the mask; what is counted is counted here, from the same records, for
every format.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - fields of dataclasses that others may inspect
from typing import TYPE_CHECKING, Final

from data.gazetteer import KABKOTA
from data.records import IncidentStatus, Modality
from data.watching import CountedIncident, Coverage, CoverageState, WarningKind
from feeds.alerting import VERIFIED as VERIFIED_STATES
from feeds.items import UNVERIFIED, VERIFIED
from feeds.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.records import Review
    from feeds.items import AlertItem

NOTABLE_FROM: Final = 2
"""The level from which an incident is told one by one, and without which a day is nil (domain dossier, 4.1)."""

STATUS_WORDS: Final = {
    IncidentStatus.BELUM_DITINJAU: "belum ditinjau",
    IncidentStatus.VERIFIKASI: "sedang diverifikasi",
    IncidentStatus.BUKAN_ANCAMAN: "bukan ancaman",
    IncidentStatus.DUPLIKAT: "duplikat",
    IncidentStatus.TERVERIFIKASI: "terverifikasi",
    IncidentStatus.DITINDAKLANJUTI: "ditindaklanjuti",
    IncidentStatus.SELESAI: "selesai",
    IncidentStatus.DITUTUP: "ditutup tanpa tindak lanjut",
}
MODALITY_WORDS: Final = {
    Modality.KEJADIAN: "kejadian",
    Modality.DUGAAN: "dugaan",
    Modality.ANCAMAN_POTENSI: "ancaman/potensi",
    Modality.PENCEGAHAN_KEGIATAN: "pencegahan/kegiatan",
    Modality.PENANGANAN_HUKUM: "penanganan hukum",
    Modality.OPINI: "opini",
    Modality.TIDAK_RELEVAN: "tidak relevan",
}
REJECTED: Final = frozenset({IncidentStatus.BUKAN_ANCAMAN, IncidentStatus.DUPLIKAT})
"""What a person has said is none: not counted, but their number is told."""

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Controls that neither XML nor a terminal takes, and those that turn the direction of what follows."""
_SPACES = re.compile(r"\s+")
LONGEST_TITLE: Final = 220


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of each report: whose it is and about where.

    ``office`` is the desk's name. ``area`` is a code of a province or kabupaten/kota, None for the whole country;
    ``area_name`` its name. ``timezone`` is the desk's own. ``exercise`` marks a drill.
    """

    office: str
    area: str | None
    area_name: str
    timezone: str
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident as a report tells it, names masked.

    ``regions`` are the codes of its provinces and kabupaten/kota. ``happened`` are words, as the event's time is a
    span. ``quote`` is a sentence of the best article, "" where there is none. ``handling`` says what was done of it by
    the desk's last word, ``handlers`` who handles such by rule. ``url`` and ``outlet`` are the best article's.
    """

    id: int
    severity: int
    urgency: str
    signals: tuple[str, ...]
    signal_names: tuple[str, ...]
    modality: str
    place: str
    codes: tuple[str, ...]
    regions: tuple[str, ...]
    title: str
    happened: str
    first_seen: datetime
    spread: int
    independent_sources: int
    status: str
    verified: bool
    handling: str
    handlers: tuple[str, ...]
    quote: str = ""
    outlet: str = ""
    url: str = ""

    @property
    def verification(self) -> str:
        """Return *belum terverifikasi* until a person has verified it."""
        return VERIFIED if self.verified else UNVERIFIED


@dataclass(frozen=True, slots=True)
class WarningLine:
    """A burst or rising precursor as a report tells it; ``signal`` is a name, "semua sinyal" where it is of all.

    ``level`` is the gravest of its incidents' (None: not known).
    """

    kind: str
    signal: str
    place: str
    region: str
    start: datetime
    end: datetime
    observed: int
    expected: float
    q_value: float
    method: str
    incident_ids: tuple[int, ...]
    standing: bool
    level: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Incidents of a period, each once: by level 0 to 4, and by signal (one may have several)."""

    levels: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    signals: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        """Return how many incidents there are."""
        return sum(self.levels)

    @property
    def notable(self) -> int:
        """Return how many are of level 2 or more."""
        return sum(self.levels[NOTABLE_FROM:])

    def of_signal(self, slug: str) -> int:
        """Return how many have a signal."""
        return dict(self.signals).get(slug, 0)


@dataclass(frozen=True, slots=True)
class DayCount:
    """The incidents of one day by level."""

    day: date
    levels: tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class SourceCount:
    """The sources that concern an area, in a period.

    ``declared`` are switched on and cover it, national ones too; ``read`` of them were asked, ``answering`` answered at
    least once. ``silent`` names those that were asked and never answered. ``new_articles`` came in from the declared
    ones.
    """

    declared: int
    read: int
    answering: int
    silent: tuple[str, ...]
    new_articles: int


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long one step took: over ``n`` articles, median and nine tenths in minutes (None without any)."""

    name: str
    n: int
    median: float | None
    ninety: float | None


@dataclass(frozen=True, slots=True)
class CoverageCount:
    """How many kabupaten/kota are in which state; they add up to ``total``."""

    states: tuple[tuple[CoverageState, int], ...]

    @property
    def total(self) -> int:
        """Return the number of kabupaten/kota."""
        return sum(count for _, count in self.states)

    def of(self, *states: CoverageState) -> int:
        """Return how many are in one of the states."""
        return sum(count for state, count in self.states if state in states)

    @property
    def covered(self) -> int:
        """Return how many are read from at all, well or thinly: where silence means something."""
        return self.of(CoverageState.TERLIPUT, CoverageState.TIPIS, CoverageState.SUNYI)


def clean(text: str) -> str:
    """Return a text in one line, without characters that cannot be printed or that turn what follows."""
    return _SPACES.sub(" ", _UNPRINTABLE.sub(" ", text)).strip()


def counted(incidents: Iterable[CountedIncident]) -> Counts:
    """Count incidents, each once."""
    levels, signals = [0] * 5, Counter[str]()
    for one in incidents:
        levels[one.severity] += 1
        signals.update(set(one.signals))
    by_count = sorted(signals.items(), key=lambda pair: (-pair[1], pair[0]))
    return Counts((levels[0], levels[1], levels[2], levels[3], levels[4]), tuple(by_count))


def coverage_count(coverage: Mapping[str, Coverage], area: str | None) -> CoverageCount:
    """Count the kabupaten/kota of an area by their state."""
    states = Counter(one.state for code, one in coverage.items() if len(code) == KABKOTA and within(code, area))
    return CoverageCount(tuple((state, states[state]) for state in CoverageState))


def within(code: str, area: str | None) -> bool:
    """Return whether a unit is the area or lies in it; everything lies in the whole country (None)."""
    return area is None or code == area or code.startswith(f"{area}.")


def gravest_first(lines: Iterable[IncidentLine]) -> tuple[IncidentLine, ...]:
    """Return incidents the gravest first, of those the widest reported, of those the first seen."""
    return tuple(sorted(lines, key=lambda one: (-one.severity, -one.independent_sources, one.first_seen, one.id)))


def bursts_first(warnings: Iterable[WarningLine]) -> tuple[WarningLine, ...]:
    """Return warnings, bursts before precursors, those that chance explains least first."""
    return tuple(
        sorted(
            warnings,
            key=lambda one: (one.kind != WarningKind.LONJAKAN, one.q_value, -one.observed, one.region, one.signal),
        )
    )


def incident_line(item: AlertItem, reviews: Sequence[Review] = ()) -> IncidentLine:
    """Return an incident as reports tell it; ``reviews`` are its own, the first one first."""
    incident = item.incident
    codes = tuple(dict.fromkeys(place.code for place in incident.places))
    regions = {code[:length] for code in codes for length in (2, KABKOTA) if len(code) >= length}
    title = clean(item.title)
    return IncidentLine(
        id=incident.id,
        severity=incident.severity,
        urgency=str(incident.urgency),
        signals=incident.signals,
        signal_names=item.signal_names,
        modality=MODALITY_WORDS[incident.modality],
        place=item.place_names,
        codes=codes,
        regions=tuple(sorted(regions)),
        title=title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…",
        happened=item.event_time,
        first_seen=incident.first_seen,
        spread=incident.spread,
        independent_sources=incident.independent_sources,
        status=STATUS_WORDS[incident.status],
        verified=incident.status in VERIFIED_STATES,
        handling=handling_of(incident.status, reviews),
        handlers=item.contacts,
        quote=item.told().quotes[0] if item.quotes else "",
        outlet=clean(item.sources[0].outlet) if item.sources else "",
        url=item.link or "",
    )


def handling_of(status: IncidentStatus, reviews: Sequence[Review]) -> str:
    """Return what the desk has done of an incident: its status, with the reason of the last verdict, names masked."""
    reason = next((one.reason for one in reversed(reviews) if one.verdict is not None and one.reason.strip()), "")
    words = STATUS_WORDS[status]
    return f"{words}: {clean(masked(reason))}" if reason else words
