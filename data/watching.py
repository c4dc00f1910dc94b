"""What the watch over regions and sources finds: bursts, rising precursors, coverage, and the picture of a region.

Frozen records between ``classifiers`` (which decides), ``data.store`` (which keeps), ``flows.watch`` (which runs) and
``feeds.reports`` (which prints). Regions are Kemendagri codes of a province (``13``) or a kabupaten/kota (``13.77``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from enum import StrEnum
from typing import TYPE_CHECKING

from data.records import Modality  # noqa: TC001 - a field of a dataclass that others may inspect

if TYPE_CHECKING:
    from collections.abc import Mapping


class WarningKind(StrEnum):
    """Why a region is brought before the desk although no single incident asks for it."""

    LONJAKAN = "lonjakan"  # more incidents than its own past lets expect
    PRAKURSOR = "prakursor"  # threats and allegations building up before a stage date


class Scale(StrEnum):
    """Over what one count is taken."""

    JAM = "jam"
    HARI = "hari"


@dataclass(frozen=True, slots=True)
class CountedIncident:
    """What counting needs to know of an incident, and no more: it is read by the hundred thousand.

    ``counted_at`` is the moment under whose day it counts, ``known_at`` when the first article told of it
    (`data.moments` says how each is had). ``regions`` are the codes of the provinces and kabupaten/kota it lies in,
    sorted; empty where no place is known. ``verified`` of a person.
    """

    id: int
    counted_at: datetime
    known_at: datetime
    severity: int
    modality: Modality
    signals: tuple[str, ...]
    regions: tuple[str, ...]
    verified: bool = False
    independent_sources: int = 1


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """A burst or a rising precursor: a signal in a region, counted in *incidents*, against its own past.

    ``signal`` None means all signals together. ``start`` and ``end`` (UTC, half open) bound the window that stands out;
    ``observed`` incidents against ``expected``. ``p_value`` is of that count under the model of its past, ``q_value``
    after control of false discoveries over all series looked at together. ``method`` names the rule that fired.
    ``incident_ids`` are the incidents behind it, the gravest first. ``ended_at`` None: it still stands.
    """

    id: int
    kind: WarningKind
    signal: str | None
    region: str
    scale: Scale
    start: datetime
    end: datetime
    observed: int
    expected: float
    p_value: float
    q_value: float
    method: str
    incident_ids: tuple[int, ...]
    raised_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None
    note: str = ""


class CoverageState(StrEnum):
    """Whether silence from a region means anything."""

    TERLIPUT = "terliput"  # enough sources report from it
    TIPIS = "tipis"  # one source only, or few articles
    SUNYI = "sunyi"  # its sources answer, and nothing came from there
    TERPUTUS = "terputus"  # its sources do not answer
    TANPA_SUMBER = "tanpa_sumber"  # no source is declared for it


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is read from a region in a period: beside every count, so that *no alert* never means *no crawl*.

    ``declared`` sources cover it by the catalogue, ``reporting`` of all sources had at least one article that names it,
    ``answering`` of the declared ones were reached. ``articles`` name it (any role); ``last_article`` is the newest.
    """

    region: str
    state: CoverageState
    declared: int
    answering: int
    reporting: int
    articles: int
    last_article: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegionPicture:
    """The counts of incidents of one region in a period, always beside its coverage.

    ``levels`` holds the number of incidents by severity 0 to 4; ``signals`` by slug; ``dimensions`` by dimension of
    Bawaslu's Indeks Kerawanan Pemilu (its slug in ``data/reference/ikp.toml``). ``verified`` of them a person has
    verified. An incident counts once per region it lies in, under its gravest level and each of its signals.
    """

    region: str
    name: str
    levels: tuple[int, int, int, int, int]
    signals: Mapping[str, int]
    dimensions: Mapping[str, int]
    verified: int
    coverage: Coverage

    @property
    def total(self) -> int:
        """Return how many incidents there are, of whatever level."""
        return sum(self.levels)


@dataclass(frozen=True, slots=True)
class Picture:
    """A period of a whole area: its regions, the worst first, with the stage of the election that ran.

    ``area`` is a code of a province or kabupaten/kota, or None for the whole country. ``method`` says in Indonesian how
    it was counted. ``total`` is the number of different incidents; one that lies in several regions counts in each, so
    the regions' totals add up to ``total`` plus ``repeated``.
    """

    area: str | None
    start: datetime
    end: datetime
    stage: str | None
    regions: tuple[RegionPicture, ...]
    method: str
    total: int = 0
    repeated: int = 0
